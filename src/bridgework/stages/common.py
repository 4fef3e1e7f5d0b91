"""What all stages share: a stage says what it would do (plan), then does just that (apply).

A plan is a list of steps, as data; its digest is what a person approves by name. `apply` walks the same steps, and a
plan that is no longer the approved one stops it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bridgework.errors import FindingsStop, Paused
from bridgework.store import Store
from bridgework.store.notes import Finding, approved


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a stage would do: the action, on what, how many, and the words for a person."""

    action: str
    object: str
    text: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a stage would do.

    `stops` are findings that keep it from being applied. `facts` bind the approval to more than the words shown.
    `approval` says whether a person must approve it by name, `signs` what is signed where it is not the plan itself.
    `changes` are what is other than at the last approval: (where, `new`, `gone` or `changed`, before, after).
    """

    stage: str
    steps: tuple[Step, ...]
    stops: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    approval: bool = True
    signs: str = ""
    changes: tuple[tuple[str, str, str, str], ...] = ()
    pages: tuple[Path, ...] = ()  # where all of it can be read, or changed

    @property
    def signature(self) -> str:
        """The digest that an approval of this plan signs."""
        return self.signs or self.digest()

    def digest(self) -> str:
        """Hex SHA-256 of what was shown: the same plan has the same digest, on any machine."""
        content = {"stage": self.stage, "steps": [asdict(step) for step in self.steps], "facts": dict(self.facts)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage did: numbers by name, tables to show, findings, files written."""

    stage: str
    message: str
    counts: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    reports: tuple[Path, ...] = ()
    passed: bool = True


class Stage(Protocol):
    """One step of the migration."""

    name: str

    async def plan(self) -> Plan:
        """What it would do. Writes nothing."""

    async def apply(self, plan: Plan) -> Outcome:
        """Do it; raises FindingsStop where the plan is not the approved one."""


class Progress(Protocol):
    """How a stage tells how far it is; a face shows it."""

    def start(self, label: str, total: int | None, unit: str) -> Callable[[int], None]:
        """Begin a task of `total` units (None: unknown); the answer is called with each number done."""

    def say(self, text: str) -> None:
        """Tell a person one line."""

    def show(self, text: str) -> None:
        """Show one line that changes: what is left of a budget, say, and when it ends."""

    def forecast(self, text: str) -> None:
        """Show, in a line of its own, what bounds the work and when it ends; nothing where the text is empty."""


class Quiet:
    """Progress that nobody watches."""

    def start(self, label: str, total: int | None, unit: str) -> Callable[[int], None]:
        """Count for nobody."""
        del label, total, unit
        return lambda _: None

    def say(self, text: str) -> None:
        """Tell nobody."""
        del text

    def show(self, text: str) -> None:
        """Show nobody."""
        del text

    def forecast(self, text: str) -> None:
        """Show nobody."""
        del text


class Stopper:
    """A wish to stop: set by Ctrl-C, looked at between batches."""

    def __init__(self) -> None:
        """Nobody wishes to stop yet."""
        self.wanted = False

    def stop(self) -> None:
        """Stop at the next safe moment."""
        self.wanted = True

    def check(self, stage: str) -> None:
        """Raise Paused (PAUSED) where somebody wishes to stop."""
        if self.wanted:
            raise Paused(
                "PAUSED",
                f"The {stage} stopped at a safe point, as you asked.",
                next_step=f"run `bridgework {stage} DIR --apply` again: it goes on from here",
            )


_USUALLY = "look at it with `bridgework {what} DIR --plan`, then approve it with `bridgework {what} DIR --apply`"
_HOW_TO_APPROVE = {
    "map": "see what changed with `bridgework map diff DIR`, then run `bridgework map approve DIR --as NAME`"
}


def require_approval(store: Store, what: str, digest: str) -> str:
    """The name of who approved exactly this; raises FindingsStop (APPROVAL-MISSING, APPROVAL-STALE)."""
    given = approved(store, what)
    again = _HOW_TO_APPROVE.get(what, _USUALLY).format(what=what)
    if given is None:
        raise FindingsStop("APPROVAL-MISSING", f"Nobody has approved the {what} yet.", next_step=again)
    if given.digest != digest:
        raise FindingsStop(
            "APPROVAL-STALE",
            f"The {what} is not what was approved.",
            why=f"{given.name} approved another version of it on {given.at[:10]}; something changed since",
            next_step=again,
        )
    return given.name
