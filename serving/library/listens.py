"""Listens in the database: kept once by the sender's id, paged, deleted, and added up by song for the profile."""

import time
import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Float,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from db import transaction
from models import INSERT, listens, users
from serving.accounts.queries import AccountGone, whose
from serving.accounts.tokens import Subject
from serving.library.listen_records import NEWEST, KeptListen, NewListen, Place, SongHeard

ONBOARDED_BY = 3  # different songs of the catalog
SHORTEST_MS = 30_000  # what is played shorter is no listen
RECENT_DAYS = 30
DAY_MS = 86_400_000


def listen_id(started_ms: int, artist: str, track: str) -> str:
    """The id of a listen whose sender gives none: the same for the same moment and names."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{started_ms}\n{artist}\n{track}").hex


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def week_began(now: int) -> int:
    """The last Monday, 0:00 UTC, in milliseconds since 1970, which was a Thursday."""
    return now - (now - 4 * DAY_MS) % (7 * DAY_MS)


def add_listens(connection: Connection, subject: Subject, new: Sequence[NewListen]) -> int:
    """Keep listens, those whose id is there already not again; returns how many are new. Raises AccountGone.

    All are committed when this returns. In a private session nothing is kept.
    """
    with transaction(connection):
        if is_private(connection, subject):
            return 0
        return insert_listens(connection, subject.user_id, new)


def is_private(connection: Connection, subject: Subject) -> bool:
    """Whether the account keeps nothing; its row stays locked to the transaction's end. Raises AccountGone."""
    private = connection.execute(select(users.c.private).where(whose(subject)).with_for_update())
    found: bool | None = private.scalar_one_or_none()
    if found is None:
        raise AccountGone
    return found


def insert_listens(connection: Connection, user_id: str, new: Sequence[NewListen]) -> int:
    """The same within a transaction that has locked the account's row."""
    if not new:
        return 0
    received = now_ms()
    rows = [
        {name: getattr(listen, name) for name in NewListen.__slots__} | {"user_id": user_id, "received_ms": received}
        for listen in new
    ]
    insert = INSERT[connection.dialect.name](listens).on_conflict_do_nothing(
        index_elements=[listens.c.user_id, listens.c.id]
    )
    # of an INSERT SQLAlchemy forgets the count, unless told to keep it
    kept = connection.execute(insert, rows, execution_options={"preserve_rowcount": True}).rowcount
    if kept:
        _changed(connection, user_id)
    return kept


def _changed(connection: Connection, user_id: str) -> None:
    """Count the change, and note whether enough is known of the account to do without seeds."""
    long_enough = or_(listens.c.played_ms.is_(None), listens.c.played_ms >= SHORTEST_MS)
    known = (
        select(listens.c.song_id)
        .where(listens.c.user_id == user_id, listens.c.in_catalog, ~listens.c.skipped, long_enough)
        .distinct()
        .limit(ONBOARDED_BY)
    ).subquery()
    enough = select(func.count() >= ONBOARDED_BY).select_from(known).scalar_subquery()
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(listens_version=users.c.listens_version + 1, known_by_listens=enough)
    )


def remove_listens(
    connection: Connection, subject: Subject, *, before_ms: int | None = None, song_ids: Collection[str] | None = None
) -> int:
    """Forget listens before a moment, of a song under all its ids, or both; how many. Raises AccountGone."""
    with transaction(connection):
        is_private(connection, subject)
        conditions = [listens.c.user_id == subject.user_id]
        if before_ms is not None:
            conditions.append(listens.c.started_ms < before_ms)
        if song_ids is not None:
            conditions.append(listens.c.song_id.in_(song_ids))
        return remove_where(connection, subject.user_id, conditions)


def remove_where(connection: Connection, user_id: str, conditions: Iterable[Any]) -> int:
    """Forget listens within a transaction that has locked the account's row."""
    removed = connection.execute(delete(listens).where(*conditions)).rowcount
    if removed:
        _changed(connection, user_id)
    return removed


_PAGE = [getattr(listens.c, name) for name in KeptListen._fields]


def page_of_listens(
    connection: Connection, subject: Subject, count: int, before: Place = NEWEST, after_ms: int | None = None
) -> list[KeptListen]:
    """At most `count` listens before a place, newest first, and later than after_ms.

    Where after_ms is given, the `count` listens that come next after it. Raises AccountGone.
    """
    belongs = select(users.c.id).where(whose(subject)).scalar_subquery()
    query = select(*_PAGE).where(
        listens.c.user_id == belongs,
        tuple_(listens.c.started_ms, listens.c.id) < tuple_(literal(before.started_ms, BigInteger), literal(before.id)),
    )
    if after_ms is None:
        query = query.order_by(listens.c.started_ms.desc(), listens.c.id.desc())
    else:
        query = query.where(listens.c.started_ms > after_ms).order_by(listens.c.started_ms, listens.c.id)
    rows = [KeptListen(*row) for row in connection.execute(query.limit(count))]
    if not rows and not connection.execute(select(users.c.id).where(whose(subject))).first():
        raise AccountGone
    return rows if after_ms is None else rows[::-1]


class Span(NamedTuple):
    """How many listens an account has, and the moments of the first and the last; None for none."""

    listens: int
    first_ms: int | None
    last_ms: int | None


def span_of_listens(connection: Connection, subject: Subject) -> Span:
    """How many listens, from when to when."""
    row = connection.execute(
        select(func.count(), func.min(listens.c.started_ms), func.max(listens.c.started_ms)).where(
            listens.c.user_id == select(users.c.id).where(whose(subject)).scalar_subquery()
        )
    ).one()
    return Span(*row)


def songs_heard(connection: Connection, user_id: str, now: int, before: int, half_life_days: float) -> list[SongHeard]:
    """Every song that an account played, added up. now, before: the moments of the two weights, ms since 1970."""
    played = case((listens.c.skipped, 0), (listens.c.played_ms < SHORTEST_MS, 0), else_=1)
    # a skip takes back what a play of the same moment has given; who heard half a minute first has nothing against it
    undecided = or_(
        and_(listens.c.skipped, listens.c.played_ms >= SHORTEST_MS),
        and_(~listens.c.skipped, listens.c.played_ms < SHORTEST_MS),
    )
    worth = case((undecided, 0.0), (listens.c.skipped, -1.0), else_=1.0)

    def weight(moment: int) -> Any:  # noqa: ANN401  SQLAlchemy's generic function
        age = cast(moment - listens.c.started_ms, Float) / (half_life_days * DAY_MS)
        halved = worth * func.power(0.5, case((age > 1000, 1000.0), (age < 0, 0.0), else_=age))
        return func.coalesce(func.sum(case((listens.c.started_ms < moment, halved))), 0.0)

    # a clock that is wrong may have told of years to come
    recent = case((listens.c.started_ms.between(now - RECENT_DAYS * DAY_MS, now), played), else_=0)
    last = func.coalesce(func.max(case((and_(played == 1, listens.c.started_ms <= now), listens.c.started_ms))), 0)
    query = (
        select(
            listens.c.song_id,
            func.sum(played),
            func.sum(recent),
            last,
            weight(now),
            weight(before),
        )
        .where(listens.c.user_id == user_id)
        .group_by(listens.c.song_id)
    )
    return [SongHeard(*row) for row in connection.execute(query)]
