"""The catalog: what can be recommended, and finding it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import StringConstraints

from serving.http import response_cache
from serving.http.problems import documented
from serving.http.response_cache import FromArtifacts
from serving.routes import presenters
from serving.routes.dependencies import (
    ArtifactsDep,
    ExecutorDep,
    LimitQuery,
    LoadedDep,
    OffsetQuery,
    SongIdQuery,
    known_row,
)
from serving.routes.schemas.fields import Storable
from serving.routes.schemas.songs import FoundSongsOut, SongOut, SongsOut

router = APIRouter(prefix="/catalog", tags=["catalog"])

_Typed = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Storable,
    Query(description="What was typed so far.", examples=["radioh"]),
]


@router.get("/search", response_model=FoundSongsOut, responses=response_cache.DOCUMENTED)
async def search(
    q: _Typed, artifacts: ArtifactsDep, executor: ExecutorDep, limit: LimitQuery = 20, offset: OffsetQuery = 0
) -> Response:
    """Songs of this catalog by what a person types: accents, case, word order and a typo are forgiven."""
    page = await executor.scan(artifacts.vectors.size, lambda: artifacts.search.search(q, limit, offset))
    items = presenters.songs(artifacts.songs, page.rows)
    return FromArtifacts(FoundSongsOut(items=items, total=page.total, total_is_exact=page.total_is_exact))


@router.get("/songs", response_model=SongOut, responses={**response_cache.DOCUMENTED, **documented(404)})
async def get_song(song_id: SongIdQuery, artifacts: ArtifactsDep) -> Response:
    """One song."""
    songs = artifacts.songs
    return FromArtifacts(presenters.song(songs.song(known_row(songs, song_id))))


@router.get("/popular", response_model=SongsOut, responses=response_cache.DOCUMENTED)
async def popular(loaded: LoadedDep, limit: LimitQuery = 20) -> Response:
    """The most listened songs, most listened first."""
    ranking = loaded.recommender.popular(limit)
    return FromArtifacts(SongsOut(items=presenters.songs(loaded.artifacts.songs, ranking.rows)))
