"""The catalog: what can be recommended, and finding it."""

from typing import Annotated, cast

from fastapi import Query, Response
from pydantic import StringConstraints

from serving.http import response_cache
from serving.http.problem_schema import documented
from serving.http.response_cache import FromArtifacts
from serving.routes import cursors, presenters
from serving.routes.cursors import CursorQuery
from serving.routes.dependencies import ArtifactsDep, ExecutorDep, LimitQuery, LoadedDep, OffsetQuery, known_artist
from serving.routes.router import api_router
from serving.routes.schemas.fields import Name, SongId, Storable
from serving.routes.schemas.songs import ArtistOut, FoundSongsOut, KnownSongsOut, SongsOut

MOST_SONGS = 100  # that are looked up at once

router = api_router("/catalog", "catalog")

_Typed = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Storable,
    Query(description="What was typed so far.", examples=["radioh"]),
]
_SongIdsQuery = Annotated[list[SongId], Query(min_length=1, max_length=MOST_SONGS, description="song_ids; repeatable.")]
_ArtistQuery = Annotated[Name, Query(description="The artist's name, in any spelling.", examples=["Radiohead"])]


@router.get("/search", response_model=FoundSongsOut, responses=response_cache.DOCUMENTED)
async def search(
    q: _Typed, artifacts: ArtifactsDep, executor: ExecutorDep, limit: LimitQuery = 20, offset: OffsetQuery = 0
) -> Response:
    """Songs of this catalog by what a person types: accents, case, word order and a typo are forgiven."""
    page = await executor.scan(artifacts.vectors.size, lambda: artifacts.search.search(q, limit, offset))
    artists = [] if offset else presenters.found_artists(artifacts, q, page.rows)
    items = presenters.found_songs(artifacts.songs, q, page.rows)
    return FromArtifacts(
        FoundSongsOut(items=items, artists=artists, total=page.total, total_is_exact=page.total_is_exact)
    )


@router.get("/songs", response_model=KnownSongsOut, responses=response_cache.DOCUMENTED)
async def get_songs(song_id: _SongIdsQuery, artifacts: ArtifactsDep) -> Response:
    """Songs by their song_ids, in the order asked, and which of them the catalog does not have."""
    found = {key: artifacts.songs.row(key) for key in song_id}
    rows = [row for row in found.values() if row is not None]
    unknown = [key for key, row in found.items() if row is None]
    return FromArtifacts(KnownSongsOut(items=presenters.songs(artifacts.songs, rows), unknown=unknown))


@router.get("/artist", response_model=ArtistOut, responses={**response_cache.DOCUMENTED, **documented(404)})
async def get_artist(
    name: _ArtistQuery,
    artifacts: ArtifactsDep,
    executor: ExecutorDep,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
) -> Response:
    """One artist's songs, most listened first."""
    row = await executor.page(lambda: known_artist(artifacts, name))
    rows = artifacts.songs.rows_by_artist_of(row).tolist()
    (offset,) = [0] if cursor is None else cast("list[int]", cursors.read(cursor, int))
    page, end = rows[offset : offset + limit], offset + limit
    return FromArtifacts(
        ArtistOut(
            artist=artifacts.songs.song(row).artist,
            items=presenters.songs(artifacts.songs, page),
            total=len(rows),
            next_cursor=cursors.write([end]) if end < len(rows) else None,
        )
    )


@router.get("/popular", response_model=SongsOut, responses=response_cache.DOCUMENTED)
async def popular(loaded: LoadedDep, limit: LimitQuery = 20) -> Response:
    """The most listened songs, most listened first."""
    ranking = loaded.recommender.popular(limit)
    return FromArtifacts(SongsOut(items=presenters.songs(loaded.artifacts.songs, ranking.rows)))
