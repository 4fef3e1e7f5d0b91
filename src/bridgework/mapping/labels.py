"""How people call what a map names: the fields and objects of Twenty, the parts of fields, the concepts.

Source of the names of standard fields: the data model of a fresh Twenty 2.19 workspace.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bridgework.mapping import standard
from bridgework.mapping.catalogue import meanings_of
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.target import REMARKS, SOURCE_ID
from bridgework.mapping.words import squash

# Where the label is not simply the name in words.
_FIELDS = {
    SOURCE_ID: "Source_System_ID__c",
    REMARKS: "Import remarks",
    "bodyV2": "Body",
    "dueAt": "Due date",
    "createdAt": "Creation date",
    "updatedAt": "Last update",
    "targetPerson": "Linked person",
    "targetCompany": "Linked company",
}
_PARTS = {"number": "house number", "postcode": "postal code"}
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PREPOSITIONS = (" at", " on", " by", " until")


def field_label(document: MapDocument, object_: str, field: str) -> str:
    """A field as Twenty shows it: `person.birthDate` → Birth date."""
    own = document.field_def(object_, field)
    return own.label if own else _FIELDS.get(field) or _in_words(field).capitalize()


def target_label(document: MapDocument, line: Line) -> str:
    """A line's target as people say it: `person.name.lastName` → Name: last name; empty where it has none."""
    if not line.target:
        return ""
    label = field_label(document, line.object, line.field)
    return f"{label}: {part_label(line.part)}" if line.part else label


def part_label(part: str) -> str:
    """A part of a field: `lastName` → last name."""
    return _PARTS.get(part) or _in_words(part)


def objects_label(document: MapDocument, name: str) -> str:
    """The records of an object of Twenty: `invoiceLine` → Invoice lines."""
    own = document.objects.get(name)
    if own is not None and own.labels:
        return own.labels
    return standard.PLURALS.get(name, _in_words(name)).capitalize()


def option_label(document: MapDocument, line: Line, option: str) -> str:
    """An option of the field that a line fills, as people see it; the option itself where it has no label."""
    field = document.field_def(line.object, line.field)
    return (field.options or {}).get(option, option) if field else option


def meaning_of(concept: str) -> str:
    """A concept in English: `patient.last_name` → last name of the patient; empty for an empty one."""
    object_, _, name = concept.partition(".")
    if not name:
        return ""
    known = meanings_of(object_).get(concept)
    words, owner = _usual_word(known.en if known else (), name), object_.replace("_", " ")
    if squash(owner) in squash(words):
        return words
    is_noun = not words.endswith(_PREPOSITIONS) and (known is None or known.validator != "boolean")
    return f"{words}{'' if is_noun else ','} of the {owner}"


def _usual_word(known: Sequence[str], name: str) -> str:
    """The English header that is the concept's own name; else the first that is no name of a database's column."""
    same = next((word for word in known if squash(word) == squash(name)), None)
    word = same or next((word for word in known if not _INNER_CAPITAL.search(word)), name.replace("_", " "))
    return word[0].lower() + word[1:] if word[1:2].islower() else word


def _in_words(name: str) -> str:
    """`invoiceLine` → invoice line."""
    return _INNER_CAPITAL.sub(" ", name).lower()
