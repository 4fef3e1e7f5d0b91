"""The encrypted store, the ledger and the audit log keep what they promise."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bridgework.errors import UsageError
from bridgework.store import Store, audit_log, claims, ledger
from bridgework.store.ledger import Item, Ledger
from bridgework.store.notes import Finding, add_finding, approve, approved, findings
from bridgework.store.tables import audit_log as log_table
from bridgework.store.tables import item, source_call, source_file


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store.db", "a passphrase with 'quotes'")


def test_nothing_of_the_store_can_be_read_without_its_passphrase(tmp_path: Path) -> None:
    made = Store.create(tmp_path / "store.db", "right")
    made.put("canary", "Zoë Canary 85073003328")
    made.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Canary" not in written
    assert b"85073003328" not in written
    with pytest.raises(UsageError) as caught:
        Store.open(tmp_path / "store.db", "wrong")
    assert caught.value.code == "STORE-KEY"
    assert Store.open(tmp_path / "store.db", "right").get("canary") == "Zoë Canary 85073003328"


def test_a_store_is_never_overwritten_nor_made_by_opening(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Store.open(tmp_path / "store.db", "x")
    assert caught.value.code == "STORE-MISSING"
    Store.create(tmp_path / "store.db", "x").close()
    with pytest.raises(UsageError) as caught:
        Store.create(tmp_path / "store.db", "x")
    assert caught.value.code == "STORE-EXISTS"


def test_a_store_of_the_first_release_opens_with_all_that_was_read_into_it(tmp_path: Path) -> None:
    """Bridgework 0.1.0 wrote stores of schema 1: they get what is new, and keep what they hold."""
    old = Store.create(tmp_path / "store.db", "x")
    with old.begin() as connection:
        for name in ("reading", "cursor", "total"):
            connection.execute(sa.text(f"ALTER TABLE source_file DROP COLUMN {name}"))
        for table, name in (("run", "detail"), ("batch", "action"), ("quarantine", "run_id")):
            connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {name}"))
        for name in ("row_hash", "edited", "merged_into"):
            connection.execute(sa.text(f"ALTER TABLE item DROP COLUMN {name}"))
        later = ("source_call", "source_pass", "source_change", "operation", "lease", "run_row", "row_version")
        for table in (*later, "link_missing", "conflict", "quarantine_before"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
        connection.execute(sa.text("DELETE FROM schema_version WHERE number > 1"))
        connection.execute(
            sa.text(
                "INSERT INTO source_file (object, path, format, encoding, delimiter, language, header, key_headers, "
                "size, modified_ns, sha256, state, position, line, rows, bad_rows, blank_rows) VALUES ('patient', "
                "'patienten.csv', 'csv', 'cp1252', ';', 'nl', '[]', '[]', 1, 1, '', 'staged', 1, 1, 7, 0, 0)"
            )
        )
    old.close()
    opened = Store.open(tmp_path / "store.db", "x")
    with opened.begin() as connection:
        assert connection.execute(sa.select(source_file.c.rows, source_file.c.total)).one() == (7, None)
        connection.execute(source_call.insert().values(began=1.0))
    run = Ledger.begin(opened, "load", "digest", "An")
    with opened.begin() as connection:
        run.plan(connection, "patient", "person", _items([uuid4()]))
    [made] = ledger.batches(opened, [run.run_id], ("planned",))
    assert made.action == "create"


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.begin() as connection:
            audit_log.append(connection, "An", "create", "person", count=3)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert list(audit_log.entries(store)) == []


def _log(store: Store, entries: int) -> None:
    with store.begin() as connection:
        for number in range(entries):
            audit_log.append(connection, "An", "create", "person", batch=number)


@pytest.mark.parametrize(
    ("tamper", "broken_at"),
    [
        (log_table.update().where(log_table.c.seq == 3).values(actor="Bo"), 3),
        (log_table.update().where(log_table.c.seq == 3).values(detail='{"batch":9}'), 3),
        (log_table.delete().where(log_table.c.seq == 3), 3),
        (log_table.delete().where(log_table.c.seq == 1), 1),
        (log_table.update().where(log_table.c.seq == 4).values(hash=bytes(32)), 4),
    ],
)
def test_a_changed_or_missing_entry_breaks_the_chain_there(store: Store, tamper: sa.Executable, broken_at: int) -> None:
    _log(store, 5)
    assert audit_log.verify(store).broken_at is None
    with store.begin() as connection:
        connection.execute(tamper)
    assert audit_log.verify(store).broken_at == broken_at


def test_reordered_entries_break_the_chain(store: Store) -> None:
    _log(store, 5)
    with store.begin() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(log_table.update().where(log_table.c.seq == old).values(seq=new))
    assert audit_log.verify(store).broken_at == 2


def test_an_approval_is_kept_with_its_digest_and_logged(store: Store) -> None:
    approve(store, "map", "abc", "Dr An")
    approve(store, "map", "def", "Dr Bo")
    given_now = approved(store, "map")
    assert given_now is not None
    assert (given_now.name, given_now.digest) == ("Dr Bo", "def")
    assert [(one.actor, one.action) for one in audit_log.entries(store)] == [("Dr An", "approve"), ("Dr Bo", "approve")]


def test_the_same_finding_again_adds_to_its_count(store: Store) -> None:
    for count in (2, 3):
        with store.begin() as connection:
            add_finding(connection, Finding("load", "X", "person", "emails", "warn", count, "a.csv:7", "what", ""))
    assert [one.count for one in findings(store)] == [5]


def _items(ids: list[UUID]) -> list[Item]:
    return [Item(one, "person", "patient", number, "2026-01-01T00:00:00Z") for number, one in enumerate(ids, start=1)]


def test_a_batch_goes_from_planned_to_confirmed_and_its_refused_are_not_alive(store: Store) -> None:
    run = Ledger.begin(store, "load", "digest", "An")
    ids = [uuid4() for _ in range(5)]
    with store.begin() as connection:
        made = run.plan(connection, "patient", "person", _items(ids))
        run.move(connection, "patient", 5)
    assert [one.state for one in run.unsettled("patient")] == ["planned"]
    run.mark(made.id, "intended")
    assert [one.state for one in run.unsettled("patient")] == ["intended"]
    with store.begin() as connection:
        assert ledger.taken(connection, ids) == set()
        run.confirm(connection, made, [ids[2]])
    assert run.unsettled("patient") == []
    with store.read() as connection:
        assert ledger.taken(connection, ids) == set(ids) - {ids[2]}
    assert run.progress("patient").after_row == 5


def test_a_run_is_found_again_until_it_is_undone(store: Store) -> None:
    run = Ledger.begin(store, "load", "digest", "An")
    assert Ledger.begin(store, "load", "other", "An").run_id == run.run_id
    with store.begin() as connection:
        run.end(connection, "undone")
    assert Ledger.current(store, "load", "An") is None
    assert Ledger.begin(store, "load", "other", "An").run_id != run.run_id


def test_a_record_cannot_be_planned_twice(store: Store) -> None:
    run = Ledger.begin(store, "load", "digest", "An")
    one = [uuid4()]
    with store.begin() as connection:
        run.plan(connection, "patient", "person", _items(one))
    with pytest.raises(sa.exc.IntegrityError), store.begin() as connection:
        run.plan(connection, "patient", "person", _items(one))
    with store.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(item)) == 1


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcdef"), st.uuids()), max_size=8), max_size=6))
def test_a_unique_value_stays_with_the_first_that_asked(asks: list[list[tuple[str, UUID]]]) -> None:
    store = Store.connect("sqlite://")  # in memory: deriving a key for each example would take most of the time
    first: dict[str, UUID] = {}
    for group in asks:
        wanted: dict[str, UUID] = {}
        for value, asker in group:
            wanted.setdefault(value, asker)
        for value, asker in wanted.items():
            first.setdefault(value, asker)
        with store.begin() as connection:
            held = claims.owners(connection, "person", "emails.primaryEmail", wanted, ask=True)
        assert {value: owner.id for value, owner in held.items()} == {value: first[value] for value in wanted}
    with store.read() as connection:
        again = claims.owners(connection, "person", "emails.primaryEmail", first, ask=False)
    assert {value: owner.id for value, owner in again.items()} == first
    store.close()


def test_a_value_held_in_the_workspace_wins_over_a_claim_of_ours(store: Store) -> None:
    ours, theirs = uuid4(), uuid4()
    with store.begin() as connection:
        claims.owners(connection, "person", "emails.primaryEmail", {"a@example.be": ours}, ask=True)
        claims.hold(connection, "person", "emails.primaryEmail", {"a@example.be": theirs})
        held = claims.owners(connection, "person", "emails.primaryEmail", {"a@example.be": ours}, ask=True)
    assert held["a@example.be"] == claims.Owner(theirs, existing=True)
