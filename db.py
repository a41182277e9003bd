"""The database: one engine, and exactly as many threads as it has connections.

Every function that talks to the database is a plain `fn(connection, ...)` and one statement, run by `Database.run`.
A connection is taken and given back inside the thread that uses it, so none is ever held by somebody who waits for
a thread; one statement needs no transaction around it, so each costs one round trip.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from serving.errors import StartError, Unavailable
from serving.threads import Threads

P = ParamSpec("P")
T = TypeVar("T")

_CONNECTIONS = 8
_QUEUE = 512
_PATIENCE = 5.0  # seconds that a request waits for a thread
_BUSY_MS = 5_000  # how long a SQLite write waits for another to end
_STATEMENT_MS = 10_000  # longer than this, PostgreSQL gives up, and the thread is free again
# as many connections as threads; values are people's data and stay out of error messages
_POOL: dict[str, Any] = {"pool_size": _CONNECTIONS, "max_overflow": 0, "hide_parameters": True}
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
_SHOWN = "sqlite:///redux.db or postgresql://user:password@host/name"


class BadDatabaseURL(StartError):
    """A DATABASE_URL that names no database we know."""


class DatabaseNotReady(StartError):
    """A database that cannot be opened, or whose tables are not those of this version."""


class DatabaseDown(Unavailable):
    """The database does not answer, or not in time."""

    retry_after = 2


class Database:
    """The engine of one app and its threads. Nothing is connected until it is used."""

    def __init__(self, database_url: str, observe: Callable[[str, float], None] = lambda *_: None) -> None:
        self.url = parse_url(database_url)
        self._observe = observe  # told the name of what ran and its seconds, with the wait for a thread
        self.engine = _sqlite(self.url) if self.url.get_backend_name() == "sqlite" else _postgresql(self.url)
        self._threads = Threads("database", _CONNECTIONS, _QUEUE, _PATIENCE)

    async def run(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn(connection, ...)` in a database thread. Raises Busy or DatabaseDown where it cannot be now."""
        started = time.perf_counter()
        try:
            return await self._threads.run(lambda: self.run_here(fn, *args, **kwargs))
        finally:
            self._observe(fn.__name__, time.perf_counter() - started)

    def run_here(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same in the caller's own thread, for a start and for scripts."""
        try:
            with self.engine.connect() as connection:
                return fn(connection, *args, **kwargs)
        except (OperationalError, InterfaceError, PoolTimeout) as exc:
            raise DatabaseDown(one_line(exc)) from exc
        except DBAPIError as exc:
            if exc.connection_invalidated:
                raise DatabaseDown(one_line(exc)) from exc
            raise

    def prepare(self, *, upgrade: bool) -> None:
        """Bring the tables to this version, or only check them. Raises DatabaseNotReady with the cure."""
        from migrations import OutdatedTables, bring_up_to_date, check  # Alembic is needed at the start only

        try:
            if self.url.get_backend_name() == "sqlite":
                Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
                _use_wal(self.engine)
            (bring_up_to_date if upgrade else check)(self.engine)
        except OutdatedTables as exc:
            raise DatabaseNotReady(f"the database at {self}: {exc}") from exc
        except (SQLAlchemyError, OSError) as exc:
            msg = f"the database at {self} cannot be opened ({one_line(exc)}): check DATABASE_URL and that it runs"
            raise DatabaseNotReady(msg) from exc

    def close(self) -> None:
        """Let running statements end and close every connection."""
        self._threads.close()
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
