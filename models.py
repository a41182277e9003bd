"""The tables, and beside them every statement that reads or writes them.

Each function is one statement. Where it acts for somebody, the statement itself checks that the account is still
there and the token still good, so that knowing who asks costs no round trip of its own.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    delete,
    func,
    literal,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from serving.errors import NotSignedIn
from serving.tokens import Holder

# the same clauses in two classes without a common one
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_SONG_IDS = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


class _UTC(TypeDecorator[datetime]):
    """A moment in UTC, with its zone, also from SQLite, which keeps none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", String(32), primary_key=True),  # random: a deleted account's id never comes back
    Column("username", Text, nullable=False),
    Column("username_key", Text, nullable=False, unique=True),  # as compared: NFKC, case folded
    Column("password_hash", Text, nullable=False),
    Column("token_version", Integer, nullable=False),  # tokens of another version are no longer good
    Column("created_at", _UTC, nullable=False),
    Column("seeds", _SONG_IDS),  # song_ids; NULL before onboarding
)

likes = Table(
    "likes",
    metadata,
    Column("user_id", String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("song_id", Text, primary_key=True),
    Column("liked_ns", BigInteger, nullable=False),  # nanoseconds since 1970
)
Index("ix_likes_newest", likes.c.user_id, likes.c.liked_ns, likes.c.song_id)


@dataclass(frozen=True)
class User:
    """An account as its owner sees it."""

    id: str
    username: str
    created_at: datetime
    onboarded: bool


@dataclass(frozen=True)
class Account:
    """An account as a login needs it."""

    user: User
    holder: Holder
    password_hash: str


class Taste(NamedTuple):
    """song_ids: seeds (None before onboarding) and all likes, newest first."""

    seeds: list[str] | None
    likes: list[str]


class Like(NamedTuple):
    """A like, and at the same time its place in the order of likes."""

    liked_ns: int
    song_id: str


NEWEST = Like(2**63 - 1, "")


class _JSONArray(GenericFunction[Any]):
    """Values as one JSON array: what the two databases do alike and call differently."""

    type = JSON()
    inherit_cache = True


@compiles(_JSONArray, "sqlite")
def _json_group_array(element: _JSONArray, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"json_group_array({compiler.process(element.clauses, **kw)})"


@compiles(_JSONArray, "postgresql")
def _json_agg(element: _JSONArray, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"json_agg({compiler.process(element.clauses, **kw)})"


def _is(holder: Holder) -> ColumnElement[bool]:
    return and_(users.c.id == holder.user_id, users.c.token_version == holder.version)


# Hot statements are built once and given their values at each call.
_HOLDER = and_(users.c.id == bindparam("user_id"), users.c.token_version == bindparam("version"))


def _of(holder: Holder) -> dict[str, Any]:
    return {"user_id": holder.user_id, "version": holder.version}


def _account_is_gone() -> NotSignedIn:
    return NotSignedIn("The account of this token is gone, or its password has changed: log in again.")


def create_user(connection: Connection, username: str, key: str, password_hash: str) -> Account | None:
    """Open an account; None where the name is taken."""
    user = User(uuid.uuid4().hex, username, datetime.now(UTC), onboarded=False)
    created = connection.execute(
        _INSERT[connection.dialect.name](users)
        .values(
            id=user.id,
            username=username,
            username_key=key,
            password_hash=password_hash,
            token_version=0,
            created_at=user.created_at,
        )
        .on_conflict_do_nothing(index_elements=[users.c.username_key])
        .returning(users.c.id)
    ).one_or_none()
    return None if created is None else Account(user, Holder(user.id, 0), password_hash)


def find_account(connection: Connection, key: str) -> Account | None:
    """The account behind a username as compared."""
    row = connection.execute(select(users).where(users.c.username_key == key)).one_or_none()
    if row is None:
        return None
    user = User(row.id, row.username, row.created_at, onboarded=row.seeds is not None)
    return Account(user, Holder(row.id, row.token_version), row.password_hash)


def get_user(connection: Connection, holder: Holder) -> User:
    """The holder's account. Raises NotSignedIn."""
    row = connection.execute(
        select(users.c.id, users.c.username, users.c.created_at, users.c.seeds).where(_is(holder))
    ).one_or_none()
    if row is None:
        raise _account_is_gone()
    return User(row.id, row.username, row.created_at, onboarded=row.seeds is not None)


def delete_user(connection: Connection, holder: Holder) -> None:
    """Remove the account and, by the foreign keys, all its rows. Raises NotSignedIn."""
    if connection.execute(delete(users).where(_is(holder))).rowcount == 0:
        raise _account_is_gone()


def get_seeds(connection: Connection, holder: Holder) -> list[str] | None:
    """The holder's seeds as stored, None before onboarding. Raises NotSignedIn."""
    row = connection.execute(select(users.c.seeds).where(_is(holder))).one_or_none()
    if row is None:
        raise _account_is_gone()
    return None if row.seeds is None else list(row.seeds)


def keep_seeds(connection: Connection, holder: Holder, seeds: list[str]) -> list[str]:
    """Store seeds where there are none yet, and return those that are stored now. Raises NotSignedIn.

    One conditional statement: of several posts at the same time the first wins, and all learn its seeds.
    """
    mine = literal(seeds, _SONG_IDS)
    row = connection.execute(
        update(users).where(_is(holder)).values(seeds=func.coalesce(users.c.seeds, mine)).returning(users.c.seeds)
    ).one_or_none()
    if row is None:
        raise _account_is_gone()
    return list(row.seeds)


def clear_seeds(connection: Connection, holder: Holder) -> None:
    """Forget the seeds. Raises NotSignedIn."""
    if connection.execute(update(users).where(_is(holder)).values(seeds=null())).rowcount == 0:
        raise _account_is_gone()


_newest_likes = (
    select(likes.c.song_id)
    .where(likes.c.user_id == bindparam("user_id"))
    .order_by(likes.c.liked_ns.desc(), likes.c.song_id.desc())
    .subquery()
)
_TASTE = select(users.c.seeds, select(_JSONArray(_newest_likes.c.song_id)).scalar_subquery().label("likes")).where(
    _HOLDER
)


def get_taste(connection: Connection, holder: Holder) -> Taste:
    """Who is this, and what do they like: in one round trip. Raises NotSignedIn."""
    row = connection.execute(_TASTE, _of(holder)).one_or_none()
    if row is None:
        raise _account_is_gone()
    return Taste(row.seeds, row.likes or [])


def _like_statement(dialect: str) -> Any:  # noqa: ANN401  each dialect's own Insert class
    mine = select(users.c.id, bindparam("song_id", type_=Text), bindparam("now", type_=BigInteger)).where(_HOLDER)
    insert = _INSERT[dialect](likes).from_select(["user_id", "song_id", "liked_ns"], mine)
    # a like that is there already is "updated" to itself, because only then the database returns its row
    again = insert.on_conflict_do_update(
        index_elements=[likes.c.user_id, likes.c.song_id], set_={"liked_ns": likes.c.liked_ns}
    )
    return again.returning(likes.c.liked_ns)


_LIKE = {dialect: _like_statement(dialect) for dialect in _INSERT}


def like(connection: Connection, holder: Holder, song_id: str) -> bool:
    """Like a song: True where that is new, False where it was liked before. Raises NotSignedIn."""
    now = time.time_ns()
    given = _of(holder) | {"song_id": song_id, "now": now}
    stored = connection.execute(_LIKE[connection.dialect.name], given).scalar_one_or_none()
    if stored is None:
        raise _account_is_gone()
    return bool(stored == now)


_UNLIKE = (
    delete(likes)
    .where(likes.c.user_id == select(users.c.id).where(_HOLDER).scalar_subquery())
    .where(likes.c.song_id == bindparam("song_id"))
)


def unlike(connection: Connection, holder: Holder, song_id: str) -> None:
    """Take a like back, where there is one. Raises NotSignedIn."""
    deleted = connection.execute(_UNLIKE, _of(holder) | {"song_id": song_id}).rowcount
    if deleted == 0:  # no such like, or no such account: only now worth a second look
        get_user(connection, holder)


_LIKES_PAGE = (
    select(likes.c.liked_ns, likes.c.song_id)
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
    .where(_HOLDER)
    .order_by(likes.c.liked_ns.desc(), likes.c.song_id.desc())
    .limit(bindparam("count"))
)


def page_of_likes(connection: Connection, holder: Holder, before: Like, count: int) -> list[Like]:
    """At most `count` likes older than `before`, newest first. Raises NotSignedIn."""
    given = _of(holder) | {"before_ns": before.liked_ns, "before_id": before.song_id, "count": count}
    rows = connection.execute(_LIKES_PAGE, given).all()
    if not rows:
        raise _account_is_gone()
    # an account without likes is one row of nothing, by the outer join
    return [Like(row.liked_ns, row.song_id) for row in rows if row.song_id is not None]
