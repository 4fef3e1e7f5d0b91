"""Adds to the entries what only a look at the rows tells: ranges, languages, the years of an object's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bridgework.mapping.document import Line, MapDocument
from bridgework.reports.audit_document import FieldEntry, ObjectEntry, Span
from bridgework.stages.inventory import sampled
from bridgework.stages.inventory.entries import Entries
from bridgework.store import Store

_TEXTS = frozenset({"text", "note-text"})
_NOT_OF_RECORDS = ("birth", "deceas", "due", "recall", "changed_at", "created_at", "visit")


def look_closer(store: Store, entries: Entries, proposed: MapDocument) -> Entries:
    """The entries with ranges, languages and spans of years."""
    objects: list[ObjectEntry] = []
    fields: list[FieldEntry] = []
    for one in entries.objects:
        name = one["object"]
        mine = entries.fields_of(name)
        wanted = _wanted(mine, proposed.sources[name].lines if name in proposed.sources else ())
        seen = sampled.look(store, name, wanted)
        for entry in mine:
            header = entry["header"]
            fields.append({**entry, "range": seen.ranges.get(header), "languages": seen.languages.get(header, {})})
        objects.append({**one, "span": _span(wanted.date, seen.years)})
    return replace(entries, objects=objects, fields=fields)


def _span(header: str, years: tuple[int, int] | None) -> Span | None:
    return {"header": header, "first_year": years[0], "last_year": years[1]} if years else None


def _wanted(fields: Sequence[FieldEntry], lines: Sequence[Line]) -> sampled.Wanted:
    """Amounts are what the map takes for money, durations what it takes for minutes, texts what people wrote."""
    how = {line.column: line for line in lines}
    amounts, durations, texts = set(), set(), set()
    for one in fields:
        line = how.get(one["header"])
        transform = line.transform if line else None
        if transform == "money":
            amounts.add(one["header"])
        elif transform == "number" and "duration" in one["concept"]:
            durations.add(one["header"])
        elif (transform in _TEXTS or not one["concept"]) and one["type"] == "text" and one["longest"] > 20:
            texts.add(one["header"])
    return sampled.Wanted(frozenset(amounts), frozenset(durations), frozenset(texts), _date_of(fields))


def _date_of(fields: Sequence[FieldEntry]) -> str:
    """The fullest column of dates that says when a record happened; else when it was made."""
    dates = [one for one in fields if one["type"] == "date" and one["filled"] >= sampled.FEWEST]
    happened = [one for one in dates if not any(word in one["concept"] for word in _NOT_OF_RECORDS)]
    made = [one for one in dates if one["concept"].endswith("created_at")]
    best = max(happened or made, key=lambda one: one["filled"], default=None)
    return best["header"] if best else ""
