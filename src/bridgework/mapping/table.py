"""The built-in map as a page for people: `docs/what-maps-where.md` is what this module makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridgework.mapping.catalogue import Kind, Meaning, Preset, builtin
from bridgework.mapping.document import FieldDef, Line, ObjectDef

_HEAD = """\
# What maps where

This page is made from the built-in map (`src/bridgework/mapping/builtin.yaml`), which people review; a test keeps the
two in step. `bridgework map DIR` instantiates it for the columns that an export has, and writes `map.yaml` for you to
read, change and approve.

What holds for every object:

- `sourceSystemId` (label `Source_System_ID__c`, unique) holds the id in DentAdmin, as `patient:1234`.
- `importRemarks` holds, word for word, every cell that could not become the value that its field wants
  (`Geboortedatum: 00/00/0000`). Nothing is dropped, unless the map's preset leaves out free text; each such cell is
  counted as a finding.
- `createdAt` and `updatedAt` are the original moments where DentAdmin has them, else the moment of the audit; the
  original order is kept; `createdBy` says import.
- A column that the built-in map does not know becomes a custom field of a fitting type; an empty one is left out, by a
  line that says so.
- `headers` are the words that a column answers to, in Dutch, French, English and German; `cells` is what its cells look
  like, which decides where a word means several things; `kind of data` is what it tells about a person: who they are
  (identity), how to reach them (contact), their health, their money (finance), or nothing (practice).
- Dates are read by the formats that the map declares, and by no others. Local times are those of Brussels.

`bridgework.mapping.transforms` describes each rule and its settings.
"""


def what_maps_where() -> str:
    """The page, as Markdown."""
    catalogue = builtin()
    parts = [_HEAD, "## From DentAdmin", ""]
    for name, kind in catalogue.sources.items():
        parts += [f"### {name.replace('_', ' ').capitalize()}", "", *_source(kind), ""]
    parts += ["## What may stay out", "", "Ready choices of what is not loaded.", ""]
    for name, preset in catalogue.presets.items():
        parts += [*_preset(name, preset), ""]
    parts += ["## Fields that are made in Twenty", ""]
    for name, one in catalogue.objects.items():
        parts += [f"### {name}{' (custom object)' if one.custom else ''}", "", *_object(one), ""]
    parts += ["## Pick-lists", "", "The words of the practice that mean an option; others are kept as they are.", ""]
    parts += list(_pick_lists(catalogue.values))
    return "\n".join(parts) + "\n"


def _source(kind: Kind) -> Iterator[str]:
    if kind.keep == "handover":
        yield "Kept in the encrypted store for the hand-over; nothing of it is loaded."
        yield ""
        kept = [(_meaning(line), _headers(line), line.validator, line.sensitivity) for line in kind.lines]
        yield from _table(("meaning", "headers", "cells", "kind of data"), kept)
        return
    yield f"Each becomes a **{kind.record}**. Key: {', '.join(f'`{one}`' for one in kind.key)}."
    yield ""
    yield from _table(("meaning", "headers", "cells", "kind of data", "in Twenty", "rule", "remark"), _lines(kind))
    if kind.derived:
        yield ""
        yield "Also filled from these cells:"
        yield ""
        made = [(f"`{one.target}`", ", ".join(one.from_), _rule(one), one.note or "") for one in kind.derived]
        yield from _table(("in Twenty", "from", "rule", "remark"), made)


def _lines(kind: Kind) -> list[tuple[str, ...]]:
    return [
        (_meaning(one), _headers(one), one.validator, one.sensitivity, f"`{one.target}`", _rule(one), one.note or "")
        for one in kind.lines
    ]


def _preset(name: str, one: Preset) -> Iterator[str]:
    yield f"**{name}**: {one.says}."
    left_out = (*one.concepts, *one.text, *(f"all {kind}" for kind in one.files))
    if left_out:
        yield ""
        yield f"Left out: {', '.join(left_out)}."
    if one.minimises:
        yield ""
        yield "Left out too: columns whose meaning is not known, each until a person takes it in."
    if one.without_numbers:
        yield "And columns whose cells are national numbers, or hold some, whatever they are taken for."
    if one.drops_misfits:
        yield "Cells that do not fit their fields are counted, and not kept in the import remarks."


def _object(one: ObjectDef) -> Iterator[str]:
    rows = [(f"`{field.name}`", field.label, _type(field), field.description) for field in one.fields]
    yield from _table(("name", "label", "type", "remark"), rows)


def _type(field: FieldDef) -> str:
    if field.to:
        return f"relation to {field.to}, there “{field.inverse}”"
    return f"{field.type}: {', '.join(field.options)}" if field.options else field.type


def _pick_lists(values: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[str]:
    for name, options in values.items():
        yield f"### {name.replace('_', ' ')}"
        yield ""
        yield from _table(("option", "words"), [(f"`{option}`", ", ".join(words)) for option, words in options.items()])
        yield ""


def _meaning(line: Meaning) -> str:
    return line.concept.partition(".")[2].replace("_", " ")


def _headers(line: Meaning) -> str:
    return " · ".join(dict.fromkeys((*line.nl, *line.fr, *line.en, *line.de)))


def _rule(line: Meaning | Line) -> str:
    settings = ", ".join(f"{name}: {_setting(value)}" for name, value in line.with_.items() if name != "order")
    return f"{line.transform} ({settings})" if settings else str(line.transform)


def _setting(value: object) -> str:
    if isinstance(value, list | tuple):
        return "/".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{one} → {other}" for one, other in value.items())
    if value is True:
        return "yes"
    return {"\n": "new line", " ": "space"}.get(str(value), str(value))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
