"""What a new listener may choose from."""

from typing import Annotated

from fastapi import Query, Response

from serving.http import response_cache
from serving.http.response_cache import FromArtifacts
from serving.ranking.suggestions import suggestions
from serving.routes import presenters
from serving.routes.dependencies import ExecutorDep, LimitQuery, LoadedDep
from serving.routes.router import api_router
from serving.routes.schemas.fields import SongId
from serving.routes.schemas.songs import SongsOut

router = api_router("/onboarding", "onboarding")

_PickedQuery = Annotated[
    list[SongId], Query(max_length=50, description="song_ids that were picked so far; repeatable.")
]


@router.get("/suggestions", response_model=SongsOut, responses=response_cache.DOCUMENTED)
async def get_suggestions(
    loaded: LoadedDep,
    executor: ExecutorDep,
    picked: _PickedQuery = [],  # noqa: B006  FastAPI copies it
    limit: LimitQuery = 20,
) -> Response:
    """Known songs over all tastes, one an artist; with every pick more of them are near to what was picked."""
    songs = loaded.artifacts.songs
    rows = songs.rows(dict.fromkeys(picked))
    # the tour is made once a set
    found = await executor.scan(
        loaded.artifacts.vectors.size, lambda: suggestions(songs, loaded.recommender, rows, limit)
    )
    return FromArtifacts(SongsOut(items=presenters.songs(songs, found)))
