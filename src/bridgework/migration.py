"""A migration: a folder with its settings, its map, its encrypted store and its reports; and its stages, in order."""

from __future__ import annotations

import fcntl
import getpass
import uuid
from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bridgework import settings as settings_file
from bridgework.errors import UsageError
from bridgework.settings import PracticeSettings, WorkspaceSettings
from bridgework.stages.common import Stage
from bridgework.stages.context import Context
from bridgework.stages.rehearsal.remains import remove_scratch
from bridgework.store import Store, audit_log
from bridgework.store.keys import DENTADMIN_KEY, STORE_KEY, TWENTY_KEY, remember, secret
from bridgework.store.lease import Taking

STORE_FILE = "store.db"
LOCK_FILE = "store.lock"
STAGES = {
    "audit": "Audit",
    "map": "Map",
    "schema": "Schema",
    "sample": "Sample",
    "load": "Load",
    "retry": "Retry",
    "verify": "Verify",
    "rollback": "Rollback",
}
"""The stages in their order: the module of `bridgework.stages`, imported when it is asked for, and the class in it."""


class Migration(AbstractContextManager["Migration"]):
    """One migration, opened; the two faces (command line and console) work on this and nothing else."""

    def __init__(self, context: Context, lock: IO[bytes] | None = None) -> None:
        """Wrap an open context; use `create` or `open`."""
        self.context, self._lock = context, lock

    @classmethod
    def create(
        cls, folder: Path, practice: PracticeSettings, workspace: WorkspaceSettings, *, keep_keys: bool = False
    ) -> Self:
        """Make a new migration folder with its settings and an encrypted, empty store."""
        if practice.folder is not None and not practice.folder.is_dir():
            raise UsageError("PRACTICE-MISSING", "The export folder is not there.", where=str(practice.folder))
        if (folder / settings_file.FILE).exists():
            raise UsageError(
                "MIGRATION-EXISTS",
                "This folder holds a migration already.",
                where=str(folder),
                next_step="use it as it is (`bridgework status DIR`), or choose another folder",
            )
        id_ = uuid.uuid4()
        passphrase = secret(STORE_KEY, str(id_), again=True)
        if keep_keys:
            remember(STORE_KEY, str(id_), passphrase)
            for name in (TWENTY_KEY, *((DENTADMIN_KEY,) if practice.api else ())):
                remember(name, str(id_), secret(name, str(id_)))
        folder.mkdir(parents=True, exist_ok=True)
        written = settings_file.write_new(folder, id_, practice, workspace)
        store = Store.create(folder / STORE_FILE, passphrase)
        with store.begin() as connection:
            audit_log.append(connection, getpass.getuser(), "init", "", migration=str(written.migration.id))
        return cls(Context(folder, written, store, getpass.getuser()))

    @classmethod
    def open(cls, folder: Path, *, alone: bool = False, wait: bool = False) -> Self:
        """Open a migration folder; raises UsageError where it is none, or the passphrase is wrong.

        `alone` is for whoever changes something: it raises UsageError (BUSY) while another process does, or waits.
        """
        written = settings_file.read(folder)
        with ExitStack() as opened:  # what is open is closed again where the rest does not open
            lock = opened.enter_context(_lock(folder, wait=wait)) if alone else None
            store = Store.open(folder / STORE_FILE, secret(STORE_KEY, str(written.migration.id)))
            opened.callback(store.close)
            if alone:
                store.take_lease(Taking(wait=wait))
                remove_scratch(folder)  # what a kill left of a rehearsal
            opened.pop_all()
        return cls(Context(folder, written, store, getpass.getuser()), lock)

    def stage(self, name: str) -> Stage:
        """The stage of that name."""
        made: Stage = getattr(import_module(f"bridgework.stages.{name}"), STAGES[name])(self.context)
        return made

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.context.store.close()
        if self._lock is not None:
            self._lock.close()  # which lets go of it; so does the end of the process, however it ends


def _lock(folder: Path, *, wait: bool) -> IO[bytes]:
    """The right to change this migration on this machine, for as long as the file is open."""
    file = (folder / LOCK_FILE).open("ab")  # an OSError has its words where the command ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        file.close()
        raise UsageError(
            "BUSY",
            "Another command is working on this migration.",
            where=str(folder),
            next_step="let it end, or stop it with Ctrl-C, cleanly; `load`, `delta` and `rollback` wait with --wait",
        ) from None
    return file
