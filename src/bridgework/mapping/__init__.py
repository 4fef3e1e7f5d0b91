"""From the practice's columns to Twenty's fields: the reviewed map, the transforms, and the records that they make.

builtin.yaml, catalogue   what each column of a DentAdmin export means, reviewed by people
recognise, propose        which file is what, and a map for the columns that are there
document, problems        the map of one migration: one line a field, with what is wrong in it
schema                    what Twenty must hold before the load
transforms, fields        how the text of cells becomes values
mapper, records           a row of the practice becomes a record of Twenty, the same each time
"""
