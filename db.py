"""The database: one engine, and exactly as many threads as it has connections.

Every function that talks to the database is a plain `fn(connection, ...)` and one statement, run by `Database.run`
or, where it changes something, `Database.write`. Each thread has a connection of its own and keeps it, so none is ever
held by somebody who waits for a thread; one statement needs no transaction around it, so each costs one round trip.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

import migrations
from errors import StartError, Unavailable
from serving.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")

_CONNECTIONS = 8
_SQLITE_READERS = 2  # what they wait for is mostly the interpreter's lock
_QUEUE = 512
_PATIENCE = 5.0  # seconds that a request waits for a thread
_BUSY_MS = 5_000  # how long a SQLite write waits for another to end
_NO_WAIT_MS = 0  # where the event loop itself asks
_STATEMENT_MS = 10_000  # longer than this, PostgreSQL gives up, and the thread is free again
# as many connections as threads, one for the event loop and one for a start or a script; values are people's data and
# stay out of error messages
_POOL: dict[str, Any] = {"pool_size": _CONNECTIONS + 2, "max_overflow": 0, "hide_parameters": True}
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
_SHOWN = "sqlite:///redux.db or postgresql://user:password@host/name"


class BadDatabaseURL(StartError):
    """A DATABASE_URL that names no database we know."""


class DatabaseNotReady(StartError):
    """A database that cannot be opened, or whose tables are not those of this version."""


class DatabaseDown(Unavailable):
    """The database does not answer, or not in time."""

    retry_after = 2


class _Kept(NamedTuple):
    """A thread's own connection. round: of how many breakdowns it knows nothing."""

    connection: Connection
    round: int


class Database:
    """The engine of one app and its threads. Nothing is connected until it is used."""

    def __init__(self, database_url: str, observe: Callable[[str, float], None] = lambda *_: None) -> None:
        self.url = parse_url(database_url)
        self._observe = observe  # told the name of what ran and its seconds, with the wait for a thread
        is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if is_sqlite else _postgresql(self.url)
        driver = self.engine.dialect.loaded_dbapi
        # what `serving.statements` lets through as the driver says it
        self._driver_errors = (driver.OperationalError, driver.InterfaceError)
        self._threads = Threads("database", _SQLITE_READERS if is_sqlite else _CONNECTIONS, _QUEUE, _PATIENCE)
        # SQLite lets one write at a time and the others poll: they wait less long, and in order, in a queue of ours
        self._writers = Threads("database-write", 1, _QUEUE, _PATIENCE) if is_sqlite else self._threads
        self._is_sqlite = is_sqlite
        self._of_thread = threading.local()
        self._kept: set[Connection] = set()
        self._round = 0

    async def run(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(connection, ...)` in a database thread. Raises Busy or DatabaseDown where it cannot be now."""
        return await self._in(self._threads, fn, *args, **kwargs)

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run` for a short read by key, of one listener's rows.

        SQLite answers it in 20 us from memory, while a hop to a thread and back takes ten times that under load: so it
        is asked at once, and by a thread only where it would have to wait for a lock.
        """
        if self._is_sqlite:
            started = time.perf_counter()
            with suppress(DatabaseDown):
                found = self._call(_NO_WAIT_MS, fn, *args, **kwargs)
                self._observe(fn.__name__, time.perf_counter() - started)
                return found
        return await self._in(self._threads, fn, *args, **kwargs)

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run` for a statement that changes something."""
        return await self._in(self._writers, fn, *args, **kwargs)

    async def _in(
        self, threads: Threads, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        started = time.perf_counter()
        try:
            return await threads.run(lambda: self.run_here(fn, *args, **kwargs))
        finally:
            self._observe(fn.__name__, time.perf_counter() - started)

    def run_here(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same in the caller's own thread, for a start and for scripts."""
        return self._call(_BUSY_MS, fn, *args, **kwargs)

    def _call(self, busy_ms: int, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        connection: Connection | None = None
        try:
            connection = self._connection(busy_ms)
            try:
                return fn(connection, *args, **kwargs)
            finally:
                if connection.in_transaction():  # SQLAlchemy's notion alone: each statement was one by itself
                    connection.rollback()
        except (OperationalError, InterfaceError, PoolTimeout, *self._driver_errors) as exc:
            self._part_with(connection)
            raise DatabaseDown(one_line(exc)) from exc
        except DBAPIError as exc:
            if exc.connection_invalidated:
                self._part_with(connection)
                raise DatabaseDown(one_line(exc)) from exc
            raise

    def _connection(self, busy_ms: int) -> Connection:
        """The connection of this thread; another one where a breakdown was seen since it was made."""
        kept: dict[int, _Kept] = self._of_thread.__dict__.setdefault("kept", {})
        known = kept.get(busy_ms)
        if known is not None and not known.connection.closed:
            if known.round == self._round:
                return known.connection
            self._discard(known.connection)
        made = kept[busy_ms] = _Kept(self.engine.connect(), self._round)
        self._kept.add(made.connection)
        if busy_ms != _BUSY_MS:
            made.connection.exec_driver_sql(f"PRAGMA busy_timeout = {busy_ms}")
            made.connection.rollback()
        return made.connection

    def _part_with(self, connection: Connection | None) -> None:
        """Trust this connection no longer; nor, where a server may have gone away, any other."""
        if connection is not None:
            self._discard(connection)
        if not self._is_sqlite:
            self._round += 1

    def _discard(self, connection: Connection) -> None:
        self._kept.discard(connection)
        connection.invalidate()
        connection.close()

    def prepare(self, *, upgrade: bool) -> None:
        """Bring the tables to this version, or only check them. Raises DatabaseNotReady with the cure."""
        try:
            if self.url.get_backend_name() == "sqlite":
                Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
                _use_wal(self.engine)
            if not migrations.are_applied(self.engine):
                self._migrate(upgrade=upgrade)
        except (SQLAlchemyError, OSError) as exc:
            msg = f"the database at {self} cannot be opened ({one_line(exc)}): check DATABASE_URL and that it runs"
            raise DatabaseNotReady(msg) from exc

    def _migrate(self, *, upgrade: bool) -> None:
        from migrations.steps import OutdatedTables, bring_up_to_date, check

        try:
            (bring_up_to_date if upgrade else check)(self.engine)
        except OutdatedTables as exc:
            raise DatabaseNotReady(f"the database at {self}: {exc}") from exc

    def close(self) -> None:
        """Let running statements end and close every connection."""
        self._threads.close()
        self._writers.close()
        for connection in self._kept:
            connection.close()
        self._kept.clear()
        self.engine.dispose()

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


def ping(connection: Connection) -> None:
    """Ask the database for a sign of life."""
    connection.execute(select(1)).scalar_one()


def parse_url(text: str) -> URL:
    """A DATABASE_URL with the driver we use. Raises BadDatabaseURL with what was expected."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as exc:
        msg = f"DATABASE_URL is no database URL: expected something like {_SHOWN}"
        raise BadDatabaseURL(msg) from exc
    if "+" not in url.drivername and url.drivername in _DRIVERS:
        url = url.set(drivername=_DRIVERS[url.drivername])
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        msg = f"DATABASE_URL names {url.get_backend_name()!r}, which Spotify Redux does not speak: use {_SHOWN}"
        raise BadDatabaseURL(msg)
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        msg = "DATABASE_URL names an SQLite database in memory, which no two connections share: name a file"
        raise BadDatabaseURL(msg)
    return url


def one_line(exc: Exception) -> str:
    """What a driver has to say, without SQLAlchemy's statement and links, which may hold people's data."""
    said = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
    return " ".join(str(said).split())


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, **_POOL, connect_args={"timeout": _BUSY_MS / 1000})

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: Any) -> None:  # noqa: ANN401  SQLAlchemy's pool record
        connection.isolation_level = None  # the driver opens no transaction of its own: a statement is one
        connection.execute("PRAGMA foreign_keys = ON")
        # with WAL: safe against a crash of the process; a power cut may cost the last moments, never the file
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        **_POOL,
        connect_args={
            "connect_timeout": 5,
            "application_name": "spotify-redux",
            "options": f"-c statement_timeout={_STATEMENT_MS}",
            "tcp_user_timeout": _STATEMENT_MS,
        },
    )


def _use_wal(engine: Engine) -> None:
    """Readers then never wait for the writer. The mode stays with the file; changing it needs the file for oneself."""
    for wait in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 0):
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as exc:
            if not wait or "locked" not in str(exc):
                raise
            time.sleep(wait)
        else:
            return
