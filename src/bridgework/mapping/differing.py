"""What differs between two versions of a map, line by line: nothing exactly where both have the same digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridgework import yaml_text
from bridgework.mapping.document import MapDocument

_Entry = tuple[tuple[str | int, ...], str, str]
"""A key that no other entry has, the place as people read it, and the text."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is new, gone or other: where, and both texts (empty where one side has none)."""

    where: str
    before: str
    after: str

    @property
    def what(self) -> str:
        """`new`, `gone` or `changed`."""
        return "new" if not self.before else "gone" if not self.after else "changed"


def differences(before: MapDocument, after: MapDocument) -> list[Difference]:
    """All of them, in the order of the newer map; those that are gone come last, and what stands in another order."""
    old, new = (
        {key: (where, text) for key, where, text in _entries(one.approved_content())} for one in (before, after)
    )
    found = [
        Difference((new.get(key) or old[key])[0], old.get(key, ("", ""))[1], new.get(key, ("", ""))[1])
        for key in dict.fromkeys((*new, *old))
        if old.get(key, ("", ""))[1] != new.get(key, ("", ""))[1]
    ]
    return [*found, *_moved(before.approved_content(), after.approved_content())]


def _entries(content: Mapping[str, Any]) -> Iterator[_Entry]:
    """Every entry that can change by itself."""
    for name in ("preset", "leaves_out", "nomenclature", "placeholders", "repairs"):
        if name in content:
            yield (name,), name, yaml_text.flow(content[name])
    for section in ("formats", "values"):
        for name, one in content.get(section, {}).items():
            yield from _each((section, name), one)
    for name, one in content.get("objects", {}).items():
        yield from _each(("objects", name), {key: value for key, value in one.items() if key != "fields"})
        for key, field in _by(one.get("fields", ()), "name"):
            yield ("objects", name, "fields", *key), f"objects.{name}.{_shown(key)}", yaml_text.flow(field)
    for name, one in content.get("sources", {}).items():
        yield from _each(("sources", name), {k: value for k, value in one.items() if k not in {"lines", "derived"}})
        for kind, named, between in (("lines", "column", "."), ("derived", "target", " → ")):
            for key, line in _by(one.get(kind, ()), named):
                yield ("sources", name, kind, *key), f"{name}{between}{_shown(key)}", yaml_text.flow(line)


def _each(path: tuple[str, ...], value: Any) -> Iterator[_Entry]:
    """An entry, or those in it; an empty one that holds others is an entry too."""
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _each((*path, name), one)
    else:
        yield path, ".".join(path), yaml_text.flow(value)


def _by(entries: Iterable[Mapping[str, Any]], named: str) -> Iterator[tuple[tuple[str, int], Any]]:
    """Entries with their name, and which of that name they are, from 1."""
    seen: Counter[str] = Counter()
    for one in entries:
        name = str(one.get(named))
        seen[name] += 1
        yield (name, seen[name]), one


def _shown(key: tuple[str, int]) -> str:
    name, number = key
    return name if number == 1 else f"{name} ({number})"


# --- order ---------------------------------------------------------------------------------------------------------


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Entries that both maps have, in another order: the order of lines, fields and options is that in Twenty."""
    old, new = dict(_orders(before)), dict(_orders(after))
    for where, names in new.items():
        known = old.get(where, [])
        was, now = [one for one in known if one in names], [one for one in names if one in known]
        if was != now:
            yield Difference(f"{where} (order)", ", ".join(map(_shown, was)), ", ".join(map(_shown, now)))


def _orders(content: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """The names of what stands in an order, by where it does."""
    for section in ("formats", "values", "objects", "sources"):
        yield section, [(name, 1) for name in content.get(section, {})]
    for name, words in content.get("values", {}).items():
        yield f"values.{name}", [(option, 1) for option in words]
    for name, one in content.get("objects", {}).items():
        yield f"objects.{name}.fields", [key for key, _ in _by(one.get("fields", ()), "name")]
    for name, one in content.get("sources", {}).items():
        yield f"{name}.lines", [key for key, _ in _by(one.get("lines", ()), "column")]
        yield f"{name}.derived", [key for key, _ in _by(one.get("derived", ()), "target")]
