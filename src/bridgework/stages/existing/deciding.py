"""What people say of the matches: one by one or all that are proposed, signed by name; nothing is merged before."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from bridgework.errors import FindingsStop, UsageError
from bridgework.settings import ExistingSettings
from bridgework.stages.common import Step
from bridgework.stages.context import Context
from bridgework.stages.existing.assigning import Assigned, assign
from bridgework.stages.records import UNDECIDED
from bridgework.store import Store, audit_log, ledger
from bridgework.store.matches import Decision, Match, decide, matches, merged_rows
from bridgework.store.notes import Finding, approve, approved

NAME = "match"


def all_matches(store: Store) -> list[Match]:
    """All pairs."""
    with store.read() as connection:
        return matches(connection)


def assigned(context: Context) -> list[Assigned]:
    """Which pairs belong together, as far as is known."""
    return assign(all_matches(context.store), same=context.settings.existing.same)


def digest(found: Sequence[Match], settings: ExistingSettings) -> str:
    """Hex SHA-256 of what an approval signs: the decision of every pair, and how fields are merged."""
    pairs = sorted([str(one.own_id), str(one.existing_id), one.deleted, one.decision] for one in found)
    content = [pairs, settings.policy, sorted(settings.fields.items())]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def stand_ins(context: Context) -> dict[UUID, UUID]:
    """By the id that a record would have, the one of the workspace that stands for it.

    Those of an approval that holds, and those that were merged already, whatever is being decided of others.
    """
    found = all_matches(context.store)
    if not any(one.is_merged for one in found):
        return {}
    holds = _is_approved(context, found)
    with context.store.read() as connection:
        loaded = merged_rows(connection)
    return {one.own_id: one.existing_id for one in found if one.is_merged and (holds or one.existing_id in loaded)}


def _is_approved(context: Context, found: Sequence[Match]) -> bool:
    given = approved(context.store, NAME)
    return given is not None and given.digest == digest(found, context.settings.existing)


def undecided(context: Context) -> list[Finding]:
    """What keeps records from being loaded: pairs of which nobody said anything, or decisions that nobody signed."""
    found = all_matches(context.store)
    if not any(map(_counts, found)) or _is_approved(context, found):
        return []
    left = _open(assign(found, same=context.settings.existing.same))
    counts = Counter(one.match.object for one in left)
    if not left:
        counts = Counter(one.object for one in found)
    what = (
        "may be in Twenty already, and nobody has said whether they are"
        if left
        else "may be in Twenty already; what was decided of them is not approved"
    )
    step = "look at them with `bridgework match DIR`" if left else "run `bridgework match DIR --approve-as NAME`"
    return [
        Finding(NAME, UNDECIDED, object_, "", "stop", count, "", what, step)
        for object_, count in sorted(counts.items())
    ]


def waiting(context: Context) -> frozenset[UUID]:
    """The ids that records would have which may be in Twenty already, while nobody has signed whether they are."""
    found = all_matches(context.store)
    if _is_approved(context, found):
        return frozenset()
    return frozenset(one.own_id for one in found if _counts(one)) - loaded(context.store, found)


def loaded(store: Store, some: Sequence[Match]) -> set[UUID]:
    """The own ids of pairs whose record of the practice is in Twenty by now, merged or of its own."""
    with store.read() as connection:
        merged, made = merged_rows(connection), ledger.known(connection, [one.own_id for one in some])
    return {one.own_id for one in some if one.own_id in made or (one.is_merged and one.existing_id in merged)}


def _counts(one: Match) -> bool:
    """Whether a pair keeps its record waiting: one that lies in the bin does so only where it is to be taken out."""
    return one.decision == "restore" or not one.deleted


def state(context: Context) -> dict[str, int | bool]:
    """How the matching stands: pairs `found`, `open` for a decision, to be `merged`; and whether it is `approved`."""
    found = all_matches(context.store)
    if not found:
        return {}
    return {
        "found": len(found),
        "open": len(_open(assign(found, same=context.settings.existing.same))),
        "merged": sum(one.is_merged for one in found),
        "approved": _is_approved(context, found),
    }


def steps_of(context: Context) -> list[Step]:
    """What a run would merge, as steps of its plan."""
    counts = Counter((one.source_object, one.object) for one in all_matches(context.store) if one.is_merged)
    return [
        Step("merge", object_, f"{source} → {object_}, into records that are there", count)
        for (source, object_), count in sorted(counts.items())
    ]


def facts_of_plan(context: Context) -> dict[str, str]:
    """What binds the approval of a run to the decisions; nothing where there are none."""
    found = all_matches(context.store)
    return {"existing": digest(found, context.settings.existing)} if found else {}


def _open(found: Iterable[Assigned]) -> list[Assigned]:
    return [one for one in found if one.group in {"proposed", "asked"}]


# --- saying it -------------------------------------------------------------------------------------------------------


class Deciding:
    """Takes down what a person says."""

    def __init__(self, context: Context) -> None:
        """Decide for this context's migration."""
        self._context, self._store = context, context.store

    def accept_proposed(self) -> int:
        """Say of every proposed pair that it is the same; how many."""
        proposed = [one.match for one in assigned(self._context) if one.group == "proposed"]
        for one in proposed:
            self._note(one, "same")
        return len(proposed)

    def same(self, ref: str, record_id: UUID) -> None:
        """Say that a record of the practice is this one of Twenty.

        Raises UsageError (MATCH-UNKNOWN, MATCH-DELETED, MATCH-LOADED).
        """
        mine = self._of(ref)
        pair = next((one for one in mine if one.existing_id == record_id), None)
        if pair is None:
            raise _unknown(f"{ref} and {record_id}", "they are no match that was found")
        if pair.deleted:
            raise UsageError(
                "MATCH-DELETED",
                "That record lies in the bin of Twenty.",
                where=ref,
                next_step=f"take it out with `bridgework match DIR --restore {ref}`, or leave it there",
            )
        self._settle(pair, mine, "same")

    def different(self, ref: str) -> None:
        """Say that a record of the practice is not the one that it was matched with."""
        mine = self._of(ref)
        for one in assigned(self._context):
            if one.match.ref == ref:
                self._refuse_loaded([one.match])
                self._note(one.match, "different")
                return
        if all(one.decision == "different" for one in mine):
            return
        raise _unknown(ref, "another record has its match")

    def restore(self, ref: str) -> None:
        """Say that a record in the bin is to be taken out, and stands for this one of the practice."""
        mine = self._of(ref)
        deleted = [one for one in mine if one.deleted]
        if not deleted:
            raise _unknown(ref, "no match of it lies in the bin")
        self._settle(max(deleted, key=lambda one: one.score), mine, "restore")

    def approve(self, name: str) -> str:
        """Sign all decisions by name; the digest. Raises FindingsStop (EXISTING-UNDECIDED)."""
        found = all_matches(self._store)
        if left := _open(assign(found, same=self._context.settings.existing.same)):
            raise FindingsStop(
                UNDECIDED,
                f"{len(left):,} matches are not decided yet.",
                where=left[0].match.ref,
                next_step="decide each with --same or --different; --accept-above takes those that are proposed",
            )
        signed = digest(found, self._context.settings.existing)
        approve(self._store, NAME, signed, name)
        return signed

    def _settle(self, pair: Match, mine: Sequence[Match], decision: Decision) -> None:
        """One pair is decided; whoever had one of its two records before has it no more."""
        others = [one for one in all_matches(self._store) if one.existing_id == pair.existing_id and one.is_merged]
        others += [one for one in mine if one.is_merged]
        self._refuse_loaded([pair, *others])
        for one in others:
            self._note(one, "")
        self._note(pair, decision)

    def _of(self, ref: str) -> list[Match]:
        found = [one for one in all_matches(self._store) if one.ref == ref]
        if not found:
            raise _unknown(ref, "no match has this file and line")
        return found

    def _refuse_loaded(self, some: Iterable[Match]) -> None:
        some = list(some)
        there = loaded(self._store, some)
        for one in some:
            if one.own_id in there:
                raise UsageError(
                    "MATCH-LOADED",
                    "This record is in Twenty already, merged or of its own.",
                    where=one.ref,
                    next_step="take the load back first: `bridgework rollback DIR`",
                )

    def _note(self, one: Match, decision: Decision) -> None:
        with self._store.begin() as connection:
            decide(connection, one, decision, self._context.actor)
            detail = {"own": one.own_id, "existing": one.existing_id, "decision": decision or "none"}
            audit_log.append(connection, self._context.actor, "decide", one.object, **detail)


def _unknown(where: str, why: str) -> UsageError:
    return UsageError(
        "MATCH-UNKNOWN",
        "There is no such match.",
        where=where,
        why=why,
        next_step="`bridgework match DIR` lists them; say the file and line as it shows them",
    )
