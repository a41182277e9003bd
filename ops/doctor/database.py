"""The database: whether it answers, whether its tables are of this version, whether its clock is ours."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

import migrations
from db import BadDatabaseURL, Database, DatabaseDown, one_line
from migrations.steps import OutdatedTables, check
from ops.doctor.findings import Finding, fault, ok, split, warning
from settings import Settings

_CLOCK_WARNING, _CLOCK_FAULT = 2.0, 60.0  # seconds


class Server(NamedTuple):
    """What answers, and how many seconds its clock is ahead of ours; None where it has none of its own."""

    version: str
    ahead: float | None


def database(settings: Settings) -> Iterator[Finding]:
    """Reachable, at head, and by the same clock. Nothing is made that is not there."""
    try:
        known = Database(settings.database_url)
    except BadDatabaseURL as exc:
        yield split("database", str(exc))
        return
    try:
        yield from _missing(known) if known.is_sqlite and not _file(known).is_file() else _asked(known)
    finally:
        known.close()


def _missing(known: Database) -> Iterator[Finding]:
    cure = "check DATABASE_URL, or make the tables with: alembic upgrade head"
    yield fault("database", f"{_file(known)} is not there", cure)


def _asked(known: Database) -> Iterator[Finding]:
    try:
        server = known.run_here(_ask)
        yield ok("database", f"{server.version} answers at {known}")
        yield from _tables(known)
    except (DatabaseDown, SQLAlchemyError) as exc:
        yield fault("database", f"{known}: {one_line(exc)}", "check DATABASE_URL, and that it runs")
        return
    yield from _private(known) if known.is_sqlite else ()
    yield _clock(server.ahead)


def _ask(connection: Connection) -> Server:
    if connection.dialect.name == "sqlite":
        connection.execute(text("SELECT count(*) FROM sqlite_master"))  # the version alone would not open the file
        return Server(f"SQLite {connection.scalar(text('SELECT sqlite_version()'))}", None)
    before = datetime.now(UTC)
    theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    ours = before + (datetime.now(UTC) - before) / 2
    version = connection.execute(text("SHOW server_version")).scalar_one()
    return Server(f"PostgreSQL {version}", (theirs - ours).total_seconds())


def _tables(known: Database) -> Iterator[Finding]:
    if migrations.are_applied(known.engine):
        yield ok("tables", f"of version {migrations.HEAD}, as this code needs them")
        return
    try:
        check(known.engine)
    except OutdatedTables as exc:
        yield split("tables", str(exc))


def _private(known: Database) -> Iterator[Finding]:
    path = _file(known)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        yield warning("database", f"{path} has mode {mode:o}: everybody here can open it", f"chmod 600 {path}")


def _clock(ahead: float | None) -> Finding:
    if ahead is None:
        return ok("clock", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}; SQLite has no other")
    said = f"the database's is {abs(ahead):.1f} s {'ahead' if ahead > 0 else 'behind'}"
    if abs(ahead) < _CLOCK_WARNING:
        return ok("clock", said)
    finding = warning if abs(ahead) < _CLOCK_FAULT else fault
    return finding("clock", said, "let both machines keep time by NTP: timedatectl set-ntp true")


def _file(known: Database) -> Path:
    return Path(str(known.url.database))
