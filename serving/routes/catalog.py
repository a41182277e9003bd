"""The catalog: what can be recommended, and finding it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from serving import answers, caching
from serving.caching import FromArtifacts
from serving.deps import ArtifactsDep, ComputingDep, LimitQuery, OffsetQuery, RecommenderDep, SongRowDep
from serving.problems import documented
from serving.schemas import FoundSongsOut, SongOut, SongsOut, Storable

router = APIRouter(prefix="/catalog", tags=["catalog"])

_Typed = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Storable,
    Query(description="What was typed so far.", examples=["radioh"]),
]


@router.get("/search", dependencies=[FromArtifacts], responses=caching.DOCUMENTED)
async def search(
    q: _Typed, artifacts: ArtifactsDep, computing: ComputingDep, limit: LimitQuery = 20, offset: OffsetQuery = 0
) -> FoundSongsOut:
    """Songs of this catalog by what a person types: accents, case, word order and a typo are forgiven."""
    page = await computing.scan(artifacts.vectors.size, lambda: artifacts.search.search(q, limit, offset))
    items = answers.songs(artifacts.songs, page.rows)
    return FoundSongsOut(items=items, total=page.total, total_is_exact=page.total_is_exact)


@router.get("/songs", dependencies=[FromArtifacts], responses={**caching.DOCUMENTED, **documented(404)})
async def get_song(row: SongRowDep, artifacts: ArtifactsDep) -> SongOut:
    """One song."""
    return answers.song(artifacts.songs.song(row))


@router.get("/popular", dependencies=[FromArtifacts], responses=caching.DOCUMENTED)
async def popular(artifacts: ArtifactsDep, recommender: RecommenderDep, limit: LimitQuery = 20) -> SongsOut:
    """The most listened songs, most listened first."""
    return SongsOut(items=answers.songs(artifacts.songs, recommender.popular(limit).rows))
