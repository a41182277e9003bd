"""What the listener played."""

from typing import Annotated, cast

from fastapi import Query

from artifact_set import ArtifactSet
from catalog.song import song_id as canonical
from errors import Code
from serving.http.problems import of_fields
from serving.library import listens as library
from serving.library.intake import resolved
from serving.library.listen_records import NEWEST, NewListen, Place
from serving.routes import cursors
from serving.routes.cursors import CursorQuery
from serving.routes.dependencies import ArtifactsDep, DatabaseDep, ExecutorDep, LimitQuery, SubjectDep, spellings
from serving.routes.router import api_router
from serving.routes.schemas.fields import SongId
from serving.routes.schemas.listens import (
    AcceptedOut,
    ListenIn,
    ListenOut,
    ListensIn,
    ListensOut,
    PastMoment,
    RemovedOut,
)

router = api_router("/me/listens", "listens", also=(401, 503))


@router.post("", status_code=202)
async def post_listens(
    body: ListensIn, subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep, executor: ExecutorDep
) -> AcceptedOut:
    """Tell what was played, at most 1,000 listens at once. The same id again is the same listen.

    Songs that the catalog does not have are kept too. In a private session nothing is kept.
    """
    sent = [_listen(item, artifacts) for item in body.items]
    ready = await executor.page(lambda: resolved(artifacts, sent))
    await database.write(library.add_listens, subject, ready)
    return AcceptedOut(accepted=len(sent))


@router.get("")
async def get_listens(
    subject: SubjectDep,
    database: DatabaseDep,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
) -> ListensOut:
    """What was played, newest first, also songs that the catalog does not have."""
    place = NEWEST if cursor is None else _place(cursor)
    found = await database.read(library.page_of_listens, subject, limit + 1, place)
    page = found[:limit]
    more = len(found) > limit
    return ListensOut(
        items=[ListenOut.of(listen) for listen in page], next_cursor=cursors.write(page[-1].place) if more else None
    )


@router.delete("")
async def delete_listens(
    subject: SubjectDep,
    database: DatabaseDep,
    artifacts: ArtifactsDep,
    before: Annotated[PastMoment | None, Query(description="Forget what was played before this moment.")] = None,
    song_id: Annotated[SongId | None, Query(description="Forget the listens of this song.")] = None,
) -> RemovedOut:
    """Forget listens: before a moment, of a song, or of a song before a moment."""
    if before is None and song_id is None:
        raise of_fields([(["query", "before"], "name what to forget: before, song_id or both", Code.MISSING)])
    before_ms = None if before is None else int(before.timestamp() * 1000)
    song_ids = None if song_id is None else spellings(artifacts.songs, song_id)
    removed = await database.write(library.remove_listens, subject, before_ms=before_ms, song_ids=song_ids)
    return RemovedOut(removed=removed)


def _listen(item: ListenIn, artifacts: ArtifactSet) -> NewListen:
    artist, track = _names(item, artifacts)
    return NewListen(
        id=item.id,
        started_ms=round(item.started_at.timestamp() * 1000),
        artist=artist,
        track=track,
        song_id=item.song_id or canonical(artist, track),
        in_catalog=False,
        played_ms=item.played_ms,
        skipped=item.ended == "skipped",
        source=item.source,
    )


def _names(item: ListenIn, artifacts: ArtifactSet) -> tuple[str, str]:
    """Artist and track; of a song_id those of the catalog, for an artist may contain " - "."""
    if item.song_id is None:
        return item.artist or "", item.track or ""
    row = artifacts.songs.row(item.song_id)
    if row is not None:
        song = artifacts.songs.song(row)
        return song.artist, song.track
    artist, _, track = item.song_id.partition(" - ")
    return artist, track


def _place(cursor: str) -> Place:
    started_ms, listen_id = cast("tuple[int, str]", cursors.read(cursor, int, str, least=cursors.SMALLEST))
    return Place(started_ms, listen_id)
