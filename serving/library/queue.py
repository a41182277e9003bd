"""The queue of a listener, the same on every device: one row, replaced as a whole where it is still the one read."""

import secrets
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, literal, select, update
from sqlalchemy.exc import IntegrityError

from models import INSERT, queues, users
from serving.accounts.queries import SUBJECT, AccountGone, get_user, of_subject
from serving.accounts.tokens import TokenSubject

NONE_YET = "none"  # the revision before the first


class StoredQueue(NamedTuple):
    """A queue as it was sent, None where there is none yet; and which of all its contents this is."""

    content: dict[str, Any] | None
    revision: str
    updated_at: datetime | None


def get_queue(connection: Connection, subject: TokenSubject) -> StoredQueue:
    """The queue as it is. Raises AccountGone."""
    its = select(queues.c.content, queues.c.revision, queues.c.updated_at)
    found = its.select_from(users.outerjoin(queues, queues.c.user_id == users.c.id)).where(SUBJECT)
    row = connection.execute(found, of_subject(subject)).one_or_none()
    if row is None:
        raise AccountGone
    return StoredQueue(*row) if row.revision is not None else StoredQueue(None, NONE_YET, None)


def put_queue(
    connection: Connection, subject: TokenSubject, content: dict[str, Any], revisions: list[str] | None
) -> StoredQueue | None:
    """Replace the queue where its revision is one of these, or whatever it is; None where it is another.

    Each is one conditional statement: of two devices that replace the same revision, one finds it gone.
    Raises AccountGone.
    """
    new = StoredQueue(content, secrets.token_hex(16), datetime.now(UTC))
    if revisions is None or NONE_YET in revisions:
        replaced = _insert(connection, subject, new, replace=revisions is None)
    else:
        replaced = False
    if not replaced and revisions:
        mine = select(users.c.id).where(SUBJECT).scalar_subquery()
        change = update(queues).where(queues.c.user_id == mine, queues.c.revision.in_(revisions)).values(_values(new))
        replaced = connection.execute(change, of_subject(subject)).rowcount > 0
    if not replaced:  # no such revision, or no such account: only now worth a second look
        get_user(connection, subject)
    return new if replaced else None


def _values(queue: StoredQueue) -> dict[str, Any]:
    return {"content": queue.content, "revision": queue.revision, "updated_at": queue.updated_at}


def _insert(connection: Connection, subject: TokenSubject, new: StoredQueue, *, replace: bool) -> bool:
    values = {name: literal(value, queues.c[name].type) for name, value in _values(new).items()}
    mine = select(users.c.id, *values.values()).where(SUBJECT)
    insert = INSERT[connection.dialect.name](queues).from_select(["user_id", *values], mine)
    if replace:
        insert = insert.on_conflict_do_update(
            index_elements=[queues.c.user_id], set_={name: insert.excluded[name] for name in values}
        )
    else:
        insert = insert.on_conflict_do_nothing()
    try:
        return bool(connection.execute(insert.returning(queues.c.revision), of_subject(subject)).all())
    except IntegrityError as exc:  # PostgreSQL saw the account, and then its deletion
        raise AccountGone from exc
