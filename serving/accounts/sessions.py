"""Sessions in the database: where somebody is signed in. Run by `Database.run`, each statement by itself.

A session has one refresh token, which changes at every use. The one before is good for another minute and gives the
same successor, for two tabs that renew at the same time and for answers that were lost on the way. Any other token of
a session was stolen, or its successor was: the session ends (RFC 9700, section 4.14.2).
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, literal, or_, select, update

from errors import Code, NotSignedIn
from models import hashed, sessions, users
from serving.accounts.queries import SUBJECT, Account, AccountGone, User, account_of, get_user, of_subject
from serving.accounts.refresh_tokens import RefreshTokens
from serving.accounts.tokens import TokenSubject

GRACE = timedelta(seconds=60)  # in which the token before gives the same successor
MOST = 100  # sessions of an account; of more the one that was renewed the longest ago ends


class SessionOver(NotSignedIn):
    """A refresh token whose session has ended, or ends by it."""

    def __init__(self, message: str, code: Code = Code.TOKEN_REVOKED) -> None:
        super().__init__(f"{message}: log in again.", code)


class SignedIn(NamedTuple):
    """What a session answers with: whose it is, and the token that renews it."""

    user: User
    subject: TokenSubject
    refresh_token: str


@dataclass(frozen=True)
class Session:
    """A place where somebody is signed in, as its owner sees it."""

    id: str
    device: str
    created_at: datetime
    refreshed_at: datetime


def open_session(connection: Connection, account: Account, tokens: RefreshTokens, device: str) -> SignedIn:
    """Sign an account in. Raises AccountGone where it or its password has changed meanwhile."""
    user_id, session_id, now = account.user.id, uuid.uuid4().hex, datetime.now(UTC)
    token = tokens.first(session_id)
    values: dict[str, Any] = {
        "id": session_id,
        "user_id": user_id,
        "token_version": account.version,
        "token_hash": hashed(token),
        "device": device,
        "created_at": now,
        "refreshed_at": now,
        "expires_at": now + tokens.lifetime,
    }
    row = [literal(value, sessions.c[name].type).label(name) for name, value in values.items()]
    mine = select(*row).where(users.c.id == user_id, users.c.token_version == account.version)
    opened = connection.execute(sessions.insert().from_select(list(values), mine).returning(sessions.c.id)).all()
    if not opened:
        raise AccountGone
    _prune(connection, user_id, account.version, now)
    return SignedIn(account.user, TokenSubject(user_id, account.version, session_id), token)


def _prune(connection: Connection, user_id: str, version: int, now: datetime) -> None:
    """Forget sessions that are over, and the oldest where there are too many."""
    newest = (
        select(sessions.c.id)
        .where(sessions.c.user_id == user_id)
        .order_by(sessions.c.refreshed_at.desc())
        .limit(MOST)
        .scalar_subquery()
    )
    over = or_(sessions.c.token_version < version, sessions.c.expires_at < now, sessions.c.id.not_in(newest))
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id, over))


def renew(connection: Connection, tokens: RefreshTokens, token: str) -> SignedIn:
    """The session's next token for its newest one, or, for a minute, for the one before. Raises NotSignedIn.

    One conditional statement takes the step: of any number at the same time one does, and the others find it done.
    """
    session_id, presented, successors = tokens.session_of(token), hashed(token), tokens.successors(token)
    now = datetime.now(UTC)
    step = update(sessions).where(
        sessions.c.id == session_id, sessions.c.token_hash == presented, sessions.c.expires_at > now
    )
    values = {
        "token_hash": hashed(successors[0]),
        "previous_hash": presented,
        "refreshed_at": now,
        "expires_at": now + tokens.lifetime,
    }
    stepped = connection.execute(step.values(values).returning(sessions.c.id)).one_or_none()
    row = connection.execute(_WITH_ACCOUNT, {"session": session_id}).one_or_none()
    if row is None:
        raise SessionOver("This session has ended")
    if stepped is not None:
        return _signed_in(row, successors[0])
    return _signed_in(row, _repeated(connection, row, presented, successors, now))


_WITH_ACCOUNT = (
    select(
        users,
        sessions.c.id.label("session_id"),
        sessions.c.token_hash,
        sessions.c.previous_hash,
        sessions.c.refreshed_at,
        sessions.c.expires_at,
    )
    .join(users, (users.c.id == sessions.c.user_id) & (users.c.token_version == sessions.c.token_version))
    .where(sessions.c.id == bindparam("session"))
)


def _repeated(connection: Connection, row: Row[Any], presented: str, successors: list[str], now: datetime) -> str:
    """The successor once more, for the token before the newest within its grace; else the session ends."""
    if presented == row.token_hash:
        raise SessionOver("This session has expired", Code.TOKEN_EXPIRED)
    if presented == row.previous_hash and now < row.refreshed_at + GRACE:
        for successor in successors:
            if hashed(successor) == row.token_hash:
                return successor
    connection.execute(delete(sessions).where(sessions.c.id == row.session_id))
    raise SessionOver("This refresh token was used before, perhaps by somebody else, so its session has ended")


def _signed_in(row: Row[Any], token: str) -> SignedIn:
    account = account_of(row)
    return SignedIn(account.user, TokenSubject(account.user.id, account.version, row.session_id), token)


def end_of_token(connection: Connection, tokens: RefreshTokens, token: str) -> None:
    """End the session of a refresh token that is its newest or the one before. Raises NotSignedIn for no token."""
    session_id, presented = tokens.session_of(token), hashed(token)
    its = or_(sessions.c.token_hash == presented, sessions.c.previous_hash == presented)
    connection.execute(delete(sessions).where(sessions.c.id == session_id, its))


def end_session(connection: Connection, subject: TokenSubject, session_id: str) -> None:
    """End one of the account's sessions, where there is such a one. Raises AccountGone."""
    mine = select(users.c.id).where(SUBJECT).scalar_subquery()
    ended = delete(sessions).where(sessions.c.id == session_id, sessions.c.user_id == mine)
    if connection.execute(ended, of_subject(subject)).rowcount == 0:  # only now worth a second look
        get_user(connection, subject)


def list_sessions(connection: Connection, subject: TokenSubject) -> list[Session]:
    """Where the account is signed in, the last renewed first. Raises AccountGone."""
    found = (
        select(sessions.c.id, sessions.c.device, sessions.c.created_at, sessions.c.refreshed_at)
        .join(users, (users.c.id == sessions.c.user_id) & (users.c.token_version == sessions.c.token_version))
        .where(SUBJECT, sessions.c.expires_at > datetime.now(UTC))
        .order_by(sessions.c.refreshed_at.desc(), sessions.c.id)
    )
    rows = connection.execute(found, of_subject(subject)).all()
    if not rows:
        get_user(connection, subject)
    return [Session(*row) for row in rows]
