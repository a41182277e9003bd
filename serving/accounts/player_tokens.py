"""Tokens for players: they reach the ListenBrainz routes and nothing else. Kept as hashes; shown once."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from db import transaction
from errors import ReduxError
from models import hashed, player_tokens, users
from serving.accounts.queries import SUBJECT, AccountGone, of_subject
from serving.accounts.tokens import PlayerSubject, TokenSubject

MOST = 50  # of one account
_SEEN_EVERY = timedelta(minutes=1)


class TooManyTokens(ReduxError):
    """An account has as many tokens as it may have."""

    def __init__(self) -> None:
        super().__init__(f"There are {MOST} tokens already: delete one that no player uses.")


class PlayerToken(NamedTuple):
    """A token as its owner sees it."""

    id: str
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None


class Player(NamedTuple):
    """Whom a player's token speaks for."""

    token_id: str
    username: str
    subject: PlayerSubject
    seen_lately: bool


_SHOWN = [getattr(player_tokens.c, name) for name in PlayerToken._fields]


def make_token(connection: Connection, subject: TokenSubject, name: str) -> tuple[PlayerToken, str]:
    """A new token and its text, which has the shape of ListenBrainz's. Raises TooManyTokens or AccountGone."""
    text = str(uuid.uuid4())
    token = PlayerToken(uuid.uuid4().hex, name, text[:8], datetime.now(UTC), None)
    with transaction(connection):
        owner = select(users.c.id).where(SUBJECT).with_for_update()
        if connection.execute(owner, of_subject(subject)).first() is None:
            raise AccountGone
        theirs = select(func.count()).where(player_tokens.c.user_id == subject.user_id)
        if connection.execute(theirs).scalar_one() >= MOST:
            raise TooManyTokens
        values = token._asdict() | {"user_id": subject.user_id, "token_hash": _hash(text)}
        connection.execute(player_tokens.insert().values(values))
    return token, text


def tokens_of(connection: Connection, subject: TokenSubject) -> list[PlayerToken]:
    """Every token, newest first. Raises AccountGone."""
    query = (
        select(users.c.id, *_SHOWN)
        .select_from(users.outerjoin(player_tokens, player_tokens.c.user_id == users.c.id))
        .where(SUBJECT)
        .order_by(player_tokens.c.created_at.desc(), player_tokens.c.id)
    )
    rows = connection.execute(query, of_subject(subject)).all()
    if not rows:
        raise AccountGone
    return [PlayerToken(*token) for _, *token in rows if token[0] is not None]


def drop_token(connection: Connection, subject: TokenSubject, token_id: str) -> bool:
    """End a token; False where there is none of that id."""
    owner = select(users.c.id).where(SUBJECT).scalar_subquery()
    ended = delete(player_tokens).where(player_tokens.c.id == token_id, player_tokens.c.user_id == owner)
    return connection.execute(ended, of_subject(subject)).rowcount > 0


def find_player(connection: Connection, text: str) -> Player | None:
    """Whom a token speaks for; None where it is none of ours."""
    query = (
        select(player_tokens.c.id, users.c.username, users.c.id, player_tokens.c.last_used_at)
        .join(users, users.c.id == player_tokens.c.user_id)
        .where(player_tokens.c.token_hash == _hash(text))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    token_id, username, user_id, last_used_at = row
    lately = last_used_at is not None and datetime.now(UTC) - last_used_at < _SEEN_EVERY
    return Player(token_id, username, PlayerSubject(user_id, token_id), lately)


def note_use(connection: Connection, token_id: str) -> None:
    """The token was used just now."""
    connection.execute(
        update(player_tokens).where(player_tokens.c.id == token_id).values(last_used_at=datetime.now(UTC))
    )


def _hash(text: str) -> str:
    return hashed(text.strip().lower())
