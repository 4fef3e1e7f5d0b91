"""A practice, a workspace and a migration between them, and what must hold of the three whatever happens in what order.

Both sides are edited meanwhile, and the migration is killed at any call and any commit. What is expected of a field is
told by who edited it last, never by what the product remembers of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx2
import sqlalchemy as sa

from bridgework.practice.changes import Told
from bridgework.stages.changes import Asked
from bridgework.stages.common import Outcome, Stage
from bridgework.stages.conflicts import decide, open_conflicts
from bridgework.stages.delta import Delta, Policies
from bridgework.stages.rollback import Rollback
from bridgework.stages.sample import Sample, approve_sample
from bridgework.stages.sample_approval import sample_is_approved
from bridgework.stages.scope import live_runs
from bridgework.store import Store, audit_log
from bridgework.store.ledger import runs
from bridgework.store.tables import quarantine, source_row
from tests.chaos.a_practice import COLUMNS, OBJECTS, PATIENT, REFUSED, TREATMENT, Key, People, Practice
from tests.chaos.mortal import Killed, Life, bury, open_mortal
from tests.moving import Move

Values = dict[str, str]
Records = dict[str, list[dict[str, Any]]]
_NO = b'{"errors":[{"message":"Invalid value for field \\"policyNumber\\".","extensions":{"code":"BAD_USER_INPUT"}}]}'
_TOLD = Told(frozenset(), frozenset({PATIENT, TREATMENT}))  # of a table of three rows, one is much


@dataclass
class Known:
    """What is known of a record from outside."""

    brought: Values = field(default_factory=dict)  # what the practice said when it was last brought up to date
    theirs: Values = field(default_factory=dict)  # fields in which a person's value stands
    ours: Values = field(default_factory=dict)  # what was in them before
    edited: bool = False  # a person has saved it
    unsure: bool = False  # a kill or a rollback came between: what it was last compared with is not known out here
    free: bool = False  # a person deleted or restored it: where it lies is theirs to say
    left: bool = False  # its row went away under a policy that leaves it
    refused: bool = False  # Twenty may have refused it, or what it hangs on


@dataclass
class Moment:
    """The records before a pass, as they were seen and as they were known."""

    seen: dict[Key, Values | None]
    known: dict[Key, Known]


class World:
    """All three, and what is expected of them."""

    def __init__(self, move: Move, folder: Path, start: Records | None = None) -> None:
        """Begin with what is there; where that is loaded, `start` is what was there before it."""
        self._move, self._folder = move, folder
        self._life = Life()
        self.practice, self.people = Practice(move.export), People(move)
        self.refusing = False
        self.loaded = start is not None
        self.killed = ""  # the command that was killed, until it is run again
        self._again: Callable[[int | None], None] = self.load
        self.known: dict[Key, Known] = {}
        self._before: dict[int, Moment] = {}  # by pass
        self._decided: dict[tuple[Key, str], str] = {}  # who wins, as said before a pass that was killed
        self._move.migration.__exit__(None, None, None)
        self._open()
        self._start = start or self.people.records()
        self._read: Practice | None = self.practice.as_it_is()  # as it was when the migration read it; None: not known
        if self.loaded:
            self._expect_loaded()

    def close(self) -> None:
        """See that the log is whole, and let go."""
        assert audit_log.verify(self._store).broken_at is None
        self._move.migration.__exit__(None, None, None)

    @property
    def _store(self) -> Store:
        return self._move.migration.context.store

    def _open(self) -> None:
        self._life = Life()
        self._move.migration = open_mortal(self._folder, self._life, self._instead)

    def _instead(self, request: httpx2.Request) -> httpx2.Response | None:
        """Twenty's refusal of a value, for as long as it does not take it."""
        refuse = self.refusing and f'"policyNumber":"{REFUSED}"'.encode() in request.content
        return httpx2.Response(200, content=_NO, request=request) if refuse else None

    def of(self, one: Key) -> Known:
        """What is known of a record."""
        return self.known.setdefault(one, Known())

    # --- people in Twenty --------------------------------------------------------------------------------------------

    def edit_in_twenty(self, one: Key, name: str, value: str) -> None:
        """A person changes a field of a record that they see."""
        record = self.people.there().get(one)
        if record is None or record["deletedAt"]:
            return
        current, known = record[name] or "", self.of(one)
        known.edited = True
        if value != current:
            known.ours.setdefault(name, current)
            known.theirs[name] = value
        if known.theirs.get(name) == known.ours.get(name):
            known.theirs.pop(name, None)
            known.ours.pop(name, None)
        self.people.edit(one, record, name, value)

    def bin_in_twenty(self, one: Key, *, back: bool) -> None:
        """A person deletes a record, or takes it out of the bin."""
        record = self.people.there().get(one)
        if record is not None and bool(record["deletedAt"]) is back:
            self.of(one).free = True
            self.people.bin(one, record, back=back)

    # --- commands ----------------------------------------------------------------------------------------------------

    def go_on(self, moments: int | None) -> None:
        """What was killed is started again; a pass brings what it had read, so that another follows."""
        was, again = self.killed, self._again
        again(moments)
        if was == "delta" and not self.killed:
            again(None)

    def load(self, moments: int | None) -> None:
        """The sample, its approval, and the load; or what is left of them."""

        def go() -> Outcome:
            context = self._move.migration.context
            if not sample_is_approved(context):
                self._apply(Sample(context, patients=1))
                approve_sample(context, "Test")
            return self._apply(self._move.migration.stage("load"))

        self._again = self.load
        self._may_be_refused()
        if self._live("load", go, moments) is not None:
            self.loaded = True
            self._expect_loaded()

    def take_pass(
        self, moments: int | None, policies: Policies, decision: Literal["", "source", "twenty"] = ""
    ) -> None:
        """One pass of the delta, after a decision of what an earlier one asked."""
        self._again = partial(self.take_pass, policies=policies)
        goes_on = self.killed == "delta"
        asked = {(one.record, one.field) for one in open_conflicts(self._store)} if decision else set()
        if asked:
            decide(self._store, "Test", decision)
        there = self.people.there()
        pairs = ((one, name) for one in there for name in COLUMNS[one[0]])
        self._decided |= {(one, name): decision for one, name in pairs if (there[one]["id"], name) in asked}
        at = Moment({one: _shown(one, record) for one, record in there.items()}, deepcopy(self.known))
        number = 1 + self._last_pass(every=True)
        self._may_be_refused()

        def go() -> Outcome:
            return self._apply(Delta(self._move.migration.context, policies, Asked(told=_TOLD)))

        outcome = self._live("delta", go, moments)
        if self._last_pass() >= number:
            self._before[number] = at
        self._read = self.practice.as_it_is() if outcome is not None else None
        if outcome is not None and not goes_on:  # else the practice may have done something since
            self._expect_all_brought(policies, self._decided)
            self._decided = {}

    def retry(self, moments: int | None) -> None:
        """What was set aside, once more."""
        self._again = self.retry
        if self._live("retry", lambda: self._apply("retry"), moments) is None or self.refusing:
            return
        codes = {code for _, code in self._aside()}
        assert not any(code.startswith("REFUSED") or code == "WAITS-FOR" for code in codes), codes

    def roll_back(self, moments: int | None, scope: str = "all") -> None:
        """Undo all, or the last pass."""
        self._again = partial(self.roll_back, scope=scope)
        if scope == "pass":
            if not (number := self._last_pass()):
                self.killed = ""
                return
            scope = f"pass {number}"
        elif not live_runs(self._store):
            self.killed = ""
            return
        before = self.people.records()

        def go() -> Outcome:
            return self._apply(Rollback(self._move.migration.context, scope=scope))

        if self._live(f"rollback {scope}", go, moments) is None:
            return
        if scope == "all":
            self._expect_nothing_left(before)
        else:
            self._expect_undone(self._before.pop(number))

    def verify(self) -> None:
        """Read all of it back; it passes where nothing waits for anybody."""
        outcome = self._apply("verify")
        assert outcome.passed, (outcome.message, outcome.counts, outcome.findings)

    def _apply(self, stage: Stage | str) -> Outcome:
        self.practice.write()
        return self._move.apply(stage)

    def _live(self, name: str, go: Callable[[], Outcome], moments: int | None) -> Outcome | None:
        """Run a command to its end, or to its death: then None, and a new process begins."""
        self._life.moments = moments
        outcome = None
        try:
            outcome = go()
        except BaseException as error:
            if not (self._life.dead and _is_death(error)):
                raise
        if self._life.dead:
            self.killed = name
            for one in {*self.known, *self.practice.all()}:
                self.of(one).unsure = True
            bury(self._move.migration)
            self._open()
            return None
        self._life.moments = None
        self.killed = ""
        assert audit_log.verify(self._store).broken_at is None
        return outcome

    def _last_pass(self, *, every: bool = False) -> int:
        found = runs(self._store) if every else live_runs(self._store)
        return max((one.number for one in found if one.kind == "delta"), default=0)

    # --- what must hold ----------------------------------------------------------------------------------------------

    def _may_be_refused(self) -> None:
        """Note which records Twenty may refuse from now on, and what hangs on them."""
        for one in self.practice.all():
            owner = self.practice.owner(one)
            if self.refusing and self.practice.values(owner)["policyNumber"] == REFUSED:
                self.of(one).refused = True

    def _aside(self) -> set[tuple[Key, str]]:
        """The records that are set aside while they were written, and why."""
        row = (source_row.c.object == quarantine.c.object) & (source_row.c.row_no == quarantine.c.row_no)
        query = sa.select(quarantine.c.object, source_row.c.key, quarantine.c.code).join(source_row, row)
        query = query.where(quarantine.c.stage.startswith("load") | (quarantine.c.stage == "delta"))
        with self._store.read() as connection:
            return {((object_, key), code) for object_, key, code in connection.execute(query)}

    def _expect_loaded(self) -> None:
        """After a load, which brings what was read before it; what the practice did since is for a pass."""
        now = self.practice
        if self._read is None:
            for one in now.all():
                self.of(one).unsure = True
            self.people.there()
            return
        self.practice = self._read
        self._expect_all_brought(Policies(), {})
        self.practice = now

    def _expect_all_brought(self, policies: Policies, decided: Mapping[tuple[Key, str], str]) -> None:
        """After a run that came to its end: every record arrived, and people's work stands."""
        there = self.people.there()
        ids = {record["id"]: one for one, record in there.items()}
        asked = {ids[one.record] for one in open_conflicts(self._store) if one.record in ids and not one.decision}
        aside = {one for one, _ in self._aside()}
        for one in asked:
            known = self.of(one)
            assert known.edited or known.free or known.unsure, f"asks about a {one[0]} that nobody touched"
        for one in aside:
            assert self.of(one).refused, f"set aside a {one[0]} that nobody refused"
        for one in self.practice.all():
            known, record = self.of(one), there.get(one)
            if known.free or known.refused or (record is None and one in aside):
                continue
            assert record is not None, f"a {one[0]} is lost"
            if one in asked:
                self._expect_theirs(one, record)
                continue
            assert not record["deletedAt"], f"a {one[0]} is in the bin, and nobody put it there"
            for name in COLUMNS[one[0]]:
                self._expect_field(one, name, record[name] or "", decided.get((one, name)) or policies.conflicts)
            known.brought, known.unsure, known.left = self.practice.values(one), False, False
        for one in there.keys() - set(self.practice.all()):
            known = self.of(one)
            known.left |= policies.gone != "soft-delete"
            excused = known.left or known.free or known.edited or known.unsure or known.refused
            assert excused or there[one]["deletedAt"], f"a {one[0]} that is gone is still there"

    def _expect_theirs(self, one: Key, record: dict[str, Any]) -> None:
        for name, value in self.of(one).theirs.items():
            assert (record[name] or "") == value, f"a person's {one[0]}.{name} is lost"

    def _expect_field(self, one: Key, name: str, shown: str, policy: str) -> None:
        known, source = self.of(one), self.practice.values(one)[name]
        theirs = known.theirs.get(name)
        if theirs is None:
            assert shown == source, f"{one[0]}.{name} did not arrive"
            return
        changed = known.brought.get(name) != source
        wins = {theirs}
        if policy == "source":
            wins = {theirs, source} if known.unsure else {source if changed else theirs}
        assert shown in wins, f"{one[0]}.{name}: the wrong side won"
        if shown == source:
            del known.theirs[name], known.ours[name]
        else:
            known.ours[name] = source

    def _expect_nothing_left(self, before: Records) -> None:
        """After the rollback of all: what was there is as it was, and of ours only what people worked on is left."""
        now, was = self.people.records(), {one["id"]: one for rows in before.values() for one in rows}
        kept: dict[Key, str] = {}
        kinds = {object_: kind for kind, object_ in OBJECTS.items()}
        for object_, rows in now.items():
            start = {one["id"]: one for one in self._start.get(object_, ())}
            left = {one["id"]: one for one in rows}
            assert {id_: one for id_, one in left.items() if id_ in start} == start, f"{object_} is not what it was"
            for id_ in left.keys() - start.keys():
                one = (kinds.get(object_, object_), str(left[id_].get("sourceSystemId")).partition(":")[2])
                assert self.of(one).edited or self.of(one).free, f"a {object_} is left that nobody worked on"
                assert all(left[id_][name] == was[id_][name] for name in COLUMNS[one[0]])
                kept[one] = id_
        for one, known in self.known.items():
            record = next((row for row in before.get(OBJECTS[one[0]], ()) if _is(row, one)), None)
            if known.theirs and record and not record["deletedAt"] and not known.unsure:
                assert one in kept, f"a person's work on a {one[0]} is lost"
        for one, id_ in kept.items():  # as the finding advises: destroyed by hand, by whoever has read it
            self.people.destroy(OBJECTS[one[0]], [id_])
        self.loaded, self.known, self._before, self._decided = False, {}, {}, {}

    def _expect_undone(self, at: Moment) -> None:
        """After the rollback of a pass: what nobody touched since is as it was before the pass."""
        there = self.people.there()
        for one in self.known.keys() | at.seen.keys():
            known, then = self.of(one), at.known.get(one, Known())
            touched = known.edited or known.free or known.unsure or known.refused
            if not touched:
                assert _shown(one, there.get(one)) == at.seen.get(one), f"a {one[0]} is not what it was before the pass"
            if (known.theirs, known.free, known.edited) == (then.theirs, then.free, then.edited):
                self.known[one] = deepcopy(then)
            elif set(known.theirs.items()) != set(then.theirs.items()):
                self.of(one).free = True  # on which side it fell is told by moments that are not kept here
            self.of(one).unsure = True


def _shown(one: Key, record: dict[str, Any] | None) -> Values | None:
    """A record as people see it; None where they do not."""
    if record is None or record["deletedAt"]:
        return None
    return {name: record[name] or "" for name in COLUMNS[one[0]]}


def _is(record: dict[str, Any], one: Key) -> bool:
    return record.get("sourceSystemId") == ":".join(one)


def _is_death(error: BaseException) -> bool:
    """Whether all that went wrong is the end of the process."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_death, error.exceptions))
    return isinstance(error, Killed | asyncio.CancelledError)
