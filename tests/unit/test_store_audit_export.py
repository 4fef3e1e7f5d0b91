"""An exported audit log tells by itself whether an entry was changed, moved or taken out; a kill leaves it whole."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.store import Store, audit_export, audit_log
from bridgework.store.audit_export import verify_file

ENTRIES = 9


def filled(store: Store, entries: int) -> Store:
    with store.begin() as connection:
        for number in range(entries):
            detail = {"batch": number, "ids": [f"{number:032x}"], "share": 0.5, "by": "Zoë"}
            audit_log.append(connection, 'Dr "Ann" Vandé', "create", "person", **detail)
    return store


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    store = filled(Store.connect("sqlite://"), ENTRIES)
    audit_export.export(store, path)
    store.close()
    return path


def with_content(exported: Path, content: bytes) -> Path:
    path = exported.with_name("other.jsonl")
    path.write_bytes(content)
    return path


def test_a_line_is_an_entry_with_its_hashes_in_hex_and_only_the_owner_reads_it(exported: Path) -> None:
    entries = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    assert [one["seq"] for one in entries] == list(range(1, ENTRIES + 1))
    assert list(entries[0]) == ["seq", "at", "actor", "action", "object", "detail", "previous", "hash"]
    assert entries[0]["previous"] == "0" * 64
    assert [one["previous"] for one in entries[1:]] == [one["hash"] for one in entries[:-1]]
    assert entries[2]["detail"]["batch"] == 2
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600


def test_a_file_as_it_was_exported_is_whole_and_its_head_is_that_of_the_store(tmp_path: Path) -> None:
    store = filled(Store.connect("sqlite://"), ENTRIES)
    written = audit_export.export(store, tmp_path / "log.jsonl")
    assert verify_file(tmp_path / "log.jsonl") == written
    assert written.head == audit_log.verify(store).head
    assert verify_file(tmp_path / "log.jsonl", written.head[:20].upper()).trouble is None
    store.close()


@given(st.data())
def test_a_flip_of_any_bit_of_any_byte_is_found(exported: Path, data: st.DataObject) -> None:
    content = bytearray(exported.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    found = verify_file(with_content(exported, bytes(content)))
    assert found.trouble is not None
    assert found.entries < ENTRIES


def test_a_flip_in_every_byte_of_one_line_is_found_and_that_line_is_named(exported: Path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    for place in range(len(lines[4])):
        line = bytearray(lines[4])
        line[place] ^= 1
        found = verify_file(with_content(exported, b"".join([*lines[:4], bytes(line), *lines[5:]])))
        assert (found.trouble, found.seq, found.line, found.entries) == ("changed", 5, 5, 4), place


@given(st.integers(0, ENTRIES - 2))
def test_any_line_but_the_last_that_is_dropped_is_named(exported: Path, place: int) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    found = verify_file(with_content(exported, b"".join(lines[:place] + lines[place + 1 :])))
    assert (found.trouble, found.seq, found.entries) == ("missing", place + 1, place)


@given(st.integers(0, ENTRIES - 1), st.integers(0, ENTRIES - 1))
def test_any_two_lines_that_are_swapped_are_found_and_the_place_is_named(exported: Path, one: int, other: int) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    lines[one], lines[other] = lines[other], lines[one]
    found = verify_file(with_content(exported, b"".join(lines)))
    if one == other:
        assert found.trouble is None
    else:
        first, later = sorted((one, other))
        assert (found.trouble, found.seq, found.line) == ("moved", first + 1, first + 1)
        assert found.why.endswith(f"line {later + 1}")


@given(st.integers(0, ENTRIES - 1), st.integers(0, ENTRIES - 1))
def test_a_line_that_stands_there_twice_is_found(exported: Path, which: int, place: int) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    lines.insert(place, lines[which])
    assert verify_file(with_content(exported, b"".join(lines))).trouble in {"twice", "moved"}


@given(st.integers(0, ENTRIES - 1))
def test_a_cut_end_is_found_by_whoever_kept_the_head(exported: Path, left: int) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    head = verify_file(exported).head
    cut = with_content(exported, b"".join(lines[:left]))
    assert verify_file(cut).trouble == (None if left else "empty")
    assert verify_file(cut, head).trouble == ("cut" if left else "empty")


def test_a_head_from_before_more_was_written_is_still_found(exported: Path) -> None:
    early = json.loads(exported.read_text(encoding="utf-8").splitlines()[3])["hash"]
    assert verify_file(exported, early).trouble is None


@given(st.data())
def test_a_file_that_breaks_off_in_a_line_is_torn_and_not_broken(exported: Path, data: st.DataObject) -> None:
    content = exported.read_bytes()
    end = data.draw(st.integers(1, len(content) - 1).filter(lambda place: content[place - 1 : place] != b"\n"))
    found = verify_file(with_content(exported, content[:end]))
    whole = content[:end].count(b"\n")
    assert (found.trouble, found.entries, found.seq) == ("torn", whole, whole + 1)


def test_an_entry_that_was_written_anew_with_its_own_hash_does_not_fit_the_next(exported: Path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    entry = json.loads(lines[2])
    text = json.dumps({"batch": 99}, separators=(",", ":"))
    said = (entry["at"], entry["actor"], entry["action"], entry["object"])
    forged = audit_log.chained(bytes.fromhex(entry["previous"]), 3, *said, text).hex()
    names = zip(("at", "actor", "action", "object"), said, strict=True)
    parts = ",".join(f'"{name}":{json.dumps(value, ensure_ascii=False)}' for name, value in names)
    previous = entry["previous"]
    lines[2] = f'{{"seq":3,{parts},"detail":{text},"previous":"{previous}","hash":"{forged}"}}\n'.encode()
    found = verify_file(with_content(exported, b"".join(lines)))
    assert (found.trouble, found.seq, found.entries) == ("changed", 4, 3)


def test_the_numbers_go_up_by_one_even_where_the_hashes_fit(tmp_path: Path) -> None:
    store = filled(Store.connect("sqlite://"), 3)
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_log SET seq = 7 WHERE seq = 3")
        row = connection.exec_driver_sql("SELECT previous, at, actor, action, object, detail FROM audit_log").all()[-1]
        parameters = (audit_log.chained(row[0], 7, *row[1:]),)
        connection.exec_driver_sql("UPDATE audit_log SET hash = ? WHERE seq = 7", parameters)
    audit_export.export(store, tmp_path / "log.jsonl")
    found = verify_file(tmp_path / "log.jsonl")
    assert (found.trouble, found.seq, found.entries) == ("missing", 3, 2)
    store.close()


@pytest.mark.parametrize("head", ["abc", "not a head at all", "g" * 64])
def test_a_head_that_can_be_none_is_refused(exported: Path, head: str) -> None:
    with pytest.raises(UsageError) as caught:
        verify_file(exported, head)
    assert caught.value.code == "HEAD-WRONG"


def test_a_file_that_is_not_there_or_a_folder_that_is_not_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        verify_file(tmp_path / "none.jsonl")
    assert caught.value.code == "FILE-MISSING"
    store = filled(Store.connect("sqlite://"), 1)
    with pytest.raises(UsageError) as caught:
        audit_export.export(store, tmp_path / "none" / "log.jsonl")
    assert caught.value.code == "EXPORT-FAILED"
    store.close()


def test_the_store_itself_shows_a_cut_end_to_whoever_kept_the_head() -> None:
    store = filled(Store.connect("sqlite://"), 5)
    head = audit_log.verify(store).head
    assert audit_log.verify(store, head).broken_at is None
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_log WHERE seq = 5")
    assert audit_log.verify(store).broken_at is None
    assert audit_log.verify(store, head).broken_at == 5
    store.close()


_KILLED = """
import os, signal, sys
from pathlib import Path
from bridgework.store import Store, audit_export
store, path, after = Store.open(Path(sys.argv[1]), "x"), Path(sys.argv[2]), int(sys.argv[3])
whole = audit_export.lines

def some(store):
    for number, line in enumerate(whole(store)):
        if number == after:
            os.kill(os.getpid(), signal.SIGKILL)
        yield line

def at_rename(event, _arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

audit_export.lines = some
if after < 0:
    sys.addaudithook(at_rename)
audit_export.export(store, path)
"""


def test_a_kill_while_exporting_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    store = filled(Store.create(tmp_path / "store.db", "x"), 2_000)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"the old one\n")
    for after in (0, 1_000, -1):
        words = [sys.executable, "-c", _KILLED, str(tmp_path / "store.db"), str(path), str(after)]
        assert subprocess.run(words, check=False).returncode == -9
        assert path.read_bytes() == b"the old one\n"
    assert audit_export.export(store, path).entries == 2_000
    assert verify_file(path).trouble is None
    assert [one.name for one in tmp_path.iterdir() if "log" in one.name] == ["log.jsonl"]
    store.close()
