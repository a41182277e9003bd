"""What Alembic does: it takes long to load, and only a start with outdated tables needs it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

_LOCK = 0x5E_D0_0C_AF  # PostgreSQL's advisory locks are numbers; this one is ours
_TABLE_SECONDS = 3


class OutdatedTables(Exception):
    """The tables are not those of this version; the message says the cure."""


def _config() -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


@contextmanager
def exclusively(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that lets no other migration run; committed at the end.

    All steps are one transaction, in SQLite too: a crash amid them leaves the tables as they were.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver begins none itself: see db.py
        else:
            connection.execution_options(isolation_level="READ COMMITTED")
            # a step takes as long as it needs, but who waits for a table lets nobody else at it
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_TABLE_SECONDS}s'")
        yield connection
        connection.commit()


def bring_up_to_date(engine: Engine) -> None:
    """Make or migrate the tables. Processes that start at the same time wait for each other."""
    config = _config()
    _refuse_unknown(engine, ScriptDirectory.from_config(config))
    with exclusively(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raise OutdatedTables where the tables are not those of this version."""
    scripts = ScriptDirectory.from_config(_config())
    found = _refuse_unknown(engine, scripts)
    if found != scripts.get_current_head():
        state = f"its tables are of version {found}" if found else "it has no tables yet"
        raise OutdatedTables(f"{state}, this code needs {scripts.get_current_head()}: run `alembic upgrade head`")


def _refuse_unknown(engine: Engine, scripts: ScriptDirectory) -> str | None:
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        msg = f"its tables are of version {found}, which is newer than this code: update the code"
        raise OutdatedTables(msg)
    return found
