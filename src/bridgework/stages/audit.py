"""audit: reads the practice into the store, and takes stock of it and of the workspace. Changes neither."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bridgework.errors import BridgeworkError, FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.mapping.propose import propose
from bridgework.mapping.recognise import Recognised
from bridgework.practice.file_notes import note
from bridgework.practice.staging import forget_export
from bridgework.quality.examine import examine
from bridgework.reports.audit_document import WorkspaceSide
from bridgework.reports.audit_page import write_audit
from bridgework.stages.common import Outcome, Plan, Step
from bridgework.stages.context import Context
from bridgework.stages.inventory.calls import ApiObject
from bridgework.stages.inventory.taking import Found, inventory
from bridgework.stages.inventory.workspace_side import workspace_side
from bridgework.stages.profiled import UNCLEAR, profiled_files
from bridgework.stages.reading import READ_ON, Reading
from bridgework.stages.sources import FilePart, Sources
from bridgework.store.notes import Finding, add_finding, clear_findings, findings, now

_HEADERS = {"missing": "HEADER-MISSING", "doubtful": "HEADER-DOUBTFUL"}


class Audit:
    """What is there, on both sides."""

    name = "audit"

    def __init__(self, context: Context, most_calls: int | None = None, *, anew: bool = False) -> None:
        """Take stock for this context; `most_calls` ends the reading of the API early: the load then reads on.

        `anew`: what was read of the export is forgotten first; PRACTICE-LOADED where something of it is in Twenty.
        """
        self.context, self._most_calls, self._anew = context, most_calls, anew

    async def plan(self) -> Plan:
        """The files found, and what each is taken for, and why; and the objects of the API."""
        sources = Sources(self.context)
        steps = [Step("read", one.object, _how(one)) for one in sources.file_parts()]
        steps += [Step("read", one.object, f"{one.object} from the API") for one in sources.api_parts()]
        steps += [Step("join", one, f"{one}: the export and the API, on its number") for one in sources.joined()]
        return Plan(self.name, tuple(steps), notes=tuple(_notes(sources)), approval=False)

    async def apply(self, plan: Plan) -> Outcome:
        """Read all into the encrypted store, profile and examine it, and look at the workspace."""
        context = self.context
        if not plan.steps:
            raise FindingsStop(
                "EXPORT-UNKNOWN",
                "No file of the export was recognised.",
                where=context.settings.practice.name,
                next_step='name each file\'s object in bridgework.toml: [practice.files."x.csv"] object = "patient"',
            )
        if self._anew:
            forget_export(context.store)
        with context.store.begin() as connection:
            # The notes of reading ("audit") stay: they are made once, with the rows.
            for stage_name in ("files", "workspace", "quality"):
                clear_findings(connection, stage_name)
            for note in plan.notes:
                add_finding(connection, note)
        reading = Reading(context, Sources(context), self.name)
        reading.files()
        await reading.from_api(self._most_calls)
        reading.join()
        context.store.put(UNCLEAR, [file for file, one in reading.sources.known.items() if not one.clear])
        context.store.put("read_at", context.store.get("read_at") or now())
        context.store.put(READ_ON, [one.object for one in reading.unread()])
        proposed = propose(profiled_files(context), context.nomenclature())
        self._examine(proposed)
        return await self._outcome(reading, proposed)

    def _examine(self, proposed: MapDocument) -> None:
        """Look for what is wrong with the data, by what the columns are taken for."""
        context = self.context
        concepts = {
            name: {line.column: line.concept for line in source.lines if line.column and line.concept}
            for name, source in proposed.sources.items()
        }
        documents = context.documents() if context.settings.practice.folder else None
        told = context.progress.start("looking at the data", None, "rows")

        def advance(seen: int) -> None:
            context.stopper.check(self.name)
            told(seen)

        found = examine(context.store, concepts, documents, context.nomenclature(), progress=advance)
        with context.store.begin() as connection:
            for one in found:
                add_finding(connection, one)

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

    async def _outcome(self, reading: Reading, proposed: MapDocument) -> Outcome:
        context, sources = self.context, reading.sources
        practice = context.settings.practice
        workspace = await self._workspace(proposed.objects)
        found = Found(
            proposed,
            why={one.relative: (*one.why, *_taken_for(sources.known.get(one.relative))) for one in sources.files},
            unknown=[one.relative for one in sources.unknown],
            api=list(_api_objects(reading)),
            workspace=workspace,
            version=practice.version,
            edition=practice.edition,
        )
        document = inventory(context.store, context.settings, found)
        reports = write_audit(context.reports, document)
        return Outcome(
            self.name,
            _message(reading),
            counts=document,
            findings=tuple(findings(context.store)),
            reports=reports,
        )


def _message(reading: Reading) -> str:
    if not (unread := reading.unread()):
        return "The practice is read into the store. Next: bridgework map"
    names = ", ".join(one.object for one in unread)
    return f"Not read to the end: {names}. Run the audit again for all of it, or go on: the load reads what is left"


def _taken_for(known: Recognised | None) -> tuple[str, ...]:
    return (f"{known.object}: {'; '.join(known.why)}",) if known else ()


def _api_objects(reading: Reading) -> Iterator[ApiObject]:
    profile = reading.sources.profile
    for part in reading.sources.api_parts():
        came, total = reading.came(part)
        if profile is not None:
            records, files = came if total is None else max(total, came), reading.files_named(part)
            yield ApiObject.of(profile.object(part.object), records, files=files)


def _how(part: FilePart) -> str:
    file = part.file
    how = ", ".join(word for word in (file.encoding, _name(file.delimiter), file.language) if word)
    return f"{file.relative} as {part.object} ({how})"


def _notes(sources: Sources) -> Iterator[Finding]:
    yield from (note("FILE-UNKNOWN", file.relative) for file in sources.unknown)
    yield from (note("FILE-FORMAT", name) for name in sources.unreadable())
    yield from (note("TABLE-EMPTY", name) for name in sources.empty())
    for file in sources.files:
        if not any(map(any, file.sample)):
            yield note("TABLE-WITHOUT-ROWS", file.relative)
        if code := _HEADERS.get(file.header_is):
            yield note(code, file.relative, next((why for why in file.why if why.startswith("the first row")), ""))
    for name in sources.unknown_objects():
        what = "is behind the API, and is not read: the built-in map has no such object"
        said = "give it the name of an object that the map has, or take it out of the profile"
        yield Finding("files", "OBJECT-UNKNOWN", name, "", "warn", 1, "", what, said)


def _name(delimiter: str) -> str:
    return {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", "": "sheet"}.get(delimiter, delimiter)
