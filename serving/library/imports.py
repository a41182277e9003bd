"""Imports in the database: queued, run batch by batch, and taken back."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, func, select, update

from catalog.names import song_key
from db import transaction
from errors import ReduxError
from models import imports, listens, users
from serving.accounts.queries import SUBJECT, AccountGone, of_subject
from serving.accounts.tokens import TokenSubject
from serving.library.listen_records import NewListen
from serving.library.listens import insert_listens, is_private, remove_where

MOST_WAITING = 100  # of one account
REPEATED = "same listen again"

_TOLERANCE_MS = 60_000  # between two exports' moments of one play: some know the minute alone
_EXAMPLES = 10
_OPEN = ("queued", "running")


class TooManyImports(ReduxError):
    """An account has as many imports waiting as it may have."""

    def __init__(self) -> None:
        super().__init__(f"{MOST_WAITING} imports wait already: try again when some of them are done.")


class PrivateSession(ReduxError):
    """An import in a private session, in which nothing is kept."""

    def __init__(self) -> None:
        super().__init__("This is a private session, in which nothing is kept: end it with PATCH /me first.")


class Import(NamedTuple):
    """An import and how far it is."""

    id: str
    state: str
    files: list[str]
    created_at: datetime
    finished_at: datetime | None
    total: int | None
    read: int
    kept: int
    dropped: dict[str, int]
    unresolved: list[str]
    unresolved_listens: int
    fault: str | None
    listener: str | None


class Job(NamedTuple):
    """What a process needs of an import that is not done."""

    id: str
    user_id: str
    files: list[str]
    listener: str | None
    read: int


_SHOWN = [getattr(imports.c, name) for name in Import._fields]
_JOB = [getattr(imports.c, name) for name in Job._fields]


def new_id() -> str:
    """The id of an import."""
    return uuid.uuid4().hex


def queue_import(
    connection: Connection, subject: TokenSubject, import_id: str, files: Sequence[str], listener: str | None
) -> Import:
    """Queue an import whose files are in their place. Raises TooManyImports, PrivateSession or AccountGone."""
    queued = Import(import_id, "queued", list(files), datetime.now(UTC), None, None, 0, 0, {}, [], 0, None, listener)
    with transaction(connection):
        if is_private(connection, subject):
            raise PrivateSession
        waiting = select(func.count()).where(imports.c.user_id == subject.user_id, imports.c.state.in_(_OPEN))
        if connection.execute(waiting).scalar_one() >= MOST_WAITING:
            raise TooManyImports
        connection.execute(imports.insert().values(queued._asdict() | {"user_id": subject.user_id}))
    return queued


def imports_of(connection: Connection, subject: TokenSubject, import_id: str | None = None) -> list[Import]:
    """The imports of an account, newest first; of an id alone, where one is given. Raises AccountGone."""
    query = (
        select(users.c.id, *_SHOWN)
        .select_from(users.outerjoin(imports, imports.c.user_id == users.c.id))
        .where(SUBJECT)
        .order_by(imports.c.created_at.desc(), imports.c.id)
    )
    rows = connection.execute(query, of_subject(subject)).all()
    if not rows:
        raise AccountGone
    found = [Import(*row[1:]) for row in rows if row[1] is not None]
    return found if import_id is None else [one for one in found if one.id == import_id]


def undo_import(connection: Connection, subject: TokenSubject, import_id: str) -> bool:
    """End an import that is not done, and take back the listens that it brought; False where there is none.

    Raises AccountGone.
    """
    with transaction(connection):
        is_private(connection, subject)
        mine = (imports.c.id == import_id, imports.c.user_id == subject.user_id)
        undone = update(imports).where(*mine).values(state="undone", finished_at=datetime.now(UTC))
        if not connection.execute(undone).rowcount:
            return False
        remove_where(
            connection,
            subject.user_id,
            [listens.c.user_id == subject.user_id, listens.c.import_id == import_id],
        )
        return True


def open_jobs(connection: Connection) -> list[Job]:
    """Imports that are not done, the longest waiting first."""
    query = select(*_JOB).where(imports.c.state.in_(_OPEN)).order_by(imports.c.created_at, imports.c.id)
    return [Job(*row) for row in connection.execute(query)]


def ended(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Those of some imports that are done, failed or undone."""
    query = select(imports.c.id).where(imports.c.id.in_(ids), imports.c.state.not_in(_OPEN))
    return list(connection.scalars(query))


def begin(connection: Connection, job: Job) -> None:
    """The import runs now."""
    connection.execute(
        update(imports).where(imports.c.id == job.id, imports.c.state == "queued").values(state="running")
    )


def told(connection: Connection, job: Job, total: int, dropped: dict[str, int]) -> None:
    """The files were read: so many listens, and so many rows that are none."""
    if not job.read:  # else this was told before the process was killed
        _still(connection, job, {"total": total, "dropped": dropped})


def finish(connection: Connection, job: Job, state: Literal["done", "failed"], fault: str | None) -> None:
    """The import is over. fault: why it failed, or which files were left out."""
    _still(connection, job, {"state": state, "fault": fault, "finished_at": datetime.now(UTC)})


def _still(connection: Connection, job: Job, values: dict[str, Any]) -> None:
    connection.execute(update(imports).where(imports.c.id == job.id, imports.c.state == "running").values(values))


def keep_batch(connection: Connection, job: Job, batch: Sequence[NewListen]) -> bool:
    """Keep listens and note how far the import is, both or neither; False where the import was ended.

    batch: in the order of their moments. What another source has told of the same play is not kept again.
    """
    with transaction(connection):
        # the account first, as everybody locks it
        owner = connection.execute(select(users.c.id).where(users.c.id == job.user_id).with_for_update()).first()
        query = select(*_SHOWN).where(imports.c.id == job.id, imports.c.state == "running").with_for_update()
        row = connection.execute(query).first()
        if owner is None or row is None:
            return False
        so_far = Import(*row)
        new = _not_told_before(connection, job, batch)
        kept = insert_listens(connection, job.user_id, new)
        dropped = Counter(so_far.dropped)
        dropped[REPEATED] += len(batch) - kept
        unknown = [listen.song_id for listen in new if not listen.in_catalog]
        examples = list(dict.fromkeys([*so_far.unresolved, *unknown]))[:_EXAMPLES]
        _still(
            connection,
            job,
            {
                "read": so_far.read + len(batch),
                "kept": so_far.kept + kept,
                "dropped": dict(+dropped),
                "unresolved": examples,
                "unresolved_listens": so_far.unresolved_listens + len(unknown),
            },
        )
        return True


def _not_told_before(connection: Connection, job: Job, batch: Sequence[NewListen]) -> list[NewListen]:
    """The listens of a batch that no other source has told within a minute."""
    if not batch:
        return []
    first, last = batch[0].started_ms - _TOLERANCE_MS, batch[-1].started_ms + _TOLERANCE_MS
    query = select(listens.c.started_ms, listens.c.song_id).where(
        listens.c.user_id == job.user_id,
        listens.c.started_ms.between(first, last),
        listens.c.import_id.is_distinct_from(job.id),
    )
    moments: dict[str, list[int]] = {}
    for started_ms, song_id in connection.execute(query):
        moments.setdefault(song_key(song_id), []).append(started_ms)
    return untold(batch, moments) if moments else list(batch)


def untold(batch: Sequence[NewListen], moments: Mapping[str, list[int]]) -> list[NewListen]:
    """The listens of a batch that are not known yet. moments: of those that are, by `song_key`; used up.

    One that is known stands for one of the batch: of the very same moment, or else within a minute.
    """
    left = [(song_key(listen.song_id), listen) for listen in batch]
    for most in (0, _TOLERANCE_MS):
        left = [(key, listen) for key, listen in left if not _told(moments.get(key, []), listen.started_ms, most)]
    return [listen for _, listen in left]


def _told(known: list[int], moment: int, most: int) -> bool:
    """Whether one that is known is so near; it stands for no other then."""
    near = next((one for one in known if abs(one - moment) <= most), None)
    if near is None:
        return False
    known.remove(near)
    return True
