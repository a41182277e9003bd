"""Not for me: songs and artists that are never recommended, and still found by a search."""

from typing import Annotated, cast

from fastapi import Query

from errors import Code
from serving.http.problem_schema import documented
from serving.http.problems import of_fields
from serving.library import hidden as library
from serving.library.artists import artist_row
from serving.library.hidden import Hidden, Kind
from serving.routes import cursors, presenters
from serving.routes.cursors import CursorQuery
from serving.routes.dependencies import (
    ArtifactsDep,
    DatabaseDep,
    ExecutorDep,
    LimitQuery,
    SubjectDep,
    known_artist,
    known_row,
    spellings,
)
from serving.routes.router import api_router
from serving.routes.schemas.fields import Name, SongId
from serving.routes.schemas.hidden import HiddenListOut, HiddenOut, HideIn

router = api_router("/me/hidden", "hidden", also=(401, 503))


@router.get("")
async def get_hidden(
    subject: SubjectDep, database: DatabaseDep, limit: LimitQuery = 20, cursor: CursorQuery = None
) -> HiddenListOut:
    """What is hidden at the moment, the last one first."""
    before = library.NEWEST if cursor is None else _read(cursor)
    found = await database.read(library.page_of_hidden, subject, before, limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return HiddenListOut(
        items=[presenters.hidden(one) for one in page], next_cursor=cursors.write(page[-1][:3]) if more else None
    )


@router.put("", responses=documented(404))
async def put_hidden(
    body: HideIn, subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep, executor: ExecutorDep
) -> HiddenOut:
    """Hide a song with all its versions, or an artist, from shelves, cold-start and next.

    Again with another `until`: until then.
    """
    kind: Kind = "artist" if body.song_id is None else "song"
    songs = artifacts.songs
    if body.song_id is not None:
        name = songs.song(known_row(songs, body.song_id)).song_id
        names = spellings(songs, name)
    else:
        artist = body.artist or ""
        row = await executor.page(lambda: known_artist(artifacts, artist))
        name = songs.song(row).artist
        names = {name, artist, *songs.spellings_of_artist(row)}
    until_ns = None if body.until is None else int(body.until.timestamp() * 1e6) * 1000
    return presenters.hidden(await database.write(library.hide, subject, kind, name, until_ns, names))


@router.delete("", status_code=204)
async def delete_hidden(
    subject: SubjectDep,
    database: DatabaseDep,
    artifacts: ArtifactsDep,
    executor: ExecutorDep,
    song_id: Annotated[SongId | None, Query(description="Either a song")] = None,
    artist: Annotated[Name | None, Query(description="or an artist.", examples=["Coldplay"])] = None,
) -> None:
    """Show a song or an artist again; also where it was not hidden."""
    if song_id is not None and artist is None:
        await database.write(library.unhide, subject, "song", spellings(artifacts.songs, song_id))
    elif artist is not None and song_id is None:
        row = await executor.page(lambda: artist_row(artifacts, artist))
        names = set() if row is None else artifacts.songs.spellings_of_artist(row)  # any may be stored
        await database.write(library.unhide, subject, "artist", {artist, *names})
    else:
        code = Code.MISSING if song_id is None else Code.NOT_A_CHOICE
        raise of_fields([(["query", "song_id"], "expected either song_id or artist", code)])


def _read(cursor: str) -> Hidden:
    hidden_ns, kind, name = cast("tuple[int, Kind, str]", cursors.read(cursor, int, str, str))
    return Hidden(hidden_ns, kind, name)
