"""Accounts in the database. Each function is one statement, run by `Database.run`.

Where a statement acts for somebody, it checks by itself that the account is still there and the token still good,
so that knowing who asks costs no round trip of its own.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, exists, select, update

from errors import Code, NotSignedIn
from models import INSERT, invites, player_tokens, sessions, users
from serving.accounts.tokens import PlayerSubject, Subject, TokenSubject

_its_session = sessions.alias("its_session")  # a name of its own, also in statements about sessions
_SESSION_LIVES = exists().where(
    _its_session.c.id == bindparam("subject_session"), _its_session.c.user_id == bindparam("subject_id")
)
# The row of the account itself, where the token is still good; `of_subject` gives the values.
SUBJECT = and_(
    users.c.id == bindparam("subject_id"), users.c.token_version == bindparam("subject_version"), _SESSION_LIVES
)


class AccountGone(NotSignedIn):
    """The token is ours, but its session has ended: logged out, another password, or no such account any more."""

    def __init__(self) -> None:
        super().__init__("This session has ended: log in again.", Code.TOKEN_REVOKED)


def of_subject(subject: TokenSubject) -> dict[str, Any]:
    """The values of `SUBJECT`."""
    return {
        "subject_id": subject.user_id,
        "subject_version": subject.version,
        "subject_session": subject.session_id,
    }


def whose(subject: Subject) -> ColumnElement[bool]:
    """The row of the account itself, where the token of a session or of a player is still good."""
    mine = users.c.id == subject.user_id
    if isinstance(subject, PlayerSubject):
        token = exists().where(player_tokens.c.id == subject.token_id, player_tokens.c.user_id == subject.user_id)
        return and_(mine, token)
    session = exists().where(_its_session.c.id == subject.session_id, _its_session.c.user_id == subject.user_id)
    return and_(mine, users.c.token_version == subject.version, session)


@dataclass(frozen=True)
class User:
    """An account as its owner sees it."""

    id: str
    username: str
    created_at: datetime
    onboarded: bool
    private: bool = False
    share_listens: bool = True
    role: str = "listener"


@dataclass(frozen=True)
class Account:
    """An account as a login needs it."""

    user: User
    version: int
    password_hash: str


def create_user(
    connection: Connection, username: str, key: str, password_hash: str, invite_hash: str | None = None
) -> Account | None:
    """Open an account; None where the name or the invite is taken.

    That an invite opens one account, also for two who use it at the same time, is the unique index on it.
    """
    user = User(uuid.uuid4().hex, username, datetime.now(UTC), onboarded=False)
    created = connection.execute(
        INSERT[connection.dialect.name](users)
        .values(
            id=user.id,
            username=username,
            username_key=key,
            password_hash=password_hash,
            token_version=0,
            created_at=user.created_at,
            invite_hash=invite_hash,
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    ).one_or_none()
    return None if created is None else Account(user, 0, password_hash)


def invite_is_good(connection: Connection, code_hash: str) -> bool:
    """Whether an invite is there, has not expired, and nobody has used it."""
    used = exists().where(users.c.invite_hash == code_hash)
    good = select(invites.c.code_hash).where(
        invites.c.code_hash == code_hash, invites.c.expires_at > datetime.now(UTC), ~used
    )
    return connection.execute(good).one_or_none() is not None


def use_up_invite(connection: Connection, code_hash: str) -> None:
    """Forget an invite that has opened an account, so that it opens none after that account is gone."""
    connection.execute(delete(invites).where(invites.c.code_hash == code_hash))


def find_account(connection: Connection, key: str) -> Account | None:
    """The account behind a username as compared."""
    row = connection.execute(select(users).where(users.c.username_key == key)).one_or_none()
    return None if row is None else account_of(row)


def get_account(connection: Connection, subject: TokenSubject) -> Account:
    """The account with its password's hash. Raises AccountGone."""
    row = connection.execute(select(users).where(SUBJECT), of_subject(subject)).one_or_none()
    if row is None:
        raise AccountGone
    return account_of(row)


def change_password(connection: Connection, subject: TokenSubject, password_hash: str) -> int:
    """Keep another password and end every session; returns the new token version. Raises AccountGone.

    Of two changes at the same time one wins; the other's token is then no longer good either.
    """
    version = connection.execute(
        update(users)
        .where(SUBJECT)
        .values(password_hash=password_hash, token_version=users.c.token_version + 1)
        .returning(users.c.token_version),
        of_subject(subject),
    ).scalar_one_or_none()
    if version is None:
        raise AccountGone
    return int(version)


def get_user(connection: Connection, subject: TokenSubject) -> User:
    """The account of a token. Raises AccountGone."""
    return get_account(connection, subject).user


def switch(connection: Connection, subject: TokenSubject, switches: dict[str, bool]) -> User:
    """Turn `private` or `share_listens` on or off, and return the account as it is then. Raises AccountGone."""
    if switches:
        connection.execute(update(users).where(SUBJECT).values(switches), of_subject(subject))
    return get_user(connection, subject)


def delete_user(connection: Connection, subject: TokenSubject) -> None:
    """Remove the account and, by the foreign keys, all its rows. Raises AccountGone."""
    if connection.execute(delete(users).where(SUBJECT), of_subject(subject)).rowcount == 0:
        raise AccountGone


def account_of(row: Row[Any]) -> Account:
    """A row of `users` as an account."""
    onboarded = row.seeds is not None or row.known_by_listens
    user = User(row.id, row.username, row.created_at, onboarded, row.private, row.share_listens, row.role)
    return Account(user, row.token_version, row.password_hash)
