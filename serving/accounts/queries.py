"""Accounts in the database. Each function is one statement, run by `Database.run`.

Where a statement acts for somebody, it checks by itself that the account is still there and the token still good,
so that knowing who asks costs no round trip of its own.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, select, update

from errors import NotSignedIn
from models import INSERT, users
from serving.accounts.tokens import TokenSubject

# The row of the account itself, where the token is still good; `of_subject` gives the values.
SUBJECT = and_(users.c.id == bindparam("subject_id"), users.c.token_version == bindparam("subject_version"))


class AccountGone(NotSignedIn):
    """The token is ours, but its account is gone or its password has changed."""

    def __init__(self) -> None:
        super().__init__("The account of this token is gone, or its password has changed: log in again.")


def of_subject(subject: TokenSubject) -> dict[str, Any]:
    """The values of `SUBJECT`."""
    return {"subject_id": subject.user_id, "subject_version": subject.version}


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
    subject: TokenSubject
    password_hash: str


def create_user(connection: Connection, username: str, key: str, password_hash: str) -> Account | None:
    """Open an account; None where the name is taken."""
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
        )
        .on_conflict_do_nothing(index_elements=[users.c.username_key])
        .returning(users.c.id)
    ).one_or_none()
    return None if created is None else Account(user, TokenSubject(user.id, 0), password_hash)


def find_account(connection: Connection, key: str) -> Account | None:
    """The account behind a username as compared."""
    row = connection.execute(select(users).where(users.c.username_key == key)).one_or_none()
    return None if row is None else _account(row)


def get_account(connection: Connection, subject: TokenSubject) -> Account:
    """The account with its password's hash. Raises AccountGone."""
    row = connection.execute(select(users).where(SUBJECT), of_subject(subject)).one_or_none()
    if row is None:
        raise AccountGone
    return _account(row)


def change_password(connection: Connection, subject: TokenSubject, password_hash: str) -> TokenSubject:
    """Keep another password and let every token until now be no longer good. Raises AccountGone.

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
    return TokenSubject(subject.user_id, version)


def get_user(connection: Connection, subject: TokenSubject) -> User:
    """The account of a token. Raises AccountGone."""
    row = connection.execute(
        select(users.c.id, users.c.username, users.c.created_at, users.c.seeds).where(SUBJECT), of_subject(subject)
    ).one_or_none()
    if row is None:
        raise AccountGone
    return User(row.id, row.username, row.created_at, onboarded=row.seeds is not None)


def delete_user(connection: Connection, subject: TokenSubject) -> None:
    """Remove the account and, by the foreign keys, all its rows. Raises AccountGone."""
    if connection.execute(delete(users).where(SUBJECT), of_subject(subject)).rowcount == 0:
        raise AccountGone


def _account(row: Row[Any]) -> Account:
    user = User(row.id, row.username, row.created_at, onboarded=row.seeds is not None)
    return Account(user, TokenSubject(row.id, row.token_version), row.password_hash)
