"""Where the twin keeps a workspace: SQLite in the place of Twenty's PostgreSQL.

Each object has a real table with a column per leaf sub-field, unique indexes and foreign keys that cascade, so that
what the real database refuses or sweeps along is refused and swept along here too. The data model, views and files
are rows of JSON in one table beside them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from bridgework.twins.twenty.fieldtypes import affinity
from bridgework.twins.twenty.grains import truncated
from bridgework.twins.twenty.model import Column, DataModel, Field, Object, ObjectFacts, index_name

Row = tuple[Any, ...]
ON_DELETE = {"CASCADE": "CASCADE", "SET_NULL": "SET NULL", "RESTRICT": "RESTRICT", "NO_ACTION": "NO ACTION"}


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class Store:
    """The database of one workspace. Callers hold `lock` for as long as they use it."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if folder is None else str(folder / "workspace.sqlite")
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=512)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536",
                       "temp_store=MEMORY", "case_sensitive_like=ON"):  # fmt: skip
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.create_function("lower", 1, _lower, deterministic=True)
        self.connection.create_function("truncated", 3, truncated, deterministic=True)
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS metadata (kind TEXT, id TEXT, body BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )

    def close(self) -> None:
        with self.lock:
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction, a part of it that can fail on its own."""
        inner = self.connection.in_transaction
        self.connection.execute("SAVEPOINT inner" if inner else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK TO inner" if inner else "ROLLBACK")
            raise
        else:
            self.connection.execute("RELEASE inner" if inner else "COMMIT")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self.connection.execute(sql, parameters).fetchall()

    def insert(self, item: Object, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows to an object's table, as one statement."""
        names = ", ".join(map(quoted, columns))
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(f"INSERT INTO {quoted(item.table)} ({names}) VALUES ({marks})", rows)  # noqa: S608

    # ------------------------------------------------------------------------------------------------------- metadata
    def put(self, kind: str, ident: str, body: dict[str, Any]) -> None:
        self.execute("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?)", (kind, ident, orjson.dumps(body)))

    def remove(self, kind: str, ident: str) -> None:
        self.execute("DELETE FROM metadata WHERE kind = ? AND id = ?", (kind, ident))

    def load(self, kind: str) -> list[dict[str, Any]]:
        return [orjson.loads(body) for (body,) in self.rows("SELECT body FROM metadata WHERE kind = ?", (kind,))]

    def save_object(self, item: Object) -> None:
        """Keep an object's facts and fields."""
        self.put("object", item.id, asdict(item.facts))
        for found in item.fields:
            self.save_field(found)

    def save_field(self, item: Field) -> None:
        self.put("field", item.id, asdict(item))

    def load_model(self) -> DataModel:
        """The data model as it was kept."""
        objects = {facts["id"]: Object(facts=ObjectFacts(**facts)) for facts in self.load("object")}
        for body in self.load("field"):
            objects[body["object_id"]].fields.append(Field(**body))
        return DataModel(objects.values())

    # --------------------------------------------------------------------------------------------------------- tables
    def create_table(self, model: DataModel, item: Object) -> None:
        """Make the table of an object with all its columns and indexes."""
        columns = [self._definition(model, column) for column in item.columns]
        self.execute(f"CREATE TABLE {quoted(item.table)} ({', '.join(columns)})")
        self.execute(f"CREATE INDEX {quoted('position_' + item.table)} ON {quoted(item.table)} (position)")
        for found in item.fields:
            self._create_indexes(item, found)

    def add_field(self, model: DataModel, item: Object, found: Field) -> None:
        """Add a field's columns to its object's table."""
        for column in found.columns():
            self.execute(f"ALTER TABLE {quoted(item.table)} ADD COLUMN {self._definition(model, column)}")
        self._create_indexes(item, found)

    def drop_field(self, item: Object, found: Field) -> None:
        """Take a field's columns, with what they hold, out of its object's table."""
        for name in self._index_names(item, found):
            self.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
        for column in found.columns():
            self.execute(f"ALTER TABLE {quoted(item.table)} DROP COLUMN {quoted(column.name)}")

    def drop_table(self, item: Object) -> None:
        self.execute(f"DROP TABLE IF EXISTS {quoted(item.table)}")

    def _definition(self, model: DataModel, column: Column) -> str:
        definition = f"{quoted(column.name)} {affinity(column.kind)}"
        found = column.field
        if found.name == "id":
            return definition + " NOT NULL PRIMARY KEY"
        if found.relation == "MANY_TO_ONE":
            target = quoted(model.target(found).table)
            action = ON_DELETE[found.on_delete]
            definition += f" REFERENCES {target} (id) ON DELETE {action} DEFERRABLE INITIALLY DEFERRED"
        return definition

    def _index_names(self, item: Object, found: Field) -> list[str]:
        columns = found.unique_columns()
        return [index_name(item.table, columns), index_name(item.table, columns, unique=True)]

    def _create_indexes(self, item: Object, found: Field) -> None:
        plain, unique = self._index_names(item, found)
        columns = found.unique_columns()
        names = ", ".join(map(quoted, columns))
        if found.unique:
            self.execute(f"CREATE UNIQUE INDEX {quoted(unique)} ON {quoted(item.table)} ({names})")
        elif found.relation == "MANY_TO_ONE":
            # Partial, so that a timeline row, which has a column for each of a dozen targets, costs one entry.
            where = f"{quoted(columns[0])} IS NOT NULL"
            self.execute(f"CREATE INDEX {quoted(plain)} ON {quoted(item.table)} ({names}) WHERE {where}")

    def set_unique(self, item: Object, found: Field) -> None:
        """Make a field unique, or no longer so; raises sqlite3.IntegrityError where its values are not."""
        for name in self._index_names(item, found):
            self.execute(f"DROP INDEX IF EXISTS {quoted(name)}")
        self._create_indexes(item, found)


def _lower(value: Any) -> Any:
    """Lower-case beyond ASCII, as PostgreSQL's ILIKE does."""
    return value.lower() if isinstance(value, str) else value
