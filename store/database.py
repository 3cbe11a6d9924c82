"""The engines of both databases, and the only place where the two differ in how they are opened and locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from jobs.errors import Conflict, DataFolderError, DiskFull, Unavailable

BUSY_MS = 30_000
# A process that was frozen, or cut off from the network, within a transaction keeps its row locks and the lock on the
# events: PostgreSQL ends it after so long. No transaction of ours rests within.
IDLE_S = 15.0
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, "53100"}  # the last is PostgreSQL's disk_full
_GONE = {sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, "23503"}  # a row that is referred to is not there
_OLD = {"42P01", "42703"}  # no such table, no such column
# Numbers of our own for advisory locks.
_EVENTS_LOCK = 0x52455645
_MIGRATION_LOCK = 0x52455646
_PUBLISHED_LOCK = 0x52455647  # beside a number of the entry


class Database:
    """One database: transactions that write, and transactions that only read."""

    def __init__(self, url: str, *, idle_s: float = IDLE_S) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url)
            self._reader = _sqlite_engine(self.url, reads_only=True)
        elif self.url.get_backend_name() == "postgresql":
            self._writer = self._reader = _postgres_engine(self.url, idle_s)
        else:
            raise DataFolderError(
                f"REVERIE_DATABASE_URL names a database of the kind {self.url.get_backend_name()!r}.",
                remedy="Use postgresql://… or leave it out for SQLite in the data folder.",
            )

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes; it commits at the end, and rolls back on an error."""
        with _told(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads; a write in it is an error."""
        with _told(), self._reader.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def migrating(self) -> Iterator[sa.Connection]:
        """Open a transaction that changes tables, one at a time among all processes.

        SQLite changes a table by making it anew: foreign keys are not followed meanwhile, and checked at the end.
        """
        with _told():
            if not self.is_sqlite:
                with self._writer.begin() as connection:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                    yield connection
                return
            engine = _sqlite_engine(self.url, follows_keys=False)
            try:
                with engine.begin() as connection:
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"a migration left rows that refer to none: {broken[:5]}")
            finally:
                engine.dispose()

    def close(self) -> None:
        """Give all connections back."""
        self._writer.dispose()
        self._reader.dispose()


def _sqlite_engine(url: sa.URL, *, reads_only: bool = False, follows_keys: bool = True) -> sa.Engine:
    """Open SQLite with a write-ahead log that survives a power cut; one writer at a time, in the order they came."""
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    size = {"pool_size": 8, "max_overflow": 32} if reads_only else {"pool_size": 1, "max_overflow": 0}
    engine = sa.create_engine(url, poolclass=sa.QueuePool, pool_timeout=BUSY_MS / 1000, **size)
    begin = "BEGIN" if reads_only else "BEGIN IMMEDIATE"

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing of its own accord
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"foreign_keys = {int(follows_keys)}",
            f"query_only = {int(reads_only)}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: sa.URL, idle_s: float) -> sa.Engine:
    idle = f"-c idle_in_transaction_session_timeout={round(1000 * idle_s)}"
    return sa.create_engine(
        url,
        pool_size=8,
        max_overflow=32,
        pool_pre_ping=True,
        pool_timeout=30,
        connect_args={"connect_timeout": 10, "options": idle},
    )


@contextmanager
def _told() -> Iterator[None]:
    """Say a full disk, an absent database and a row that is gone in the words of `jobs.errors`."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        if _code(error) not in _GONE:
            raise
        raise Conflict("Something that this belongs to was deleted meanwhile.", remedy="Look what is there.") from error
    except (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.ProgrammingError, sa.exc.TimeoutError) as error:
        origin = getattr(error, "orig", None)
        if _code(error) in _FULL:
            raise DiskFull(
                "The database has no room to write.", remedy="Free some space where the data lies, then try again."
            ) from error
        if _code(error) in _OLD or str(origin).startswith("no such "):  # SQLite says it in words alone
            raise Unavailable(
                "The database lacks a table or column of this program.", remedy="Run `reverie migrate` first."
            ) from error
        if isinstance(error, sa.exc.ProgrammingError) or _code(error) == sqlite3.SQLITE_ERROR:
            raise  # a statement that is wrong
        raise Unavailable(
            f"The database does not answer: {origin or error}",
            remedy="Try again; if it stays so, look at the database.",
        ) from error


def _code(error: sa.exc.SQLAlchemyError) -> int | str | None:
    """Give the database's own code of an error."""
    origin = getattr(error, "orig", None)
    return getattr(origin, "sqlite_errorcode", None) or getattr(origin, "sqlstate", None)


def insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """Begin an INSERT that can say ON CONFLICT, which both databases write alike."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def lock_events(connection: sa.Connection) -> None:
    """Let one transaction at a time write events, so that their ids become visible in order.

    PostgreSQL draws an id before its transaction commits: a reader could see 6, then miss 5. Taken last in a
    transaction, after every row lock, so that two cannot wait for each other. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_EVENTS_LOCK)))


def lock_published(connection: sa.Connection, entry_id: str) -> None:
    """Let one transaction at a time look whether an entry of the catalogue is here, and bring it if not.

    Each reads what has been committed alone: two at once would both find nothing, and both would fetch it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHED_LOCK, sa.func.hashtext(entry_id))))
