"""The store's schema, by numbered migrations: each is applied once, in order, in a transaction of its own.

A migration that has shipped is never edited; a later one changes what it made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bridgework.errors import UsageError
from bridgework.store import match_tables, tables

_version = sa.Table(
    "schema_version",
    sa.MetaData(),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, a name to read, and what it does."""

    number: int
    name: str
    apply: Callable[[sa.Connection], None]


def _read_from_the_api(connection: sa.Connection) -> None:
    """Make what reading an API and finding changes need. A new store has it already, from today's tables."""
    tables.metadata.create_all(connection)
    known = {column["name"] for column in sa.inspect(connection).get_columns("source_file")}
    for name, kind in (("reading", "JSON"), ("cursor", "JSON"), ("total", "BIGINT")):
        if name not in known:
            connection.execute(sa.text(f"ALTER TABLE source_file ADD COLUMN {name} {kind}"))


def _several_runs(connection: sa.Connection) -> None:
    """Make what several runs, updates and a lease need; what was written by one load stays as it is."""
    tables.metadata.create_all(connection)
    added = {
        "run": ("detail",),
        "batch": ("action",),
        "item": ("row_hash", "edited", "merged_into"),
        "quarantine": ("run_id",),
    }
    dialect = connection.dialect
    for table, names in added.items():
        known = {column["name"] for column in sa.inspect(connection).get_columns(table)}
        for name in set(names) - known:
            column = tables.metadata.tables[table].c[name]
            default = " NOT NULL DEFAULT 'create'" if name == "action" else ""
            kind = column.type.compile(dialect)
            connection.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {name} {kind}{default}"))


def _existing_records(connection: sa.Connection) -> None:
    """Make what matching the records of the workspace needs."""
    new = [match_tables.existing_record, match_tables.existing_key, match_tables.existing_match]
    tables.metadata.create_all(connection, tables=new)


def _running(connection: sa.Connection) -> None:
    """Make the place where a running stage says what bounds it, and when it ends."""
    tables.metadata.create_all(connection, tables=[tables.running])


MIGRATIONS = (
    Migration(1, "the first tables", tables.metadata.create_all),
    Migration(2, "the API of the practice, and what changed there", _read_from_the_api),
    Migration(3, "several runs side by side, updates, and a lease", _several_runs),
    Migration(4, "records that were in the workspace before", _existing_records),
    Migration(5, "what bounds a running stage, and when it ends", _running),
)


def migrate(engine: sa.Engine) -> int:
    """Bring the store to the newest schema; return its number.

    Raises UsageError (STORE-NEWER) where the store was written by a newer Bridgework.
    """
    done = _done(engine)
    newest = MIGRATIONS[-1].number
    if done and max(done) > newest:
        raise UsageError(
            "STORE-NEWER",
            "This migration was made by a newer Bridgework.",
            why=f"its store has schema {max(done)}, this program knows up to {newest}",
            next_step="install the version that made it, or a newer one",
        )
    if newest not in done:
        with engine.begin() as connection:
            _version.create(connection, checkfirst=True)
    for migration in MIGRATIONS:
        if migration.number not in done:
            with engine.begin() as connection:
                migration.apply(connection)
                connection.execute(_version.insert().values(number=migration.number, name=migration.name))
    return newest


def _done(engine: sa.Engine) -> set[int]:
    """The migrations that a store has had. Only reads: whoever just looks does not wait for whoever writes."""
    with engine.connect() as bare:
        connection = bare.execution_options(bridgework_reads=True)
        if not sa.inspect(connection).has_table(_version.name):
            return set()
        return set(connection.scalars(sa.select(_version.c.number)))
