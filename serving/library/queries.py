"""Seeds, and all that makes a taste, in the database: one statement a function, run by `Database.run`."""

import hashlib
import json
import time
from typing import NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    bindparam,
    literal,
    null,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import cast as sql_cast

from models import SONG_IDS, hidden, likes, users
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
