"""What somebody does not want to be recommended, in the database; and the rows of the catalog that this means."""

import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, Connection, String, Text, and_, bindparam, delete, null, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from artifact_set import ArtifactSet
from models import INSERT, hidden, users
from serving.accounts.queries import SUBJECT, AccountGone, get_user, of_subject
from serving.accounts.tokens import TokenSubject
from serving.library.artists import artist_row

Kind = Literal["song", "artist"]


class Hidden(NamedTuple):
    """A song or an artist that is hidden. The moments in nanoseconds since 1970; until_ns None: for good."""

    hidden_ns: int
    kind: Kind
    name: str
    until_ns: int | None = None

    @property
    def hidden_at(self) -> datetime:
        """The moment, in UTC."""
        return datetime.fromtimestamp(self.hidden_ns // 1000 / 1e6, UTC)

    @property
    def until(self) -> datetime | None:
        """The moment, in UTC."""
        return None if self.until_ns is None else datetime.fromtimestamp(self.until_ns // 1000 / 1e6, UTC)


NEWEST = Hidden(2**63 - 1, "song", "")


def _hide_statement(dialect: str) -> Any:  # noqa: ANN401  each dialect's own Insert class
    values = {
        "kind": bindparam("its_kind", type_=String),
        "name": bindparam("its_name", type_=Text),
        "hidden_ns": bindparam("its_moment", type_=BigInteger),
        "until_ns": bindparam("its_end", type_=BigInteger),
    }
    insert = INSERT[dialect](hidden).from_select(
        ["user_id", *values], select(users.c.id, *values.values()).where(SUBJECT)
    )
    again = insert.on_conflict_do_update(
        index_elements=[hidden.c.user_id, hidden.c.kind, hidden.c.name], set_={"until_ns": insert.excluded.until_ns}
    )
    return again.returning(hidden.c.hidden_ns)


_HIDE = {dialect: _hide_statement(dialect) for dialect in INSERT}


_HIDE_AGAIN = (
    update(hidden)
    .where(hidden.c.user_id == select(users.c.id).where(SUBJECT).scalar_subquery())
    .where(hidden.c.kind == bindparam("its_kind", type_=String))
    .where(hidden.c.name.in_(bindparam("its_names", expanding=True)))
    .values(until_ns=bindparam("its_end", type_=BigInteger))
    .returning(hidden.c.hidden_ns, hidden.c.kind, hidden.c.name, hidden.c.until_ns)
)


def hide(
    connection: Connection,
    subject: TokenSubject,
    kind: Kind,
    name: str,
    until_ns: int | None,
    spellings: Collection[str] = (),
) -> Hidden:
    """Hide a song or an artist, for good or until a moment; again: until another one. Raises AccountGone.

    spellings: all its names; what is hidden under any of them is hidden already.
    """
    if len(spellings) > 1:
        again = {"its_kind": kind, "its_names": list(spellings), "its_end": until_ns}
        rows = connection.execute(_HIDE_AGAIN, {**of_subject(subject), **again}).all()
        if rows:
            return max(Hidden(*row) for row in rows)
    values = {"its_kind": kind, "its_name": name, "its_moment": time.time_ns(), "its_end": until_ns}
    try:
        statement = _HIDE[connection.dialect.name]
        hidden_ns = connection.execute(statement, {**of_subject(subject), **values}).scalar_one_or_none()
    except IntegrityError as exc:  # PostgreSQL saw the account, and then its deletion
        raise AccountGone from exc
    if hidden_ns is None:
        raise AccountGone
    return Hidden(hidden_ns, kind, name, until_ns)


def unhide(connection: Connection, subject: TokenSubject, kind: Kind, names: Collection[str]) -> None:
    """Show it again, under whichever of its names it was hidden. Raises AccountGone."""
    mine = select(users.c.id).where(SUBJECT).scalar_subquery()
    its = and_(hidden.c.user_id == mine, hidden.c.kind == kind, hidden.c.name.in_(names))
    if connection.execute(delete(hidden).where(its), of_subject(subject)).rowcount == 0:
        get_user(connection, subject)


_PAGE = (
    select(hidden.c.hidden_ns, hidden.c.kind, hidden.c.name, hidden.c.until_ns)
    .select_from(
        users.outerjoin(
            hidden,
            and_(
                hidden.c.user_id == users.c.id,
                or_(hidden.c.until_ns.is_(null()), hidden.c.until_ns > bindparam("now", type_=BigInteger)),
                tuple_(hidden.c.hidden_ns, hidden.c.kind, hidden.c.name)
                < tuple_(
                    bindparam("before_ns", type_=BigInteger),
                    bindparam("before_kind", type_=String),
                    bindparam("before_name", type_=Text),
                ),
            ),
        )
    )
    .where(SUBJECT)
    .order_by(hidden.c.hidden_ns.desc(), hidden.c.kind.desc(), hidden.c.name.desc())
    .limit(bindparam("count"))
)


def page_of_hidden(
    connection: Connection, subject: TokenSubject, before: Hidden, count: int, now: int | None = None
) -> list[Hidden]:
    """At most `count` of what is hidden, hidden before `before`, the last one first. Raises AccountGone.

    now: nanoseconds since 1970, 0 for what is hidden no more as well; None: this moment.
    """
    place = {"before_ns": before.hidden_ns, "before_kind": before.kind, "before_name": before.name}
    values = {**of_subject(subject), **place, "now": time.time_ns() if now is None else now, "count": count}
    rows = connection.execute(_PAGE, values).all()
    if not rows:
        raise AccountGone
    # an account that hides nothing is one row of nothing, by the outer join
    return [Hidden(*row) for row in rows if row.name is not None]


def hidden_rows(artifacts: ArtifactSet, names: list[str]) -> set[int]:
    """The rows of what is hidden, each name with "song:" or "artist:" before it.

    All versions of a song; all rows of an artist.
    """
    songs = artifacts.songs
    rows: set[int] = set()
    for song in songs.rows(name.removeprefix("song:") for name in names if name.startswith("song:")):
        rows |= set(songs.versions_of(song).tolist())
    for name in names:
        if name.startswith("artist:"):
            row = artist_row(artifacts, name.removeprefix("artist:"))
            rows |= set() if row is None else set(songs.rows_by_artist_of(row).tolist())
    return rows
