"""Opens the encrypted store, and hands out its transactions.

SQLCipher in one file by default; a PostgreSQL URL where many workers share the work (encryption at rest is then the
server's). Every commit is on the disk before it returns: the ledger's promises rest on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.dialects import sqlite

from bridgework.errors import UsageError
from bridgework.store import failures
from bridgework.store.lease import Fence, Taking
from bridgework.store.migrations import migrate
from bridgework.store.tables import setting

_PAGE_CACHE_KIB = 3_072  # for each connection; memory must not grow with the practice
_LOG_PAGES = 10_000  # 40 MB of log before it is folded in: reading a practice is a tenth faster than with 1,000


class Store:
    """Everything that one migration remembers."""

    def __init__(self, engine: sa.Engine, another: Callable[[Path], sa.Engine] | None = None) -> None:
        """Wrap an engine whose schema is up to date; use `open` or `create`. `another` opens a file of the same key."""
        self.engine, self._another = engine, another
        self._fence: Fence | None = None

    @classmethod
    def create(cls, path: Path, passphrase: str) -> Store:
        """Make a new encrypted store; raises UsageError (STORE-EXISTS) where the file is there."""
        if path.exists():
            raise UsageError(
                "STORE-EXISTS", "There is a store already.", where=path.name, next_step="use another folder"
            )
        return cls._of_file(path, passphrase)

    @classmethod
    def open(cls, path: Path, passphrase: str) -> Store:
        """Open a store; raises UsageError (STORE-MISSING, STORE-KEY, STORE-DAMAGED, FILE-DENIED)."""
        if not path.exists():
            raise UsageError(
                "STORE-MISSING", "This folder has no store.", where=path.name, next_step="run `bridgework init` first"
            )
        if path.is_file() and not path.stat().st_size:  # else it would be founded anew, and all would seem undone
            raise failures.damaged("the file is empty: a crash of the machine, or another program, cut it off")
        return cls._of_file(path, passphrase)

    @classmethod
    def connect(cls, url: str) -> Store:
        """Use a database server (PostgreSQL) as the store."""
        return cls._ready(sa.create_engine(url))

    @classmethod
    def _of_file(cls, path: Path, passphrase: str) -> Store:
        def another(file: Path) -> sa.Engine:
            return _sqlcipher_engine(file, passphrase)

        return cls._ready(another(path), another)

    @classmethod
    def _ready(cls, engine: sa.Engine, another: Callable[[Path], sa.Engine] | None = None) -> Store:
        try:
            migrate(engine)
        except sa.exc.DatabaseError as error:
            engine.dispose()
            if "file is not a database" not in str(error.orig):
                raise (failures.in_words(error) or error) from None
            raise UsageError(
                "STORE-KEY",
                "The store does not open with this passphrase.",
                why="the passphrase is another one, or the beginning of the file is damaged: the two look the same",
                next_step="give the passphrase that was used at `bridgework init` (BRIDGEWORK_STORE_KEY)",
            ) from None
        return cls(engine, another)

    def copy_to(self, path: Path) -> Store:
        """A copy in another file, encrypted with the same passphrase; raises UsageError (STORE-NOT-A-FILE)."""
        if self._another is None:
            raise UsageError("STORE-NOT-A-FILE", "This store is on a database server, and cannot be copied.")
        connection = self.engine.raw_connection()  # outside a transaction, where VACUUM must be
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(path),))
        finally:
            connection.close()
        return Store._ready(self._another(path), self._another)

    def take_lease(self, taking: Taking) -> None:
        """Become the one who writes; raises UsageError (BUSY). Each transaction then checks that we still are."""
        self._fence = taking.take(self.engine)

    def close(self) -> None:
        """Let go of the lease, where there is one, and of the file."""
        if self._fence is not None:
            # On a disk that takes nothing more, the lease stays ours, and passes with us: it must not hide the cause.
            with suppress(sa.exc.DBAPIError), self.engine.begin() as connection:
                self._fence.release(connection)
            self._fence = None
        self.engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One write transaction: all of it is on the disk afterwards, or none; raises Paused (LEASE-LOST)."""
        with self.engine.begin() as connection:
            if self._fence is not None:
                self._fence.check(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read with: one consistent view for as long as it is open."""
        with self.engine.connect() as connection:
            yield connection.execution_options(bridgework_reads=True)

    def get(self, name: str, default: Any = None) -> Any:
        """The setting of that name, or the default."""
        with self.read() as connection:
            return connection.scalar(sa.select(setting.c.value).where(setting.c.name == name)) or default

    def put(self, name: str, value: Any) -> None:
        """Keep a setting (anything that JSON can hold)."""
        with self.begin() as connection:
            connection.execute(setting.delete().where(setting.c.name == name))
            connection.execute(setting.insert().values(name=name, value=value))


def insert_new(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, leaving alone those whose key is there already."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # here, since most stores are a file

        connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)
    else:
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)


def _sqlcipher_engine(path: Path, passphrase: str) -> sa.Engine:
    def connect() -> Any:
        connection = sqlcipher.connect(str(path), timeout=30, check_same_thread=False, isolation_level=None)
        quoted = passphrase.replace("'", "''")
        connection.execute("PRAGMA cipher_log_level = NONE")  # it writes to stderr what we say in words
        connection.execute(f"PRAGMA key = '{quoted}'")  # PRAGMA takes no parameters
        connection.execute("PRAGMA cipher_memory_security = OFF")  # it wipes on free: three times slower
        connection.execute(f"PRAGMA cache_size = -{_PAGE_CACHE_KIB}")
        connection.execute("PRAGMA temp_store = MEMORY")  # a temporary file would hold values in the clear
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, module=sqlcipher, poolclass=sa.pool.QueuePool, pool_size=4)

    @sa.event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlcipher.DatabaseError:
            return  # a wrong key: the first query says so, and `_ready` turns it into words
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # The driver would begin late and deferred, and a reader that becomes a writer is refused when another wrote.
        reads = connection.get_execution_options().get("bridgework_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
