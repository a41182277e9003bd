"""The tables' versions, by Alembic: brought up to date at the start in development, by `alembic upgrade head` else."""

from sqlalchemy import Engine, inspect, text

HEAD = "0005"  # the last of versions/


def are_applied(engine: Engine) -> bool:
    """Whether the tables are of this version: what nearly every start finds, without loading Alembic for it."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [HEAD]
