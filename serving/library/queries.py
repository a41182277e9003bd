"""Seeds and likes in the database: one statement a function, run by `Database.run`."""

import hashlib
import json
import secrets
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    and_,
    bindparam,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.exc import IntegrityError

from models import INSERT, SONG_IDS, hidden, likes, users
from serving.accounts.queries import SUBJECT, AccountGone, get_user, of_subject
from serving.accounts.tokens import TokenSubject
from serving.library.json_array import JSONArray


class Taste(NamedTuple):
    """What somebody chose, as the database has it: JSON arrays of song_ids, likes newest first; None for none.

    hidden_json: of "song:" or "artist:" and a name, what is hidden at the moment.
    """

    seeds_json: str | None
    likes_json: str | None
    hidden_json: str | None = None
    listens_version: int = 0  # 0: never played anything

    @property
    def seeds(self) -> list[str]:
        """song_ids in the order chosen."""
        return _song_ids(self.seeds_json)

    @property
    def likes(self) -> list[str]:
        """song_ids, newest first."""
        return _song_ids(self.likes_json)

    @property
    def hidden(self) -> list[str]:
        """What is hidden, each name with "song:" or "artist:" before it."""
        return _song_ids(self.hidden_json)

    def digest(self, user_id: str) -> bytes:
        """32 bytes that no other taste has; who has played anything shares theirs with nobody."""
        played = (
            f"{user_id} {self.listens_version}" if self.listens_version else ""
        )  # the version counts, it names none
        parts = f"{self.seeds_json}\n{self.likes_json}\n{self.hidden_json}\n{played}"
        return hashlib.blake2b(parts.encode(), digest_size=32).digest()


def _song_ids(array: str | None) -> list[str]:
    return cast("list[str]", json.loads(array or "[]"))


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


def get_seeds(connection: Connection, subject: TokenSubject) -> list[str] | None:
    """The seeds as stored, None before onboarding. Raises AccountGone."""
    row = connection.execute(select(users.c.seeds).where(SUBJECT), of_subject(subject)).one_or_none()
    if row is None:
        raise AccountGone
    return None if row.seeds is None else list(row.seeds)


def keep_seeds(connection: Connection, subject: TokenSubject, seeds: list[str]) -> list[str]:
    """Store seeds where there are none yet, and return those that are stored now. Raises AccountGone.

    One conditional statement: of several posts at the same time the first wins, and all learn its seeds. What is
    kept already is not written again.
    """
    mine = literal(seeds, SONG_IDS)
    keep = update(users).where(SUBJECT, users.c.seeds.is_(null())).values(seeds=mine).returning(users.c.id)
    while not connection.execute(keep, of_subject(subject)).all():
        kept = get_seeds(connection, subject)
        if kept is not None:  # else they were cleared a moment ago
            return kept
    return seeds


def replace_seeds(
    connection: Connection, subject: TokenSubject, seeds: list[str], instead_of: list[str] | None = None
) -> bool:
    """Store seeds whatever is stored, or only in place of these; False where others are. Raises AccountGone."""
    change = update(users).where(SUBJECT).values(seeds=literal(seeds, SONG_IDS))
    if instead_of is not None:
        change = change.where(users.c.seeds == literal(instead_of, SONG_IDS))
    changed = connection.execute(change, of_subject(subject)).rowcount > 0
    if not changed:
        get_user(connection, subject)
    return changed


def clear_seeds(connection: Connection, subject: TokenSubject) -> None:
    """Forget the seeds. Raises AccountGone."""
    if connection.execute(update(users).where(SUBJECT).values(seeds=null()), of_subject(subject)).rowcount == 0:
        raise AccountGone


_newest_likes = (
    select(likes.c.song_id)
    .where(likes.c.user_id == bindparam("subject_id"))
    .order_by(likes.c.liked_ns.desc(), likes.c.song_id.desc())
    .subquery()
)
_ALL_LIKES = select(JSONArray(_newest_likes.c.song_id)).scalar_subquery()
_now_hidden = (
    select((hidden.c.kind + ":" + hidden.c.name).label("what"))
    .where(hidden.c.user_id == bindparam("subject_id"))
    .where(or_(hidden.c.until_ns.is_(null()), hidden.c.until_ns > bindparam("now", type_=BigInteger)))
    .order_by(hidden.c.kind, hidden.c.name)
    .subquery()
)
_ALL_HIDDEN = select(JSONArray(_now_hidden.c.what)).scalar_subquery()
# as text: what is only looked up by its digest need not be parsed
_TASTE = select(
    type_coerce(sql_cast(users.c.seeds, Text), Text),
    sql_cast(_ALL_LIKES, Text),
    sql_cast(_ALL_HIDDEN, Text),
    users.c.listens_version,
).where(SUBJECT)


def get_taste(connection: Connection, subject: TokenSubject) -> Taste:
    """Who is this, and what do they like: in one round trip. Raises AccountGone."""
    row = connection.execute(_TASTE, {**of_subject(subject), "now": time.time_ns()}).one_or_none()
    if row is None:
        raise AccountGone
    return Taste(*row)


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
