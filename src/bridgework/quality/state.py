"""What the checks of one audit share: the columns, the keys, the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.words import meanings
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.quality.columns import Columns
from bridgework.quality.keys import Keys
from bridgework.quality.tally import Tally
from bridgework.store import Store


class Watch(Protocol):
    """A check, or several that read the same cells: sees every row of an object, then speaks."""

    def see(self, row: SourceRecord) -> None:
        """Look at one row."""

    def end(self) -> None:
        """Say what only all rows together can tell."""


@dataclass(slots=True)
class State:
    """One audit on its way. `today` is the day on which the export was made, as near as is known."""

    store: Store
    rows: StagedRows
    tally: Tally
    today: date
    columns: Mapping[str, Columns]
    _keys: dict[str, Keys] = field(default_factory=dict)

    def keys(self, object_: str) -> Keys:
        """The keys of an object."""
        if object_ not in self._keys:
            self._keys[object_] = Keys(self.store, object_)
        return self._keys[object_]

    def has(self, concept: str) -> bool:
        """Whether the export has a column of this meaning; of `a|b|c` one is enough."""
        return any(
            name in self.columns[object_].names()
            for object_, _, name in (one.partition(".") for one in concept.split("|"))
            if object_ in self.columns
        )


def options(values: str) -> dict[str, str]:
    """Key of a word of the practice (`word_key`) → option that it means, of a pick-list of the built-in map."""
    return meanings(builtin().values[values])
