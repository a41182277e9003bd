"""What a player says is playing, until the song is over."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from db import transaction
from models import INSERT, playing_now, users
from serving.accounts.queries import whose
from serving.accounts.tokens import Subject
from serving.library.listens import is_private


class Playing(NamedTuple):
    """The song as the player sent it, and until when it plays, in milliseconds since 1970."""

    sent: dict[str, Any]
    until_ms: int

    @property
    def until(self) -> datetime:
        """The moment the song is over, in UTC."""
        return datetime.fromtimestamp(self.until_ms / 1000, UTC)


def set_playing(connection: Connection, subject: Subject, sent: dict[str, Any], until_ms: int) -> None:
    """Note what is playing; in a private session nothing is kept. Raises AccountGone."""
    with transaction(connection):
        if is_private(connection, subject):
            return
        values = {"sent": sent, "until_ms": until_ms}
        insert = INSERT[connection.dialect.name](playing_now).values(user_id=subject.user_id, **values)
        connection.execute(insert.on_conflict_do_update(index_elements=[playing_now.c.user_id], set_=values))


def get_playing(connection: Connection, subject: Subject, now_ms: int) -> Playing | None:
    """What is playing; None where nothing is."""
    query = (
        select(playing_now.c.sent, playing_now.c.until_ms)
        .join(users, users.c.id == playing_now.c.user_id)
        .where(whose(subject), playing_now.c.until_ms > now_ms)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Playing(*row)
