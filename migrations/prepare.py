"""Tables of this version before anything is asked of them: made or migrated in development, only checked else."""

import os
import time
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

import migrations
from db import Database, one_line
from errors import StartError

_LOCKED_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 0)  # seconds; 0: the last try


class DatabaseNotReady(StartError):
    """A database that cannot be opened, or whose tables are not those of this version."""


def prepare(database: Database, *, upgrade: bool) -> None:
    """Bring the tables to this version, or only check them. Raises DatabaseNotReady with the cure."""
    try:
        if database.is_sqlite:
            make_private(Path(str(database.url.database)))
            _use_wal(database.engine)
        if not migrations.are_applied(database.engine):
            _migrate(database, upgrade=upgrade)
    except (SQLAlchemyError, OSError) as exc:
        msg = f"the database at {database} cannot be opened ({one_line(exc)}): check DATABASE_URL and that it runs"
        raise DatabaseNotReady(msg) from exc


def _migrate(database: Database, *, upgrade: bool) -> None:
    from migrations.steps import OutdatedTables, bring_up_to_date, check  # Alembic, which nearly no start needs

    try:
        (bring_up_to_date if upgrade else check)(database.engine)
    except OutdatedTables as exc:
        raise DatabaseNotReady(f"the database at {database}: {exc}") from exc


def make_private(path: Path) -> None:
    """Only its owner may read a database: it holds people's accounts. SQLite gives its journals the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _use_wal(engine: Engine) -> None:
    """Readers then never wait for the writer. The mode stays with the file; changing it needs the file for oneself."""
    for wait in _LOCKED_WAITS:
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as exc:
            if not wait or "locked" not in str(exc):
                raise
            time.sleep(wait)
        else:
            return
