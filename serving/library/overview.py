"""What an operator sees of the database: how much there is, and which imports came last."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from models import imports, likes, listens, sessions, users

_RECENT = 20


class Counts(NamedTuple):
    """Rows of the tables, as they are now."""

    users: int
    sessions: int
    likes: int
    listens: int


class RecentImport(NamedTuple):
    """An import without what it holds."""

    username: str
    state: str
    created_at: datetime
    finished_at: datetime | None
    total: int | None
    kept: int
    fault: str | None


def counts(connection: Connection) -> Counts:
    """Count each table; a scan of its index."""
    tables = (users, sessions, likes, listens)
    return Counts(*(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables))


def recent_imports(connection: Connection) -> list[RecentImport]:
    """The last imports of all accounts, newest first."""
    mine = users.join(imports, imports.c.user_id == users.c.id)
    shown = [imports.c[name] for name in RecentImport._fields[1:]]
    query = select(users.c.username, *shown).select_from(mine).order_by(imports.c.created_at.desc(), imports.c.id)
    return [RecentImport(*row) for row in connection.execute(query.limit(_RECENT))]
