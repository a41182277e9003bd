"""Alembic's entry: within the connection of a start, or on its own as the command `alembic`."""

from pathlib import Path

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from models import metadata


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def _by_command() -> None:
    from db import Database, DatabaseDown, one_line, ping
    from errors import StartError
    from migrations.prepare import make_private
    from migrations.steps import exclusively
    from settings import Settings

    try:
        database = Database(Settings.load().database_url)
    except StartError as exc:
        raise SystemExit(str(exc)) from None
    try:
        if database.is_sqlite:
            make_private(Path(str(database.url.database)))
        database.run_here(ping)
    except (DatabaseDown, OSError) as exc:
        raise SystemExit(f"{database} does not answer ({exc}): start it, or check DATABASE_URL") from None
    try:
        with exclusively(database.engine) as connection:
            _migrate(connection)
    except OperationalError as exc:
        cure = "stop what holds the tables, such as training and backups, and try again"
        raise SystemExit(f"{database} is as it was ({one_line(exc)}): {cure}") from None


_prepared = context.config.attributes.get("connection")
if _prepared is not None:
    _migrate(_prepared)
else:
    _by_command()
