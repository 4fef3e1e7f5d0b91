"""The mapping document of a map: who approved it, its preset, its objects, pick-lists and plan."""

from __future__ import annotations

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import MapDocument
from bridgework.reports.map_document import MappingDocument, Preset
from bridgework.stages.context import Context
from bridgework.stages.map_view.facts import Facts
from bridgework.stages.map_view.lists import pick_lists
from bridgework.stages.map_view.objects import object_entry
from bridgework.stages.map_view.plan import plan
from bridgework.store.notes import approved, now


def view(
    context: Context, document: MapDocument, facts: Facts, *, approved_by: str = "", approved_at: str = ""
) -> MappingDocument:
    """All of it. Who approved exactly this map is looked up in the store, unless it is said."""
    settings, digest = context.settings, document.digest()
    given = approved(context.store, "map")
    if not approved_by and given is not None and given.digest == digest:
        approved_by, approved_at = given.name, given.at
    return {
        "made_at": now(),
        "migration": str(settings.migration.id),
        "practice": settings.practice.name,
        "workspace_url": settings.workspace.url,
        "digest": digest,
        "approved_by": approved_by,
        "approved_at": approved_at,
        "preset": _preset(context, document.preset),
        "nomenclature": document.nomenclature,
        "objects": [object_entry(document, name, facts) for name in document.sources],
        "pick_lists": list(pick_lists(document, facts)),
        "plan": plan(document),
    }


def _preset(context: Context, name: str) -> Preset:
    """The preset with what it says; one of the practice's own goes before a ready one of the same name."""
    known = context.settings.map.presets.get(name) or builtin().presets.get(name)
    says = known.says.rstrip(".") if known else ""
    return {"name": name, "meaning": f"{says}." if says else ""}
