"""Puts the inventory together: from what is staged in the store, the proposed map, and what the audit found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bridgework.mapping.document import MapDocument
from bridgework.practice.rows import StagedRows
from bridgework.reports.audit_document import VERSION, AuditDocument, Documents, ExportPlan, WorkspaceSide
from bridgework.settings import CALLS_AN_HOUR, Settings
from bridgework.stages.inventory.about import dentadmin
from bridgework.stages.inventory.calls import ApiObject
from bridgework.stages.inventory.closer import look_closer
from bridgework.stages.inventory.entries import Entries, read_entries
from bridgework.stages.inventory.export_plan import Budgets, export_plan
from bridgework.stages.inventory.gaps import missing
from bridgework.stages.inventory.grade import grade
from bridgework.stages.inventory.volumes import documents
from bridgework.store import Store
from bridgework.store.notes import findings, now
from bridgework.workspace.workspace import MOST_RECORDS


@dataclass(frozen=True, slots=True)
class Found:
    """What the audit knows and the store does not.

    `why`: by file, the reasons of its guesses; `unknown`: the files that nobody knows; `api`: what the API has and
    gives in a call, empty where there is none; `workspace`: `workspace_side`, None where it was away; `version` and
    `edition` of DentAdmin as a person says, empty where nobody did.
    """

    proposed: MapDocument
    why: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unknown: Sequence[str] = ()
    api: Sequence[ApiObject] = ()
    workspace: WorkspaceSide | None = None
    version: str = ""
    edition: str = ""


def inventory(store: Store, settings: Settings, found: Found) -> AuditDocument:
    """The inventory's document, as `reports.audit_page.write_audit` takes it."""
    made_at = now()
    entries = look_closer(store, read_entries(store, found.proposed, found.why), found.proposed)
    volumes = _volumes(store, settings, found)
    plan = _plan(settings, found, entries, made_at)
    gaps = missing(found.proposed, entries, {one.object for one in found.api}, found.unknown, volumes)
    noted = [asdict(one) for one in findings(store)]
    return {
        "version": VERSION,
        "made_at": made_at,
        "migration": str(settings.migration.id),
        "practice": settings.practice.name,
        "workspace_url": settings.workspace.url,
        "dentadmin": dentadmin(settings.practice.folder, found.version, found.edition),
        "objects": entries.objects,
        "fields": entries.fields,
        "files": [*entries.files, *entries.halves],
        "documents": volumes,
        "missing": gaps,
        "quarantine": entries.aside,
        "findings": noted,
        "workspace": found.workspace,
        "plan": plan,
        "grade": grade(entries, gaps, noted, volumes, found.workspace, plan),
    }


def _plan(settings: Settings, found: Found, entries: Entries, made_at: str) -> ExportPlan:
    api, side = settings.practice.api, found.workspace
    budgets = Budgets(
        calls_an_hour=api.calls_an_hour if api else CALLS_AN_HOUR,
        allowed=api.hours if api else "",
        calls_per_minute=side["calls_per_minute"] if side else settings.workspace.calls_per_minute,
        records_per_call=side["records_per_call"] if side else MOST_RECORDS,
    )
    return export_plan(entries, found.proposed, found.api, budgets, datetime.fromisoformat(made_at))


def _volumes(store: Store, settings: Settings, found: Found) -> Documents | None:
    practice = settings.practice
    folder = practice.folder / practice.documents if practice.folder else None
    limit = found.workspace["upload_limit"] if found.workspace else None
    return documents(folder, _named(store, found.proposed), limit)


def _named(store: Store, proposed: MapDocument) -> Iterator[str]:
    """The file names that the rows have."""
    rows = StagedRows(store)
    for name, source in proposed.sources.items():
        columns = [line.column for line in source.all_lines() if line.transform == "file" and line.column]
        if not columns:
            continue
        for record in rows.iterate(name):
            for column in columns:
                if cell := record.values.get(column, "").strip():
                    yield cell
