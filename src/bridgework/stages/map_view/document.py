"""The mapping document of a map: who approved it, its preset, its objects, pick-lists and plan."""

from __future__ import annotations

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import MapDocument
from bridgework.mapping.problem import Problem
from bridgework.reports.map_document import MappingDocument, Preset, ProblemEntry
from bridgework.stages.context import Context
from bridgework.stages.map_view.facts import Facts
from bridgework.stages.map_view.lists import pick_lists
from bridgework.stages.map_view.objects import object_entry
from bridgework.stages.map_view.plan import plan
from bridgework.stages.map_view.standing import standing
from bridgework.store.notes import now


def view(
    context: Context, document: MapDocument, facts: Facts, *, approved_by: str = "", approved_at: str = ""
) -> MappingDocument:
    """All of it. Who approved exactly this map is looked up in the store, unless it is said."""
    settings = context.settings
    stands = standing(context, document, facts)
    if not approved_by and stands.approval is not None:
        approved_by, approved_at = stands.approval.name, stands.approval.at
    return {
        "made_at": now(),
        "migration": str(settings.migration.id),
        "practice": settings.practice.name,
        "workspace_url": settings.workspace.url,
        "digest": document.digest(),
        "approved_by": approved_by,
        "approved_at": approved_at,
        "problems": [_problem(one) for one in stands.problems],
        "columns": stands.columns.in_words(),
        "late": stands.late,
        "open": stands.open,
        "next_step": stands.next_step,
        "preset": _preset(context, document.preset),
        "nomenclature": document.nomenclature,
        "objects": [object_entry(document, name, facts) for name in document.sources],
        "pick_lists": list(pick_lists(document, facts)),
        "plan": plan(document),
    }


def _problem(one: Problem) -> ProblemEntry:
    return {"line": one.line, "code": one.code, "what": one.what, "next_step": one.next}


def _preset(context: Context, name: str) -> Preset:
    """The preset with what it says; one of the practice's own goes before a ready one of the same name."""
    known = context.settings.map.presets.get(name) or builtin().presets.get(name)
    says = known.says.rstrip(".") if known else ""
    return {"name": name, "meaning": f"{says}." if says else ""}
