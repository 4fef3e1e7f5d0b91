"""What this machine refuses, in words: a full disk, a damaged store, a file that may not be read or written.

None of it is a defect of Bridgework, and none of it loses what the store has confirmed.
"""

from __future__ import annotations

import errno
from pathlib import Path

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from bridgework.errors import BridgeworkError, Paused, UsageError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a write for which there is no room: the disk is full, or a quota is used up."""
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_STORE = "store.db"
_OURS = frozenset({"bridgework.toml", "map.yaml", "map.yaml.new", _STORE, "store.lock"})


def in_words(error: BaseException) -> BridgeworkError | None:
    """The error for a person, where it is this machine that refused; None for anything else."""
    if isinstance(error, sa.exc.DBAPIError):
        return _of_store(str(error.orig))
    if isinstance(error, sqlcipher.Error):
        return _of_store(str(error))
    if isinstance(error, OSError):
        return _of_file(error)
    return None


def damaged(why: str) -> UsageError:
    """The store's file is not what was written."""
    return UsageError(
        "STORE-DAMAGED",
        "The store is damaged.",
        where=_STORE,
        why=why,
        next_step="put back store.db from a backup, together with store.db-wal where the backup has it; "
        "without one, what is in Twenty can be told only by its `sourceSystemId`",
    )


def _of_store(said: str) -> BridgeworkError | None:
    """By the words of SQLite, which are the same in every version."""
    if "disk is full" in said:
        return _full("the disk of the store (store.db), or what you may use of it")
    if "malformed" in said:
        return damaged("its content does not agree with its checksums: a failing disk, or another program, changed it")
    if "disk I/O error" in said:
        return Paused(
            "DISK-FAILED",
            "The disk of the store did not take or give what it was asked. What was confirmed is not lost.",
            where=_STORE,
            why="it is full or failing, a limit on the size of files was met, or it is a share that went away",
            next_step="see that there is room and that the disk is there, then run the same command again",
        )
    if "readonly" in said or "unable to open" in said:
        return _denied(_STORE, "the store cannot be opened, or not written to")
    if "is locked" in said:
        return Paused(
            "STORE-LOCKED",
            "Another program holds the store. Nothing is lost.",
            where=_STORE,
            why="it did not let go of it within 30 seconds, as a backup or a virus scanner may do",
            next_step="wait until it is done, then run the same command again",
        )
    return None


def _of_file(error: OSError) -> BridgeworkError | None:
    where = _place(error)
    if error.errno in FULL:
        return _full(where)
    if error.errno in _READ_ONLY:
        return _denied(where, "this user may not read it or write there, or the disk is read-only")
    return None


def _place(error: OSError) -> str:
    """The file, where its name is one of ours: other names may be those of patients' documents."""
    path = Path(str(error.filename)) if error.filename else Path()
    return str(path) if path.name in _OURS or path.parent.name == "reports" else ""


def _full(where: str) -> Paused:
    return Paused(
        "DISK-FULL",
        "The disk is full. Nothing is lost.",
        where=where,
        next_step="make room, then run the same command again: it goes on from here",
    )


def _denied(where: str, why: str) -> UsageError:
    return UsageError(
        "FILE-DENIED",
        "A file of the migration cannot be used.",
        where=where,
        why=why,
        next_step="give the user who runs Bridgework the right to read and write there, then run the command again",
    )
