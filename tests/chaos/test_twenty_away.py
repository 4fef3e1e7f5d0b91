"""What can go wrong with Twenty and the way to it while a load runs: keys, restarts, and people who work in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bridgework.migration import Migration
from bridgework.practice.rows import StagedRows
from bridgework.stages import patience
from bridgework.store.notes import quarantine_counts
from bridgework.twins.twenty import Fault, Faults, Member, TwentyTwin
from bridgework.workspace import Workspace, client, creating
from tests.chaos.meanwhile import (
    LOAD,
    ROLLBACK,
    STATUS,
    VERIFY,
    accounts,
    goes_on,
    in_twenty,
    meanwhile,
    paused,
    run,
)
from tests.moving import Move, Prepared, moved

A_STEP = "treatment → treatment"
"""A task in the middle of a load."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between two tries: the tests are of what follows them."""
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.0)
    monkeypatch.setattr(creating, "_FIELD_PATIENCE", 1)


def _quarantined(move: Move) -> dict[str, int]:
    """How many were set aside while loading, by code."""
    found: dict[str, int] = {}
    ended = run(move, *STATUS)
    assert ended.exit_code == 0
    with Migration.open(move.migration.context.folder) as migration:
        for one in quarantine_counts(migration.context.store):
            if one["stage"].startswith("load"):
                found[one["code"]] = found.get(one["code"], 0) + one["count"]
    return found


def _anew(move: Move, object_: str) -> None:
    """Take an object back with what hangs on it, and load it again: what people removed is there then."""
    taken = run(move, *ROLLBACK, "--scope", f"object {object_}")
    assert taken.exit_code in {0, 1}, taken.document
    goes_on(move)


# --- the key ---------------------------------------------------------------------------------------------------------


def test_a_key_that_is_revoked_in_the_middle_is_a_pause_and_no_record_is_to_blame(
    move: Move, calm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        meanwhile(patch, A_STEP, move.twin.revoke_key)
        revoked = run(move, *LOAD)
    assert (revoked.exit_code, revoked.code) == (4, "KEY-REVOKED")
    assert "BRIDGEWORK_TWENTY_KEY" in revoked.error["next"]
    assert paused(move)  # it could not give them back, and says so
    assert not any(code.startswith("REFUSED") for code in _quarantined(move))
    again = run(move, *LOAD)
    assert (again.exit_code, again.code) == (3, "KEY_REFUSED")
    monkeypatch.setenv("BRIDGEWORK_TWENTY_KEY", move.twin.key)
    goes_on(move, calm)


def test_a_key_of_another_server_is_refused_as_a_key(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    with TwentyTwin(demo=False) as other:
        monkeypatch.setattr(move.twin._app, "key", other.key)  # as if the secret of the server had been changed
        monkeypatch.setattr("bridgework.workspace.keys.workspace_of", lambda _: None)  # of a key that does not say
        ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code) == (3, "KEY_REFUSED")


def test_a_key_of_another_workspace_is_refused_before_anything_is_sent(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = move.migration.context.folder / "bridgework.toml"
    with TwentyTwin() as other:
        settings.write_text(settings.read_text().replace(move.twin.url, other.url))
        monkeypatch.setenv("BRIDGEWORK_TWENTY_KEY", other.key)
        for words in (LOAD, VERIFY, ROLLBACK):
            ended = run(move, *words)
            assert (ended.exit_code, ended.code) == (2, "WORKSPACE-OTHER")
            assert other.key not in str(ended.document)
        assert sum(other.stats.calls.values()) == 0


@pytest.mark.parametrize(("paste", "code"), [("{}\n", ""), (" {} ", ""), ("{}é", "BAD_KEY"), ("\n", "BAD_KEY")])
def test_a_key_that_was_pasted_carelessly_is_taken_or_told(
    move: Move, monkeypatch: pytest.MonkeyPatch, paste: str, code: str
) -> None:
    monkeypatch.setenv("BRIDGEWORK_TWENTY_KEY", paste.format(move.twin.key))
    ended = run(move, "load", "--plan")
    assert ended.code == code


# --- a server that goes and comes back -------------------------------------------------------------------------------


def _again(move: Move, prepared: Prepared) -> TwentyTwin:
    """The same workspace, served at the same address by a new process, as it were."""
    port = int(move.twin.url.rpartition(":")[2])
    members = [Member(*one) for one in prepared.members]
    twin = TwentyTwin(data=move.export.parent / "workspace", members=members, max_records=40, port=port)
    twin.start()
    return twin


def test_a_server_that_is_restarted_in_the_middle_is_waited_for_and_the_load_goes_on_by_itself(
    move: Move, calm: Any, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_FIRST", 0.001)
    settings = move.migration.context.folder / "bridgework.toml"
    settings.write_text(settings.read_text().replace("patience = 0", "patience = 60"))
    served: list[TwentyTwin] = []

    def back() -> None:
        if any("does not answer" in one for one in shown.said) and not served:
            served.append(_again(move, prepared))

    shown = meanwhile(monkeypatch, A_STEP, move.twin.stop)
    shown.on_saying = back
    try:
        ended = run(move, *LOAD)
        assert ended.exit_code == 0, ended.document
        assert served
        move.twin = served[0]
        goes_on(move, calm)
    finally:
        for one in served:
            one.stop()


def test_a_server_that_stays_away_is_a_pause_and_the_automations_are_restored_later(
    move: Move, calm: Any, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        shown = meanwhile(patch, A_STEP, move.twin.stop)
        ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code) == (4, "AWAY")
    assert "load DIR" in ended.error["next"]
    assert any("still paused" in one for one in shown.said)
    assert paused(move)
    at_once = run(move, *LOAD)
    assert (at_once.exit_code, at_once.code) == (3, "NO_ANSWER")
    served = _again(move, prepared)
    try:
        move.twin = served
        goes_on(move, calm)
    finally:
        served.stop()


# --- people who work in the workspace --------------------------------------------------------------------------------


def test_a_field_that_is_removed_in_the_middle_stops_the_load_and_comes_back_with_the_schema(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        meanwhile(patch, A_STEP, lambda: in_twenty(move, lambda one: one.delete_field("treatment", "codeLabel")))
        ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code, ended.error["where"]) == (3, "UNKNOWN_FIELD", "treatment.codeLabel")
    assert "schema" in ended.error["next"]
    assert paused(move) == []
    assert run(move, "schema", "--apply", "--approve-as", "Test").exit_code == 0
    assert run(move, *LOAD).exit_code == 0
    assert all(one["closes"] for one in accounts(move).values())
    assert run(move, *VERIFY).exit_code == 1  # what the sample had in the field went with it, and is found
    _anew(move, "treatment")


def test_an_object_that_is_removed_in_the_middle_stops_the_load_and_comes_back_with_the_schema(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        meanwhile(patch, A_STEP, lambda: in_twenty(move, lambda one: one.delete_object("treatment")))
        ended = run(move, *LOAD)
    assert (ended.exit_code, ended.code, ended.error["where"]) == (3, "UNKNOWN_CALL", "treatment")
    assert "schema" in ended.error["next"]
    again = run(move, *LOAD)
    assert (again.exit_code, again.code) == (2, "UNKNOWN_OBJECT")
    assert run(move, "schema", "--apply", "--approve-as", "Test").exit_code == 0
    assert run(move, *LOAD).exit_code == 0
    assert all(one["closes"] for one in accounts(move).values())
    assert run(move, *VERIFY).exit_code == 1  # those of the sample went with the object, and are found
    _anew(move, "treatment")


def test_records_that_are_destroyed_in_the_middle_cost_what_links_to_them_and_come_back_with_their_object(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def destroy_all(workspace: Workspace) -> None:
        ids = [row["id"] async for page in workspace.scan("person", ["id"]) for row in page]
        await workspace.destroy("person", ids)

    with monkeypatch.context() as patch:
        meanwhile(patch, A_STEP, lambda: in_twenty(move, destroy_all))
        ended = run(move, *LOAD)
    assert ended.exit_code == 0
    assert _quarantined(move)["REFUSED-REFERENCE_MISSING"] > 0
    assert all(one["closes"] for one in accounts(move).values())
    assert run(move, *VERIFY).exit_code == 1
    _anew(move, "person")


def test_an_address_that_somebody_takes_while_we_load_stays_theirs(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = "11111111-1111-4111-8111-111111111111"
    taken: list[str] = []

    def take() -> None:
        with Migration.open(move.migration.context.folder) as migration:
            rows = StagedRows(migration.context.store).iterate("patient")
            held = {one["emailsPrimaryEmail"] for one in move.records()["person"]}
            mails = (row.values["E-mail"].strip().lower() for row in rows)
            taken.extend(one for one in mails if re.fullmatch(r"[\w.+-]+@[\w.-]+\.\w+", one) and one not in held)
        one = {"id": theirs, "name": {"firstName": "Was", "lastName": "There"}, "emails": {"primaryEmail": taken[-1]}}
        in_twenty(move, lambda workspace: workspace.create("person", [one]))

    meanwhile(monkeypatch, "patient → person, wave 1", take)
    ended = run(move, *LOAD)
    assert ended.exit_code == 0
    assert "REFUSED-DUPLICATE" not in _quarantined(move)
    found = [one for one in move.records()["person"] if one["emailsPrimaryEmail"] == taken[-1]]
    assert [one["nameLastName"] for one in found] == ["There"]
    assert run(move, *VERIFY).exit_code == 0


def test_an_automation_that_somebody_switches_on_again_stays_on_and_what_it_made_is_listed(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def switch_on(workspace: Workspace) -> None:
        for one in await workspace.automations({"person"}, include_paused=True):
            if one.is_paused:
                await workspace.resume(one.trigger_id)

    meanwhile(monkeypatch, "patient → person, wave 1", lambda: in_twenty(move, switch_on))
    assert run(move, *LOAD).exit_code == 0
    assert paused(move) == []
    assert all(one["deletedAt"] is None for one in move.records()["workflowAutomatedTrigger"])
    assert run(move, *VERIFY).exit_code == 0
    taken = run(move, *ROLLBACK)  # the automation made a company, and gave it to a person
    found = {(one["code"], one["object"]) for one in taken.document["outcome"]["findings"]}
    assert (taken.exit_code, found) == (
        1,
        {("DIFFERS-SINCE", "company"), ("DIFFERS-SINCE", "person"), ("EDITED-KEPT", "person")},
    )


# --- files -----------------------------------------------------------------------------------------------------------


def test_an_address_for_a_file_that_does_not_take_it_is_asked_for_anew(
    prepared: Prepared, calm: Any, tmp_path: Path
) -> None:
    faults = Faults(script=[Fault.ERROR_BEFORE, Fault.SILENCE_BEFORE, Fault.SILENCE_AFTER], paths=["/file-upload"])
    with moved(prepared, tmp_path, faults=faults) as move:
        assert run(move, *LOAD).exit_code == 0
        assert faults.injected == 3
        assert move.records()["person"] == calm["person"]
        assert len(move.records()["attachment"]) == len(calm["attachment"]) > 0
        assert run(move, *VERIFY).exit_code == 0


def test_a_file_that_twenty_never_takes_is_a_pause_and_not_set_aside(prepared: Prepared, tmp_path: Path) -> None:
    faults = Faults({Fault.ERROR_BEFORE: 1.0}, paths=["/file-upload"])
    with moved(prepared, tmp_path, faults=faults) as move:
        ended = run(move, *LOAD)
        assert (ended.exit_code, ended.code) == (4, "AWAY")
        faults.rates = {}
        goes_on(move)
