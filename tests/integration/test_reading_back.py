"""The load reads back what it wrote: what is as it was sent is verified, what is not is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bridgework.stages.load import Load
from bridgework.stages.reading_back import DIFFERS, NOT_THERE
from bridgework.stages.rollback import Rollback
from bridgework.status import status
from bridgework.store import Store
from bridgework.store.ledger import Ledger
from bridgework.store.running import Running, keep
from bridgework.store.tables import batch
from bridgework.workspace import Workspace
from tests.moving import Move, Prepared, moved, prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


def states(move: Move) -> dict[str, set[str]]:
    """The states of the load's batches, by target object."""
    run = Ledger.current(move.migration.context.store, "load", "")
    assert run is not None
    found: dict[str, set[str]] = {}
    with move.migration.context.store.read() as connection:
        query = sa.select(batch.c.object, batch.c.state).where(batch.c.run_id == run.run_id)
        for object_, state in connection.execute(query):
            found.setdefault(object_, set()).add(state)
    return found


def test_after_a_load_every_batch_but_those_of_files_is_verified_and_a_rollback_takes_all_back(
    prepared: Prepared, tmp_path: Path
) -> None:
    with moved(prepared, tmp_path) as move:
        before = move.records()
        move.load()
        assert {object_: found for object_, found in states(move).items() if found != {"verified"}} == {
            "attachment": {"confirmed"}
        }
        assert move.apply("verify").passed
        assert states(move)["attachment"] == {"verified"}
        assert move.apply(Rollback(move.migration.context)).counts["equal"] is True
        assert move.records() == before


def test_a_field_that_is_not_as_it_was_sent_and_a_record_that_is_not_there_are_told_and_not_verified(
    prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Workspace.read

    async def altered(self: Workspace, object_: str, *given: Any, **more: Any) -> dict[str, dict[str, Any]]:
        found = await read(self, object_, *given, **more)
        if object_ == "person" and found:
            first, second = sorted(found)[:2]
            found[first]["name"] = {"firstName": "Another", "lastName": "Person"}
            del found[second]
        return found

    with moved(prepared, tmp_path) as move:
        monkeypatch.setattr(Workspace, "read", altered)
        move.load()
        monkeypatch.undo()
        outcome = move.apply(Load(move.migration.context))  # it is done already, and says the same again
        said = {(one.code, one.object, one.field): one.count for one in outcome.findings}
        assert said[DIFFERS, "person", "name"] == said[NOT_THERE, "person", ""]
        assert outcome.counts["read back"]["not as sent"] == 2 * said[NOT_THERE, "person", ""]
        assert "Another" not in str(outcome)
        assert "confirmed" in states(move)["person"]
        assert states(move)["company"] == {"verified"}


def test_a_status_is_told_while_another_process_writes(prepared: Prepared, tmp_path: Path) -> None:
    with moved(prepared, tmp_path) as move:
        context = move.migration.context
        keep(context.store, Running("load", 1.0, "rate", 100, 98.0, 601.0, 980))
        with context.store.begin() as connection:
            connection.execute(batch.delete())  # a write that is not over holds whoever else would write
            reader = Store.open(context.folder / "store.db", "a passphrase for tests")
            context.store, writer = reader, context.store
            try:
                found = status(context)
            finally:
                context.store = writer
                reader.close()
        assert found["running"]["bound"] == "rate"
        assert found["running"]["said"].startswith("bound by Twenty's rate (100 calls a minute allowed, 98 used)")
        assert found["match"] == {}
        assert found["rehearsal"] == {}
