"""Likes in the database: one statement a function, run by `Database.run`."""

import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Text, and_, bindparam, delete, func, select, tuple_
from sqlalchemy.exc import IntegrityError

from models import INSERT, likes, users
from serving.accounts.queries import SUBJECT, AccountGone, get_user, of_subject
from serving.accounts.tokens import TokenSubject


class Like(NamedTuple):
    """A like, and at the same time its place in the order of likes."""

    liked_ns: int
    song_id: str

    @property
    def liked_at(self) -> datetime:
        """The moment, in UTC, to the microsecond."""
        return datetime.fromtimestamp(self.liked_ns // 1000 / 1e6, UTC)


NEWEST = Like(2**63 - 1, "")
EVERY = 2**31 - 1  # as a count: all there are


def _like_statement(dialect: str) -> Any:  # noqa: ANN401  each dialect's own Insert class
    mine = select(users.c.id, bindparam("song_id", type_=Text), bindparam("moment", type_=BigInteger)).where(SUBJECT)
    insert = INSERT[dialect](likes).from_select(["user_id", "song_id", "liked_ns"], mine)
    # a like that is there already is "updated" to itself, because only then the database returns its row
    again = insert.on_conflict_do_update(
        index_elements=[likes.c.user_id, likes.c.song_id], set_={"liked_ns": likes.c.liked_ns}
    )
    return again.returning(likes.c.liked_ns)


_LIKE = {dialect: _like_statement(dialect) for dialect in INSERT}


_LIKED = (
    select(likes.c.liked_ns, likes.c.song_id)
    .where(likes.c.user_id == select(users.c.id).where(SUBJECT).scalar_subquery())
    .where(likes.c.song_id.in_(bindparam("liked_songs", expanding=True)))
    .order_by(likes.c.liked_ns.desc(), likes.c.song_id.desc())
    .limit(1)
)


def like(
    connection: Connection,
    subject: TokenSubject,
    song_id: str,
    moment: int | None = None,
    spellings: Collection[str] = (),
) -> tuple[Like, bool]:
    """Like a song now, or as of another moment in nanoseconds; and whether that is new. Raises AccountGone.

    spellings: all ids of the song; a like under any of them is its like.
    """
    if len(spellings) > 1:
        liked = connection.execute(_LIKED, {**of_subject(subject), "liked_songs": list(spellings)}).one_or_none()
        if liked is not None:
            return Like(*liked), False
    # a moment is known to the microsecond: the rest tells this like from one that is there already
    wanted = time.time_ns() if moment is None else moment + secrets.randbelow(1000)
    known = Like(wanted, song_id)
    values = {**of_subject(subject), "song_id": song_id, "moment": wanted}
    try:
        liked_ns = connection.execute(_LIKE[connection.dialect.name], values).scalar_one_or_none()
    except IntegrityError as exc:  # PostgreSQL saw the account, and then its deletion
        raise AccountGone from exc
    if liked_ns is None:
        raise AccountGone
    return known._replace(liked_ns=liked_ns), bool(liked_ns == wanted)


_UNLIKE = (
    delete(likes)
    .where(likes.c.user_id == select(users.c.id).where(SUBJECT).scalar_subquery())
    .where(likes.c.song_id.in_(bindparam("liked_songs", expanding=True)))
)


def unlike(connection: Connection, subject: TokenSubject, song_ids: Collection[str]) -> None:
    """Take a like back, under whichever of its song's ids there is one. Raises AccountGone."""
    deleted = connection.execute(_UNLIKE, {**of_subject(subject), "liked_songs": list(song_ids)}).rowcount
    if not deleted:  # no such like, or no such account: only now worth a second look
        get_user(connection, subject)


_its_likes = likes.alias("its_likes")
_TOTAL = select(func.count()).where(_its_likes.c.user_id == bindparam("subject_id")).scalar_subquery()
_LIKES_PAGE = (
    select(likes.c.liked_ns, likes.c.song_id, _TOTAL.label("total"))
    .select_from(
        users.outerjoin(
            likes,
            and_(
                likes.c.user_id == users.c.id,
                tuple_(likes.c.liked_ns, likes.c.song_id)
                < tuple_(bindparam("before_ns", type_=BigInteger), bindparam("before_id", type_=Text)),
            ),
        )
    )
    .where(SUBJECT)
    .order_by(likes.c.liked_ns.desc(), likes.c.song_id.desc())
    .limit(bindparam("count"))
)


class LikesPage(NamedTuple):
    """Some likes, and how many there are in all."""

    likes: list[Like]
    total: int


def page_of_likes(connection: Connection, subject: TokenSubject, before: Like, count: int) -> LikesPage:
    """At most `count` likes older than `before`, newest first. Raises AccountGone."""
    place = {"before_ns": before.liked_ns, "before_id": before.song_id, "count": count}
    rows = connection.execute(_LIKES_PAGE, {**of_subject(subject), **place}).all()
    if not rows:
        raise AccountGone
    # an account without likes is one row of nothing, by the outer join
    found = [Like(liked_ns, song_id) for liked_ns, song_id, _ in rows if song_id is not None]
    return LikesPage(found, rows[0].total)
