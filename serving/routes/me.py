"""The listener's own seeds and likes."""

import base64
import json
from typing import Annotated

from fastapi import APIRouter, Query, Response

from catalog.table import SongTable
from errors import Code
from serving.accounts import credentials
from serving.http.problems import documented, of_fields
from serving.library import queries as library
from serving.routes import presenters
from serving.routes.dependencies import ArtifactsDep, DatabaseDep, LimitQuery, SongIdQuery, SubjectDep, known_row
from serving.routes.schemas.likes import LikeIn, LikesOut
from serving.routes.schemas.onboarding import SeedsOut
from serving.routes.schemas.songs import SongOut

router = APIRouter(prefix="/me", responses=documented(401, 503))


@router.get("/seeds", tags=["onboarding"])
async def get_seeds(subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep) -> SeedsOut:
    """The songs chosen at the start; those that left the catalog are not shown."""
    seeds = await database.read(library.get_seeds, subject)
    rows = artifacts.songs.rows(seeds or [])
    return SeedsOut(onboarded=seeds is not None, seeds=presenters.songs(artifacts.songs, rows))


@router.delete("/seeds", status_code=204, tags=["onboarding"])
async def delete_seeds(subject: SubjectDep, database: DatabaseDep) -> None:
    """Start over: other seeds may be sent to cold-start afterwards."""
    await database.write(library.clear_seeds, subject)


@router.get("/likes", tags=["likes"])
async def get_likes(
    subject: SubjectDep,
    database: DatabaseDep,
    artifacts: ArtifactsDep,
    limit: LimitQuery = 20,
    cursor: Annotated[
        str | None,
        Query(max_length=40_000, pattern="^[A-Za-z0-9_=-]*$", description="`next_cursor` of the page before."),
    ] = None,
) -> LikesOut:
    """Liked songs, newest first; those that left the catalog are not shown."""
    place = library.NEWEST if cursor is None else _read_cursor(cursor)
    items: list[SongOut] = []
    more = True
    while more and len(items) < limit:  # once, unless songs have left the catalog
        wanted = limit - len(items)
        found = await database.read(library.page_of_likes, subject, place, wanted + 1)
        more = len(found) > wanted
        page = found[:wanted]
        items += _shown(artifacts.songs, page)
        place = page[-1] if page else place
    return LikesOut(items=items, next_cursor=_write_cursor(place) if more else None)


@router.post("/likes", status_code=201, tags=["likes"], responses={200: {"model": SongOut}, **documented(404)})
async def post_like(
    body: LikeIn, subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep, response: Response
) -> SongOut:
    """Like a song: 201, and 200 where it was liked before."""
    row = known_row(artifacts.songs, body.song_id)
    new = await database.write(library.like, subject, body.song_id)
    response.status_code = 201 if new else 200
    return presenters.song(artifacts.songs.song(row))


@router.delete("/likes", status_code=204, tags=["likes"])
async def delete_like(song_id: SongIdQuery, subject: SubjectDep, database: DatabaseDep) -> None:
    """Take a like back; also where there is none."""
    await database.write(library.unlike, subject, song_id)


def _shown(songs: SongTable, page: list[library.Like]) -> list[SongOut]:
    return presenters.songs(songs, songs.rows(like.song_id for like in page))


def _write_cursor(like: library.Like) -> str:
    return base64.urlsafe_b64encode(json.dumps(like).encode()).decode("ascii")


def _read_cursor(cursor: str) -> library.Like:
    try:
        liked_ns, song_id = json.loads(base64.b64decode(cursor, b"-_", validate=True))
        if type(liked_ns) is int and 0 <= liked_ns < 2**63 and isinstance(song_id, str):
            return library.Like(liked_ns, credentials.storable(song_id))
    except (ValueError, TypeError, RecursionError):
        pass  # the same answer as for a cursor of the wrong shape
    msg = "is not a next_cursor of this list"
    raise of_fields([(["query", "cursor"], msg, Code.BAD_CURSOR)])
