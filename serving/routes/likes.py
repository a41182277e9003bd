"""Liked songs."""

import hashlib
from typing import Annotated, cast

from fastapi import Query, Request, Response
from pydantic import StringConstraints

from serving.http import etags
from serving.http.problem_schema import documented
from serving.library import liked
from serving.library import likes as library
from serving.library.liked import Key, LikedSong, Sort
from serving.library.likes import EVERY, Like
from serving.library.queries import get_taste
from serving.routes import cursors, presenters
from serving.routes.cursors import CursorQuery
from serving.routes.dependencies import (
    ArtifactsDep,
    DatabaseDep,
    ExecutorDep,
    LoadedDep,
    SongIdQuery,
    SubjectDep,
    known_row,
    spellings,
)
from serving.routes.router import api_router
from serving.routes.schemas.fields import Storable
from serving.routes.schemas.likes import LikedSongOut, LikeIdsOut, LikeIn, LikesOut, NewLikeOut
from serving.runtime.live_artifacts import LoadedArtifacts

router = api_router("/me/likes", "likes", also=(401, 503))

_MOST = 1000
_FilterQuery = Annotated[
    str,
    StringConstraints(max_length=200),
    Storable,
    Query(description="Only songs with words that begin so.", examples=["radioh"]),
]


@router.get("")
async def get_likes(
    subject: SubjectDep,
    database: DatabaseDep,
    artifacts: ArtifactsDep,
    executor: ExecutorDep,
    q: _FilterQuery = "",
    sort: Annotated[Sort, Query(description="Newest first, or by name.")] = "recent",
    limit: Annotated[int, Query(ge=1, le=_MOST, description="At most so many items.")] = 20,
    cursor: CursorQuery = None,
) -> LikesOut:
    """Liked songs; those that left the catalog are not shown."""
    songs = artifacts.songs
    if sort == "recent":
        before = library.NEWEST if cursor is None else Like(*cast("tuple[int, str]", cursors.read(cursor, int, str)))
        if not q.strip():
            return await _newest(subject, database, artifacts, limit, before)
    else:
        after = ("", "", "") if cursor is None else cast("Key", tuple(cursors.read(cursor, str, str, str)))
    page = await database.read(library.page_of_likes, subject, library.NEWEST, EVERY)
    found = await executor.page(lambda: liked.arranged(liked.known(songs, page.likes), q, sort))
    left = [one for one in found if (one.like < before if sort == "recent" else one.key > after)]
    shown, last = left[:limit], left[limit - 1 : limit]
    place = [*(one.like if sort == "recent" else one.key for one in last)] if len(left) > limit else []
    return LikesOut(
        items=[_item(one) for one in shown],
        total=len(found),
        next_cursor=cursors.write(place[0]) if place else None,
    )


async def _newest(
    subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep, limit: int, place: Like
) -> LikesOut:
    """The page that most ask for, which only reads the likes it shows."""
    items: list[LikedSongOut] = []
    more, total, count = True, 0, limit
    while more and len(items) < limit:  # once, unless songs have left the catalog
        found, total = await database.read(library.page_of_likes, subject, place, count + 1)
        more = len(found) > count
        known = liked.known(artifacts.songs, found[:count])
        shown = known[: limit - len(items)]
        items += [_item(one) for one in shown]
        if len(shown) < len(known):
            place, more = shown[-1].like, True
        elif found:
            place = found[:count][-1]
        count = _MOST  # thousands may have left
    return LikesOut(items=items, total=total, next_cursor=cursors.write(place) if more else None)


@router.get("/ids", response_model=LikeIdsOut, responses=etags.DOCUMENTED)
async def get_like_ids(request: Request, subject: SubjectDep, database: DatabaseDep, loaded: LoadedDep) -> Response:
    """The song_ids of all likes, newest first, to draw hearts in lists that are the same for everybody."""
    taste = await database.read(get_taste, subject)
    digest = hashlib.blake2b((taste.likes_json or "").encode(), digest_size=32).digest()
    key = (digest, 0)
    body = loaded.pages.get(key)
    if body is None:
        body = loaded.pages[key] = _ids(loaded, taste.likes, _revision(digest, loaded))
    return etags.conditional(request, body, f'"{_revision(digest, loaded)}"')


@router.post("", status_code=201, responses={200: {"model": NewLikeOut}, **documented(404)})
async def post_like(
    body: LikeIn, subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep, response: Response
) -> NewLikeOut:
    """Like a song: 201, and 200 where it was liked before. With the `liked_at` of before, an unlike is undone."""
    song = artifacts.songs.song(known_row(artifacts.songs, body.song_id))
    names = spellings(artifacts.songs, song.song_id)
    like, new = await database.write(library.like, subject, song.song_id, body.liked_ns, names)
    response.status_code = 201 if new else 200
    return NewLikeOut(**song._asdict(), liked_at=like.liked_at)


@router.delete("", status_code=204)
async def delete_like(
    song_id: SongIdQuery, subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep
) -> None:
    """Take a like back; also where there is none."""
    await database.write(library.unlike, subject, spellings(artifacts.songs, song_id))


def _item(one: LikedSong) -> LikedSongOut:
    return LikedSongOut(song=presenters.song(one.song), liked_at=one.like.liked_at)


def _revision(digest: bytes, loaded: LoadedArtifacts) -> str:
    return f"{digest[:12].hex()}-{loaded.version}"


def _ids(loaded: LoadedArtifacts, song_ids: list[str], revision: str) -> bytes:
    songs = loaded.artifacts.songs
    ids = [song.song_id for song in songs.songs(songs.rows(song_ids))]
    return LikeIdsOut(ids=ids, revision=revision).model_dump_json().encode()
