"""What to listen to: after onboarding, on the home page, after this song."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from artifact_set import ArtifactSet
from catalog.table import SongTable
from errors import Code
from serving.http import response_cache
from serving.http.problems import Problem, documented, of_fields
from serving.http.response_cache import FromArtifacts
from serving.library import queries as library
from serving.library.seeds import BadSeeds, Resolution, Wanted, resolve_seeds
from serving.ranking import diversity
from serving.ranking.recommender import Ranking
from serving.ranking.shelves import Page, build_shelves
from serving.routes import presenters
from serving.routes.dependencies import (
    DatabaseDep,
    ExecutorDep,
    LimitQuery,
    LoadedDep,
    MetricsDep,
    SettingsDep,
    SongIdQuery,
    SubjectDep,
    known_row,
)
from serving.routes.schemas.fields import SongId
from serving.routes.schemas.onboarding import ColdStartIn, ColdStartOut, ResolvedSeedOut
from serving.routes.schemas.shelves import ShelfOut, ShelvesOut
from serving.routes.schemas.songs import SimilarOut
from serving.runtime.live_artifacts import LoadedArtifacts

router = APIRouter(prefix="/recommendations", tags=["recommendations"])


@router.post("/cold-start", responses=documented(401, 409, 503))
async def cold_start(
    body: ColdStartIn,
    subject: SubjectDep,
    loaded: LoadedDep,
    database: DatabaseDep,
    executor: ExecutorDep,
    settings: SettingsDep,
    metrics: MetricsDep,
    limit: LimitQuery = 20,
) -> ColdStartOut:
    """Keep 3 to 5 songs a new listener likes, and answer what else there is for such a taste.

    The same seeds again, in any order, give the same answer; others are refused until `DELETE /me/seeds`.
    """
    songs = loaded.artifacts.songs
    resolution = _resolve(body, loaded.artifacts)
    seeds = [song.song_id for song in songs.songs(resolution.found)]
    kept = await database.write(library.keep_seeds, subject, seeds)
    if set(kept) != set(seeds):
        raise Problem(
            409, Code.SEEDS_FIXED, "Other seeds are kept already: DELETE /me/seeds to start over. Nothing was changed."
        )

    def rank() -> Ranking:
        near = loaded.recommender.recommend(resolution.found, [], settings.liked_weight, limit * diversity.CHOICE)
        return diversity.tidy(near, songs, limit, resolution.found)

    ranking = await executor.scan(loaded.artifacts.vectors.size, rank)
    metrics.recommended("cold-start", fell_back=ranking.fell_back)
    return _cold_start_out(body, resolution, songs, ranking)


@router.get("/categories", response_model=ShelvesOut, responses=documented(401, 503))
async def categories(
    subject: SubjectDep,
    loaded: LoadedDep,
    database: DatabaseDep,
    executor: ExecutorDep,
    settings: SettingsDep,
    metrics: MetricsDep,
    limit: LimitQuery = 20,
) -> Response:
    """The "For you" page. No song stands on it twice, and none that is a seed or a like."""
    taste = await database.read(library.get_taste, subject)
    key = (taste.digest(), limit)
    body = loaded.pages.get(key)
    metrics.cache("pages", hit=body is not None)
    if body is None:
        body = await executor.page(lambda: _page(loaded, taste, settings.liked_weight, limit))
        loaded.pages[key] = body
    return Response(body, media_type="application/json")


@router.get("/similar", response_model=SimilarOut, responses={**response_cache.DOCUMENTED, **documented(404)})
async def similar(
    song_id: SongIdQuery,
    loaded: LoadedDep,
    executor: ExecutorDep,
    metrics: MetricsDep,
    limit: LimitQuery = 20,
    exclude: Annotated[list[SongId], Query(max_length=500, description="song_ids to leave out; repeatable.")] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Songs like a song, nearest first: what to play next."""
    songs = loaded.artifacts.songs
    row = known_row(songs, song_id)
    left_out = set(songs.rows(exclude))

    def rank() -> Ranking:
        near = loaded.recommender.similar(row, limit * diversity.CHOICE, left_out)
        return diversity.tidy(near, songs, limit, [row, *left_out], about=row)

    ranking = await executor.scan(loaded.artifacts.vectors.size, rank)
    metrics.recommended("similar", fell_back=ranking.fell_back)
    return FromArtifacts(SimilarOut(song=presenters.song(songs.song(row)), items=presenters.scored(songs, ranking)))


def _cold_start_out(body: ColdStartIn, resolution: Resolution, songs: SongTable, ranking: Ranking) -> ColdStartOut:
    pairs = list(zip(body.seeds, resolution.rows, strict=True))
    return ColdStartOut(
        resolved=[
            ResolvedSeedOut(input=sent, song=presenters.song(songs.song(row))) for sent, row in pairs if row is not None
        ],
        unresolved=[sent for sent, row in pairs if row is None],
        items=presenters.scored(songs, ranking),
    )


def _page(loaded: LoadedArtifacts, taste: library.Taste, liked_weight: float, limit: int) -> bytes:
    songs = loaded.artifacts.songs
    seeds, likes = songs.rows(taste.seeds), songs.rows(taste.likes)
    page = Page(songs, loaded.recommender, seeds=seeds, likes=likes, liked_weight=liked_weight, k=limit)
    shelves = [
        ShelfOut(id=shelf.id, title=shelf.title, reason=shelf.reason, items=presenters.scored(songs, shelf.ranking))
        for shelf in build_shelves(page)
    ]
    return ShelvesOut(shelves=shelves).model_dump_json().encode()


def _resolve(body: ColdStartIn, artifacts: ArtifactSet) -> Resolution:
    wanted: list[Wanted] = [sent if isinstance(sent, str) else (sent.artist, sent.track) for sent in body.seeds]
    try:
        return resolve_seeds(artifacts, wanted)
    except BadSeeds as exc:
        raise of_fields([(["body", "seeds", place], str(exc), exc.code) for place in exc.places], str(exc)) from exc
