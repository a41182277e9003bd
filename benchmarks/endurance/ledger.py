"""What the API has acknowledged, and what of it the database does not have in the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from db import Database
from models import likes, listens


class Like(NamedTuple):
    """A song of a listener's."""

    user_id: str
    song_id: str


class Listen(NamedTuple):
    """What was played when, in milliseconds since 1970."""

    user_id: str
    song_id: str
    started_ms: int


class Audit(NamedTuple):
    """likes, listens: how many were compared. unsure: writes that nobody answered. lost: those that are not there."""

    likes: int
    listens: int
    unsure: int
    lost: list[Like | Listen]


@dataclass
class Ledger:
    """Acknowledged writes. likes: whether the song is liked, None where the last request got no sure answer."""

    likes: dict[Like, bool | None] = field(default_factory=dict)
    listens: dict[Listen, bool | None] = field(default_factory=dict)

    def audit(self, database_url: str) -> Audit:
        """Compare with the tables. What is unsure may be there or not."""
        database = Database(database_url)
        there = database.run_here(_rows)
        database.close()
        lost: list[Like | Listen] = []
        for noted in (self.likes, self.listens):
            lost += [one for one, state in noted.items() if state is not None and state != (one in there)]
        unsure = _count(self.likes.values(), None) + _count(self.listens.values(), None)
        return Audit(len(self.likes), len(self.listens), unsure, lost)


def _rows(connection: Connection) -> set[tuple[str, str] | tuple[str, str, int]]:
    liked = connection.execute(select(likes.c.user_id, likes.c.song_id))
    played = connection.execute(select(listens.c.user_id, listens.c.song_id, listens.c.started_ms))
    return {tuple(row) for row in (*liked, *played)}


def _count(states: Iterable[bool | None], wanted: bool | None) -> int:
    return sum(state is wanted for state in states)
