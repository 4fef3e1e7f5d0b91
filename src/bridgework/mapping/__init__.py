"""From the practice's columns to Twenty's fields: the reviewed map, the transforms, and the records that they make.

builtin.yaml, catalogue   what columns of a dental practice mean, in four languages, reviewed by people
recognise, proposer       which file is what, and what each column means, with the reasons
propose                   a map for the columns that are there
document, problems…       the map of one migration: one line a field, with what is wrong in it
field_types, taken        what fields of Twenty may hold, and which names are taken on its objects
editing, completing       a person's decisions on it, and what each needs beside it
differing                 what differs between two versions
presets, templates        what stays out by a ready choice; a map of another practice to go by
choices                   pick-lists word by word
rules, labels, preview    a line in words, and what it makes of some rows
schema                    what Twenty must hold before the load
transforms, fields        how the text of cells becomes values
program, records          a row of the practice becomes a record of Twenty, the same each time
"""
