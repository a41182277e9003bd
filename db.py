"""The database: one engine, its pool of connections, and as many threads as that pool has connections.

Every function that talks to the database is a plain `fn(connection, ...)`. A statement commits by itself.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from errors import StartError, Unavailable
from threads import BoundedThreads

P = ParamSpec("P")
T = TypeVar("T")
Synchronous = Literal["normal", "full"]
Observe = Callable[[str, float], None]

_CONNECTIONS = 8
_SQLITE_READERS = 2  # of many rows, beside whoever writes
_BUSY_SECONDS = 5  # how long a SQLite write waits for another to end
_STATEMENT_MS = 10_000  # longer than this, PostgreSQL gives up, and the thread is free again
_POOL: dict[str, Any] = {
    "pool_size": _CONNECTIONS + 1,  # one for reads on the event loop, a start or a script
    "max_overflow": 0,
    "pool_timeout": _BUSY_SECONDS,
    "pool_use_lifo": True,
    "pool_reset_on_return": None,  # every statement commits by itself: there is nothing to roll back
    "hide_parameters": True,  # values are people's data and stay out of error messages
}
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
_SHOWN = "sqlite:///redux.db or postgresql://user:password@host/name"
_DATA_FAULTS = ("22", "54")  # SQLSTATE classes: a value that no column takes, a limit that a value passes


class BadDatabaseURL(StartError):
    """A DATABASE_URL that names no database we know."""


class DatabaseDown(Unavailable):
    """The database does not answer, or not in time."""

    retry_after = 2


class Database:
    """The engine of one app, its pool and its threads. Nothing is connected until it is used.

    observe: told the name of each function that ran and its seconds, with the wait for a thread.
    """

    def __init__(self, database_url: str, observe: Observe | None = None, synchronous: Synchronous = "normal") -> None:
        self.url = parse_url(database_url)
        self._observe = observe
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url, synchronous) if self.is_sqlite else _postgresql(self.url)
        # SQLite lets one write at a time, and who polls for its turn is served in no order
        self._threads = BoundedThreads("database", 1 if self.is_sqlite else _CONNECTIONS)
        self._readers = BoundedThreads("database readers", _SQLITE_READERS) if self.is_sqlite else self._threads

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(connection, ...)`, which reads a listener's rows by key. Raises Busy or DatabaseDown.

        SQLite answers on the event loop: a hop to a thread and back takes longer than such a read. Where a pooled
        connection turns out dead, as all do when PostgreSQL restarts, the read is tried once more on a new one.
        """
        try:
            return await self._read(fn, *args, **kwargs)
        except _ConnectionLost:
            return await self._read(fn, *args, **kwargs)

    async def _read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self.is_sqlite:
            return await self.write(fn, *args, **kwargs)
        with _Timed(self._observe, fn.__name__):
            return self.run_here(fn, *args, **kwargs)

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(connection, ...)` in a thread, once. Raises Busy or DatabaseDown."""
        with _Timed(self._observe, fn.__name__):
            return await self._threads.run(partial(self.run_here, fn, *args, **kwargs))

    async def read_many(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(connection, ...)`, which reads very many rows, in a thread. Raises Busy or DatabaseDown.

        On SQLite in one that no write waits for.
        """
        with _Timed(self._observe, fn.__name__):
            return await self._readers.run(partial(self.run_here, fn, *args, **kwargs))

    def run_here(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same in the caller's own thread, for a start and for scripts. Raises DatabaseDown."""
        try:
            with self.engine.connect() as connection:
                return fn(connection, *args, **kwargs)
        except PoolTimeout as exc:
            raise DatabaseDown(one_line(exc)) from exc
        except DBAPIError as exc:
            if exc.connection_invalidated:
                raise _ConnectionLost(one_line(exc)) from exc
            if isinstance(exc, OperationalError | InterfaceError) and not _is_data_fault(exc):
                raise DatabaseDown(one_line(exc)) from exc
            raise

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


class _ConnectionLost(DatabaseDown):
    """The connection broke while it was used; the pool makes new ones from now on."""


class _Timed:
    """Tells an observer how long its block took."""

    def __init__(self, observe: Observe | None, name: str) -> None:
        self._observe = observe
        self._name = name

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        if self._observe is not None:
            self._observe(self._name, time.perf_counter() - self._started)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Several statements as one: all of them are kept, or none."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN")
    try:
        yield
    except BaseException:
        if not connection.invalidated:  # what was lost in the middle has rolled back there
            connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


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
    if url.get_backend_name() == "postgresql" and "@" in f"{url.host}{url.database}":
        msg = "DATABASE_URL has an @ too many: percent-encode what is special in the password (@ is %40, / is %2F)"
        raise BadDatabaseURL(msg)
    return url


def one_line(exc: Exception) -> str:
    """What a driver has to say, without SQLAlchemy's statement and links, which may hold people's data."""
    said = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
    return " ".join(str(said).split())


def _is_data_fault(exc: DBAPIError) -> bool:
    return str(getattr(exc.orig, "sqlstate", None) or "").startswith(_DATA_FAULTS)


def _sqlite(url: URL, synchronous: Synchronous) -> Engine:
    engine = create_engine(url, **_POOL, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: Any) -> None:  # noqa: ANN401  SQLAlchemy's pool record
        connection.isolation_level = None  # the driver opens no transaction of its own: a statement is one
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        _add_power(connection)

    return engine


def _add_power(connection: sqlite3.Connection) -> None:
    """SQLite's own power() where it was built with mathematics, else Python's, which is slower."""
    try:
        connection.execute("SELECT power(0.5, 1.5)")
    except sqlite3.OperationalError:
        connection.create_function("power", 2, pow, deterministic=True)


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
