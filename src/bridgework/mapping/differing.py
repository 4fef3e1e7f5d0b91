"""What differs between two versions of a map, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridgework import yaml_text
from bridgework.mapping.document import MapDocument

_BESIDE = {"confidence", "reasons", "next", "asked"}
"""What the proposer said; it changes nothing that is loaded."""


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
    """All of them, in the order of the newer map; those that are gone come last."""
    old, new = dict(_entries(before)), dict(_entries(after))
    return [
        Difference(where, old.get(where, ""), new.get(where, ""))
        for where in dict.fromkeys((*new, *old))
        if old.get(where) != new.get(where)
    ]


def _entries(document: MapDocument) -> Iterator[tuple[str, str]]:
    """Every entry that can change by itself, with its text."""
    content = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for name in ("preset", "leaves_out", "nomenclature", "placeholders", "repairs"):
        if name in content:
            yield name, yaml_text.flow(content[name])
    for section in ("formats", "values"):
        yield from _each(section, content.get(section, {}))
    for name, one in content.get("objects", {}).items():
        yield from _each(f"objects.{name}", {key: value for key, value in one.items() if key != "fields"})
        yield from ((f"objects.{name}.{field['name']}", yaml_text.flow(field)) for field in one.get("fields", ()))
    for name, one in content.get("sources", {}).items():
        rest = {key: value for key, value in one.items() if key not in {"lines", "derived"}}
        yield from _each(f"sources.{name}", rest)
        yield from ((f"{name}.{line.get('column')}", _line(line)) for line in one.get("lines", ()))
        yield from ((f"{name} → {line.get('target')}", _line(line)) for line in one.get("derived", ()))


def _each(section: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in entries.items():
        if isinstance(value, Mapping):
            yield from _each(f"{section}.{name}", value)
        else:
            yield f"{section}.{name}", yaml_text.flow(value)


def _line(line: Mapping[str, Any]) -> str:
    return yaml_text.flow({name: value for name, value in line.items() if name not in _BESIDE})
