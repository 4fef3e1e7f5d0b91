"""changes: what is new, changed and gone at the practice since it was read; and between two export folders."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bridgework.errors import FindingsStop, Paused, UsageError
from bridgework.mapping.recognise import recognise
from bridgework.practice import discover, stage
from bridgework.practice.api import ApiProfile
from bridgework.practice.api.profile import calls_needed
from bridgework.practice.api_rows import ApiPart
from bridgework.practice.changes import (
    Changes,
    Snapshot,
    Sums,
    Told,
    find_changes_in_api,
    find_changes_in_export,
    last_export_read,
)
from bridgework.stages.common import Progress, Stopper
from bridgework.stages.context import Context
from bridgework.stages.practice_api import in_words
from bridgework.stages.reading import Reading
from bridgework.stages.sources import Sources, is_header_word
from bridgework.store import Store, audit_log
from bridgework.store.notes import Finding

NAME = "practice changes"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for: another `folder` than that of the settings, all of the API (`full`), and what they say.

    Another folder is named as long as the settings name an older one.
    """

    folder: Path | None = None
    full: bool = False
    told: Told = field(default_factory=Told)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: the sums by object (a part of a joined one has its own), findings, and how many calls it took."""

    sums: Mapping[str, Sums]
    findings: Sequence[Finding]
    calls: int = 0

    @property
    def passed(self) -> bool:
        """Whether the changes can be loaded as they are."""
        return not any(one.severity == "stop" for one in self.findings)

    @property
    def differ(self) -> bool:
        """Whether anything is new, changed or gone."""
        return any(one.differ for one in self.sums.values())

    def as_json(self) -> dict[str, Any]:
        """The report as JSON takes it."""
        return {
            "objects": {name: {**asdict(one), "now": one.now, "closes": one.closes} for name, one in self.sums.items()},
            "findings": [asdict(one) for one in self.findings],
            "calls": self.calls,
            "passed": self.passed,
        }


# --- in a migration --------------------------------------------------------------------------------------------------


async def look_for_changes(context: Context, asked: Asked) -> Report:
    """Compare the practice with what is staged, by its export and by its API, whichever it has.

    The changes stay in the store until a delta loads them, or until this is called again. With a `folder` only that
    export is compared.
    """
    found: list[tuple[str, Changes, int]] = []
    if asked.folder or context.settings.practice.folder:
        found.append(("export", _in_the_export(context, asked), 0))
    if context.settings.practice.api is not None and asked.folder is None:
        found.append(("api", *await _in_the_api(context, asked)))
    sums = {name: one for _, changes, _ in found for name, one in changes.sums.items()}
    with context.store.begin() as connection:
        for kind, changes, calls in found:
            counts = {name: [one.new, one.changed, one.gone] for name, one in changes.sums.items() if one.differ}
            detail = {"number": changes.number, "found": counts, "calls": calls}
            audit_log.append(connection, context.actor, "look for changes", kind, **detail)
    every = [one for _, changes, _ in found for one in changes.findings]
    return Report(sums, every, sum(calls for *_, calls in found))


def _in_the_export(context: Context, asked: Asked) -> Changes:
    practice = context.settings.practice
    folder = asked.folder or practice.folder
    if folder is None or not folder.is_dir():
        raise UsageError("PRACTICE-FOLDER", "The export folder is not there.", where=str(folder))
    known = {name: said for name, said in practice.files.items() if (folder / name.partition("#")[0]).is_file()}
    there = practice.model_copy(update={"folder": folder, "files": known})
    sources = Sources(replace(context, settings=context.settings.model_copy(update={"practice": there})))
    prefix = f"{folder.resolve().name}/" if asked.folder else ""
    snapshots = [
        Snapshot(one.staged_as, one.file, tuple(one.known.key_headers), prefix + one.file.relative)
        for one in sources.file_parts()
    ]
    if asked.folder is None:
        _require_not_older(context.store, snapshots)
    told = _by_staged_name(asked.told, sources.joined(), "@export")
    return find_changes_in_export(context.store, snapshots, told, _shown(context.progress, context.stopper))


def _require_not_older(store: Store, snapshots: Sequence[Snapshot]) -> None:
    """See that the folder of the settings is not an older export than the one that was folded in last."""
    if (read := last_export_read(store)) is None:
        return
    names, modified = read
    if not names & {one.name for one in snapshots} and modified > max(
        (one.file.modified_ns for one in snapshots), default=0
    ):
        raise UsageError(
            "CHANGES-OLDER-EXPORT",
            "The export in the settings is older than the one whose changes were loaded last.",
            where="bridgework.toml, practice.folder",
            next_step="write the newest export there, or name it with --from",
        )


async def _in_the_api(context: Context, asked: Asked) -> tuple[Changes, int]:
    reading = Reading(context, Sources(context), NAME)
    parts = list(reading.sources.api_parts())
    told = _by_staged_name(asked.told, reading.sources.joined(), "@api")
    async with reading.api() as api:
        _say_calls(context, reading, api.profile, full=asked.full)
        advances: dict[str, Callable[[int], None]] = {}

        def advance(part: ApiPart, read: int) -> None:
            if part.object not in advances:
                label = f"comparing {part.object} from the API"
                advances[part.object] = context.progress.start(label, None, "records")
            advances[part.object](read)
            context.progress.show(f"DentAdmin's API: {in_words(api.budget.state())}")
            _check(context.stopper)

        changes = await find_changes_in_api(
            context.store,
            api.client,
            parts,
            first=_begun(context.store),
            full=asked.full,
            gone=told.gone,
            progress=advance,
        )
        return changes, api.calls.made


def _say_calls(context: Context, reading: Reading, profile: ApiProfile, *, full: bool) -> None:
    """Say how many calls it takes to read all of what cannot be asked for by its changes."""
    calls = 0
    for part in reading.own_calls():
        one = profile.object(part.object)
        if full or one.changed_since is None:
            came, total = reading.came(part)
            calls += calls_needed(one, max(came, total or 0))
    if calls:
        context.progress.say(f"Reading all of DentAdmin's API takes about {calls:,} calls.")


def _begun(store: Store) -> datetime | None:
    """A moment before the practice was read: that of the migration's first entry in the audit log."""
    first = next(iter(audit_log.entries(store)), None)
    return None if first is None else datetime.fromisoformat(first.at)


def _by_staged_name(told: Told, joined: Collection[str], suffix: str) -> Told:
    """What a person says of an object holds for the part of it that is staged under a name of its own."""

    def named(name: str) -> str:
        object_, dot, header = name.partition(".")
        return f"{object_}{suffix}{dot}{header}" if object_ in joined else name

    return Told({named(one) for one in told.without} | set(told.without), {named(one) for one in told.gone})


# --- two folders -----------------------------------------------------------------------------------------------------


def compare_exports(old: Path, new: Path, progress: Progress, stopper: Stopper) -> Report:
    """Compare two export folders, without a migration; nothing stays of it.

    The old one is staged in an encrypted store of a passphrase that nobody knows, which is removed at the end.
    """
    for folder in (old, new):
        if not folder.is_dir():
            raise UsageError("PRACTICE-FOLDER", "The export folder is not there.", where=str(folder))
    with tempfile.TemporaryDirectory(prefix="bridgework-compare-") as scratch:
        store = Store.create(Path(scratch) / "store.db", secrets.token_hex(32))
        try:
            read = _shown(progress, stopper, "reading")
            for one in _snapshots(old):
                stage(store, one.file, one.object, one.key_headers, partial(read, one))
            changes = find_changes_in_export(store, _snapshots(new), progress=_shown(progress, stopper))
            return Report(changes.sums, changes.findings)
        finally:
            store.close()


def _snapshots(folder: Path) -> list[Snapshot]:
    files = discover(folder, knows=is_header_word)
    known = recognise({one.relative: one.header for one in files})
    if not known:
        raise FindingsStop("EXPORT-UNKNOWN", "No file of the export was recognised.", where=str(folder))
    return [
        Snapshot(one.object, file, tuple(one.key_headers), file.relative)
        for file in files
        if (one := known.get(file.relative)) is not None
    ]


# --- progress --------------------------------------------------------------------------------------------------------


def _shown(progress: Progress, stopper: Stopper, doing: str = "comparing") -> Callable[[Snapshot, int], None]:
    """Shows how far each file is, and stops where somebody wishes so."""
    advances: dict[Path, Callable[[int], None]] = {}

    def advance(one: Snapshot, read: int) -> None:
        key = one.file.path / one.file.sheet
        if key not in advances:
            advances[key] = progress.start(f"{doing} {one.name}", one.file.size, "bytes")
        advances[key](read)
        _check(stopper)

    return advance


def _check(stopper: Stopper) -> None:
    if stopper.wanted:
        raise Paused(
            "PAUSED",
            "The comparison stopped at a safe point, as you asked.",
            next_step="run the same command again; in a migration it goes on from here",
        )
