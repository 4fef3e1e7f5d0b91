"""What a rollback is about: the runs and objects that a person names, and what came on top of them.

To take a run back is to go back to the moment before it: what later runs wrote comes along, since they built on it. To
take an object back takes along what links to it, which could not stay as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bridgework.errors import UsageError
from bridgework.mapping.document import MapDocument
from bridgework.store import Store, ledger
from bridgework.store.ledger import ALIVE, UNSETTLED, Batch, Run

ALL = "all"
_KINDS = {"sample": "sample", "load": "load", "pass": "delta", "retry": "retry"}
_SCOPE = re.compile(r"(all|sample|load|pass|retry|object)(?:[ :]+(\w+))?")
_HANGING = frozenset({"taskTarget", "noteTarget", "attachment"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The runs to take back, oldest first, and the target objects (None: all of them)."""

    name: str
    runs: tuple[Run, ...]
    asked: tuple[Run, ...]
    objects: frozenset[str] | None = None

    @property
    def along(self) -> tuple[Run, ...]:
        """The runs that nobody named, and that came after those that somebody did."""
        return tuple(one for one in self.runs if one not in self.asked)

    def batches(self, store: Store) -> list[Batch]:
        """What is to be undone, newest first."""
        found = ledger.batches(store, [one.id for one in self.runs], (*UNSETTLED, *ALIVE))
        return [one for one in reversed(found) if self.objects is None or one.object in self.objects]


def live_runs(store: Store) -> list[Run]:
    """The runs that are not undone, in the order in which they began."""
    return [one for one in ledger.runs(store) if one.state != "undone"]


def find_scope(store: Store, words: str, document: MapDocument | None) -> Scope:
    """The scope that a person names; raises UsageError (SCOPE-UNKNOWN, SCOPE-EMPTY).

    `words`: all, sample, load, pass N, retry N or object NAME (a target object). The map tells what links to an object.
    """
    found = _SCOPE.fullmatch(words.strip())
    kind, which = found.groups() if found else ("", None)
    if not kind or (kind == "object" and which is None):
        raise UsageError(
            "SCOPE-UNKNOWN",
            "There is no such scope.",
            where="--scope",
            next_step="say all, sample, load, `pass 2`, `retry 1` or `object person`",
        )
    live = live_runs(store)
    if kind == ALL:
        return Scope(ALL, tuple(live), tuple(live))
    if kind == "object":
        objects = frozenset({str(which), *(_linked(document, str(which)) if document else ())})
        return Scope(words, tuple(live), tuple(live), objects)
    asked = [one for one in live if one.kind == _KINDS[kind] and which in (None, str(one.number))]
    if not asked:
        raise UsageError("SCOPE-EMPTY", "There is no such run, or it is undone already.", where=f"--scope {words}")
    return Scope(words, tuple(one for one in live if one.id >= asked[0].id), tuple(asked))


def _linked(document: MapDocument, target: str) -> set[str]:
    """The target objects whose records link to records of this one, however far; all that hangs on records too."""
    becomes: Mapping[str, str] = {
        name: one.record for name, one in document.sources.items() if one.record and one.keep is None
    }
    links = {
        name: {
            str(line.with_["object"]) for line in document.sources[name].all_lines() if line.transform == "reference"
        }
        for name in becomes
    }
    found = {name for name, record in becomes.items() if record == target}
    while more := {name for name, on in links.items() if on & found} - found:
        found |= more
    return {becomes[name] for name in found} | _HANGING
