"""audit: reads the export into the store, and takes stock of the practice and of the workspace. Changes neither."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bridgework.errors import BridgeworkError, FindingsStop
from bridgework.mapping.propose import Inferred, ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.recognise import Recognised, as_object, recognise
from bridgework.practice import SourceFile, discover
from bridgework.practice.staging import stage
from bridgework.reports.audit_document import WorkspaceSide
from bridgework.reports.audit_page import write_audit
from bridgework.stages.common import Outcome, Plan, Step
from bridgework.stages.context import Context
from bridgework.stages.inventory import Found, inventory, workspace_side
from bridgework.store import audit_log
from bridgework.store.notes import Finding, add_finding, clear_findings, findings, now
from bridgework.store.tables import source_field, source_file

_INFERRED: dict[str, Inferred] = {
    "empty": "empty",
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "boolean": "boolean",
    "text": "text",
}


class Audit:
    """What is there, on both sides."""

    name = "audit"

    def __init__(self, context: Context) -> None:
        """Take stock for this context."""
        self.context = context

    async def plan(self) -> Plan:
        """The files found, and what each is taken for, and why."""
        files, known = self._found()
        steps, unknown = [], []
        for file in files:
            where = file.relative
            if (one := known.get(where)) is None:
                unknown.append(_unrecognised(where))
                continue
            how = ", ".join(word for word in (file.encoding, _name(file.delimiter), file.language) if word)
            steps.append(Step("read", one.object, f"{where} as {one.object} ({how})"))
        return Plan(self.name, tuple(steps), notes=tuple(unknown), approval=False)

    async def apply(self, plan: Plan) -> Outcome:
        """Read every file into the encrypted store, profile its fields, and look at the workspace."""
        context = self.context
        files, known = self._found()
        if not known:
            raise FindingsStop(
                "EXPORT-UNKNOWN",
                "No file of the export was recognised.",
                where=context.settings.practice.name,
                next_step='name each file\'s object in bridgework.toml: [practice.files."x.csv"] object = "patient"',
            )
        with context.store.begin() as connection:
            for stage_name in ("files", "workspace"):
                clear_findings(connection, stage_name)
            for note in plan.notes:
                add_finding(connection, note)
        for file in files:
            context.stopper.check(self.name)
            if (one := known.get(file.relative)) is not None:
                self._stage(file, one)
        unknown = [one.relative for one in files if one.relative not in known]
        return await self._outcome({one.relative: one.why for one in files}, unknown)

    def _found(self) -> tuple[list[SourceFile], dict[str, Recognised]]:
        settings = self.context.settings.practice
        files = discover(settings.folder, settings.files) if settings.folder else []
        known = recognise({one.relative: one.header for one in files})
        for one in files:
            said = settings.files.get(one.relative)
            if said is not None and said.object and (given := as_object(said.object, one.header, one.relative)):
                known[one.relative] = given
        return files, known

    def _stage(self, file: SourceFile, one: Recognised) -> None:
        context = self.context
        told = context.progress.start(f"reading {file.relative}", file.size, "bytes")

        def advance(read: int) -> None:
            context.stopper.check(self.name)
            told(read)

        result = stage(context.store, file, one.object, one.key_headers, advance)
        with context.store.begin() as connection:
            detail = {"file": file.relative, "rows": result.rows, "quarantined": result.quarantined}
            audit_log.append(connection, context.actor, "read", one.object, **detail)

    async def _workspace(self, ours: Collection[str]) -> WorkspaceSide | None:
        """What the workspace is and holds; its absence is a finding, since the practice can be read without it."""
        try:
            async with await self.context.workspace() as workspace:
                return await workspace_side(workspace, ours)
        except BridgeworkError as error:
            what = f"could not be looked at: {error.what}"
            with self.context.store.begin() as connection:
                add_finding(
                    connection, Finding("workspace", error.code, "workspace", "", "warn", 1, "", what, error.next_step)
                )
            return None

    async def _outcome(self, why: Mapping[str, Sequence[str]], unknown: Sequence[str]) -> Outcome:
        context = self.context
        proposed = propose(profiled_files(context))
        workspace = await self._workspace(proposed.objects)
        found = Found(proposed, why, unknown, workspace=workspace)
        document = inventory(context.store, context.settings, found)
        context.store.put("read_at", context.store.get("read_at") or now())
        reports = write_audit(context.reports, document)
        return Outcome(
            self.name,
            "The practice is read into the store. Next: bridgework map",
            counts=document,
            findings=tuple(findings(context.store)),
            reports=reports,
        )


def profiled_files(context: Context) -> list[ProfiledFile]:
    """The files that were read, with what their columns look like: what the map is proposed from."""
    profiles = _profiles(context)
    return [
        ProfiledFile(row["path"], row["object"], _columns(row, profiles.get(row["object"], {})), row["key_headers"])
        for row in _files(context)
    ]


def _columns(file: Mapping[str, Any], profiles: Mapping[str, Any]) -> list[ProfiledColumn]:
    """The columns of a file; one without rows has no profile, and counts as empty."""
    empty = {"type": "empty", "kinds": {}, "filled": 0}
    found = {header: profiles.get(header, empty) for header in file["header"]}
    return [ProfiledColumn(header, _inferred(one), one["filled"]) for header, one in found.items()]


def _profiles(context: Context) -> dict[str, dict[str, Any]]:
    """Object → header → profile, in the order of the columns."""
    profiles: dict[str, dict[str, Any]] = {}
    with context.store.read() as connection:
        query = sa.select(source_field).order_by(source_field.c.object, source_field.c.ordinal)
        for row in connection.execute(query):
            profiles.setdefault(row.object, {})[row.header] = row.profile
    return profiles


def _inferred(profile: Mapping[str, Any]) -> Inferred:
    """The type of a custom field that fits the column; text where anything is doubtful."""
    kinds = [kind for kind in profile["kinds"] if kind.startswith("date ")]
    if profile["type"] == "date" and all(kind.endswith("hh:mm") for kind in kinds):
        return "moment"
    return _INFERRED[profile["type"]]


def _files(context: Context) -> list[Mapping[str, Any]]:
    columns = [one for one in source_file.c if one.name not in {"position", "line", "modified_ns"}]
    with context.store.read() as connection:
        return [dict(row) for row in connection.execute(sa.select(*columns).order_by(source_file.c.path)).mappings()]


def _unrecognised(where: str) -> Finding:
    said = f'say what it is in bridgework.toml: [practice.files."{where}"] object = "patient"; or move it away'
    return Finding(
        "audit", "FILE-UNKNOWN", "file", where, "warn", 1, Path(where).name, "is not read: unknown columns", said
    )


def _name(delimiter: str) -> str:
    return {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", "": "sheet"}.get(delimiter, delimiter)
