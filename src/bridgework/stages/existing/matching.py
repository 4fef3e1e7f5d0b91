"""match: who of the practice is in Twenty already, shown for a person to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bridgework.practice.rows import StagedRows
from bridgework.reports.masking import mask
from bridgework.reports.match_page import write_match
from bridgework.stages.context import Context, needed_map
from bridgework.stages.existing.assigning import Assigned
from bridgework.stages.existing.deciding import NAME, Deciding, all_matches, assigned, digest, undecided
from bridgework.stages.existing.looking import Looked, Looking
from bridgework.stages.mapper import make_mapper
from bridgework.store import matches as kept
from bridgework.store.notes import Finding, approved, now

_KINDS = ("birth", "insz", "email", "phone", "number", "riziv", "insurer", "domain", "source")


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is shown: counts by group, the pairs, what keeps a load from beginning, and the page with all."""

    counts: Mapping[str, int]
    pairs: tuple[Mapping[str, Any], ...]
    stops: tuple[Finding, ...]
    digest: str
    approved_by: str
    page: Path


async def look(context: Context) -> Looked:
    """Look at both sides anew; decisions stay. Writes nothing to Twenty."""
    document = needed_map(context)
    async with await context.workspace() as workspace:
        mapper = await make_mapper(context, document, workspace, remember=False)
        return await Looking(context, document, workspace, mapper).run()


async def say_same(context: Context, ref: str, record_id: UUID) -> None:
    """Say that two are the same, whether they were found to be alike or not; raises what `Deciding.same` does."""
    if not any(one.ref == ref and one.existing_id == record_id for one in all_matches(context.store)):
        document = needed_map(context)
        async with await context.workspace() as workspace:
            mapper = await make_mapper(context, document, workspace, remember=False)
            pair = Looking(context, document, workspace, mapper).pair(ref, record_id)
        if pair is not None:
            with context.store.begin() as connection:
                kept.add(connection, pair)
    Deciding(context).same(ref, record_id)


def tell(context: Context, *, show_values: bool) -> Told:
    """Show what was found and decided, and write the page; masked unless `show_values`."""
    found, settings = assigned(context), context.settings.existing
    every = all_matches(context.store)
    signed = digest(every, settings)
    given = approved(context.store, NAME)
    by = given.name if given and given.digest == signed else ""
    pairs = tuple(_pair(one, show_values=show_values) for one in found)
    counts = _counts(context, found)
    document: dict[str, Any] = {
        "made_at": now(),
        "migration": str(context.settings.migration.id),
        "workspace_url": context.settings.workspace.url,
        "practice": context.settings.practice.name,
        "digest": signed,
        "approved_by": by,
        "masked": not show_values,
        "same": settings.same,
        "new": settings.new,
        "policy": settings.policy,
        "fields": dict(settings.fields),
        "counts": counts,
        "pairs": pairs,
    }
    page = write_match(context.reports, document)
    return Told(counts, pairs, tuple(undecided(context)), signed, by, page)


def _counts(context: Context, found: list[Assigned]) -> dict[str, int]:
    """Pairs by group, and `new`: the records of the practice that stand alone."""
    groups: Counter[str] = Counter(one.group for one in found)
    document = needed_map(context)
    sources = [name for name, one in document.sources.items() if one.record in {"person", "company"}]
    every = sum(StagedRows(context.store).count(name) for name in sources)
    taken = sum(count for group, count in groups.items() if group != "deleted")
    names = ("proposed", "asked", "same", "restore", "deleted")
    return {**{name: groups[name] for name in names}, "new": every - taken}


def _pair(one: Assigned, *, show_values: bool) -> dict[str, Any]:
    match = one.match
    return {
        "group": one.group,
        "rivals": one.rivals,
        "ref": match.ref,
        "source_object": match.source_object,
        "object": match.object,
        "record": str(match.existing_id),
        "score": match.score,
        "reasons": list(match.reasons),
        "decided_by": match.decided_by,
        "source": _side(match.source_facts, show_values=show_values),
        "existing": _side(match.facts, show_values=show_values),
    }


def _side(facts: Mapping[str, Any], *, show_values: bool) -> dict[str, str]:
    """What one is known by, for people: by kind, the values or their shapes."""
    shown = str if show_values else mask
    known = {"name": [facts["shown"]], **{kind: facts["known"].get(kind, []) for kind in _KINDS}}
    return {kind: ", ".join(shown(one) for one in values) for kind, values in known.items() if any(values)}
