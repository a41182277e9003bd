"""The migrations make exactly the tables that models.py describes."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import migrations
from db import Database
from migrations.prepare import prepare
from models import metadata


@pytest.fixture
def database(database_url: str) -> Database:
    return Database(database_url)


def test_migrations_and_models_describe_the_same_tables(database: Database) -> None:
    prepare(database, upgrade=True)
    prepare(database, upgrade=True)  # a second time changes nothing
    prepare(database, upgrade=False)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_a_start_knows_the_last_step() -> None:
    assert ScriptDirectory(migrations.__path__[0]).get_current_head() == migrations.HEAD
