"""The audit log as a file of its own: JSON Lines that anybody can check without the store and its passphrase.

A line is one entry, without spaces, its hashes in hex:
`{"seq": 1, "at": …, "actor": …, "action": …, "object": …, "detail": {…}, "previous": …, "hash": …}`.
 `hash` is the SHA-256 of `previous` and of the JSON of [seq, at, actor, action,
object, the text of detail]. So a changed, missing or moved line is found; that the end was cut off is found by whoever
kept the hash of the last entry (the head).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.store import audit_log
from bridgework.store.database import Store
from bridgework.store.tables import audit_log as table

Trouble = Literal["changed", "missing", "moved", "twice", "torn", "cut", "empty"]
LEAST_HEAD = 16
"""Hex digits of a head that tell it from any other."""
_LINE = re.compile(
    rb'\{"seq":(\d{1,18}),"at":("[^"]*"),"actor":("(?:[^"\\]|\\.)*"),"action":("(?:[^"\\]|\\.)*"),'
    rb'"object":("(?:[^"\\]|\\.)*"),"detail":(\{.*\}),"previous":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}\n'
)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a check of an exported file found.

    `entries` is how many from the first on are as they were written, and `head` the hash of the last of these.
    `trouble` is None where that is all of the file; else `seq` is the entry that it is about, `line` the line, from 1,
    where it shows, and `why` says it in words.
    """

    entries: int
    head: str
    trouble: Trouble | None = None
    seq: int = 0
    line: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    seq: int
    previous: bytes
    hash: bytes
    fits: bool  # the hash is that of what the line says


def export(store: Store, path: Path) -> FileCheck:
    """Write the whole log to a file: all of it or none, readable by its owner only; how many entries, and the head.

    A kill leaves the old file, or the new one. Raises UsageError (EXPORT-FAILED) where the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")  # always the same name: what a kill left is written over
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            count, head = _write(file, lines(store))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _settle(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(
            "EXPORT-FAILED", "The audit log cannot be written there.", where=str(path), why=error.strerror or ""
        ) from None
    return FileCheck(count, head)


def lines(store: Store) -> Iterator[tuple[bytes, bytes]]:
    """Each entry as its line, with its hash, in order."""
    with store.read() as connection:
        query = sa.select(table).order_by(table.c.seq).execution_options(yield_per=1000)
        for row in connection.execute(query).mappings():
            names = ("at", "actor", "action", "object")
            said = ",".join(f'"{name}":{_text(row[name])}' for name in names)
            chain = f'"previous":"{row["previous"].hex()}","hash":"{row["hash"].hex()}"'
            yield f'{{"seq":{row["seq"]},{said},"detail":{row["detail"]},{chain}}}\n'.encode(), row["hash"]


def verify_file(path: Path, head: str = "") -> FileCheck:
    """Check an exported file, alone; `head` is the hash (or its first 16 digits) that somebody kept of the last entry.

    Raises UsageError (FILE-MISSING, HEAD-WRONG).
    """
    wanted = needed_head(head)
    try:
        with path.open("rb") as file:
            return _check(file, wanted)
    except OSError:
        raise UsageError("FILE-MISSING", "There is no such file, or it cannot be read.", where=str(path)) from None


def needed_head(head: str) -> str:
    """A head as a person gives it, in small letters; raises UsageError (HEAD-WRONG) where it cannot be one."""
    given = head.strip().rstrip("…").lower()
    if given and not re.fullmatch(rf"[0-9a-f]{{{LEAST_HEAD},64}}", given):
        raise UsageError(
            "HEAD-WRONG", f"A head is {LEAST_HEAD} to 64 hexadecimal digits.", where="--head", next_step="copy it whole"
        )
    return given


def _check(file: IO[bytes], head: str) -> FileCheck:
    """Walk the chain from its start to the first line that does not fit."""
    previous, count, found = audit_log.START, 0, not head
    for number, raw in enumerate(file, start=1):
        entry = _read(raw)
        if entry is None or not entry.fits or (entry.previous, entry.seq) != (previous, count + 1):
            so_far = (count, previous.hex())
            return _elsewhere(file, *so_far, number, entry) if entry and entry.fits else _damaged(*so_far, number, raw)
        previous, count = entry.hash, count + 1
        found = found or previous.hex().startswith(head)
    if not count:
        return FileCheck(0, "", "empty", 1, 1, "there is no entry in it")
    if not found:
        why = "the entry that the head is of is not there: the end is cut off, or all of it was written anew"
        return FileCheck(count, previous.hex(), "cut", count + 1, count + 1, why)
    return FileCheck(count, previous.hex())


def _damaged(count: int, head: str, number: int, raw: bytes) -> FileCheck:
    """A line that is no entry as one was written."""
    if not raw.endswith(b"\n"):
        why = "the last line is not whole: the file was cut while it was written or copied"
        return FileCheck(count, head, "torn", count + 1, number, why)
    return FileCheck(count, head, "changed", count + 1, number, "it was changed after it was written")


def _elsewhere(file: IO[bytes], count: int, head: str, number: int, here: _Entry) -> FileCheck:
    """A whole entry that does not follow: the one wanted is missing, stands further on, or was exchanged."""
    wanted = count + 1
    if here.seq == wanted:
        why = "it does not follow the entry before it: one of the two is not what was written"
        return FileCheck(count, head, "changed", wanted, number, why)
    if here.seq < wanted:
        return FileCheck(count, head, "twice", here.seq, number, "it stands there a second time")
    for later, raw in enumerate(file, start=number + 1):
        if (entry := _read(raw)) is not None and entry.seq == wanted:
            return FileCheck(count, head, "moved", wanted, number, f"it was moved to line {later}")
    return FileCheck(count, head, "missing", wanted, number, "it is missing")


def _read(raw: bytes) -> _Entry | None:
    """The entry of a line; None where it is not as `export` writes it, to the byte."""
    match = _LINE.fullmatch(raw)
    if match is None:
        return None
    number, at, actor, action, object_, detail, previous, hash_ = match.groups()
    try:
        json.loads(detail)
        parts = [json.loads(each) for each in (at, actor, action, object_)]
        exact = all(
            _text(part).encode() == each for part, each in zip(parts, (at, actor, action, object_), strict=True)
        )
        text = detail.decode()
    except ValueError:
        return None
    if not exact or str(int(number)).encode() != number:
        return None
    chained = bytes.fromhex(previous.decode())
    fits = audit_log.chained(chained, int(number), *parts, text) == bytes.fromhex(hash_.decode())
    return _Entry(int(number), chained, bytes.fromhex(hash_.decode()), fits)


def _write(file: IO[bytes], every: Iterable[tuple[bytes, bytes]]) -> tuple[int, str]:
    count, head = 0, b""
    for line, hash_ in every:
        file.write(line)
        count, head = count + 1, hash_
    return count, head.hex()


def _settle(folder: Path) -> None:
    """Have the new name on the disk too: a power loss must not bring the old file back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
