"""What to listen to: after onboarding, on the home page, after this song."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Query, Request, Response
from pydantic import StringConstraints

from db import Database
from errors import Code
from serving.accounts.tokens import TokenSubject
from serving.http import etags, response_cache
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.http.response_cache import FromArtifacts
from serving.library import listens
from serving.library import queries as library
from serving.library.heard import heard_in
from serving.library.hidden import hidden_rows
from serving.library.listen_records import SongHeard
from serving.library.seeds import FEWEST
from serving.ranking import diversity
from serving.ranking.page import Page
from serving.ranking.recommender import Ranking
from serving.ranking.shelves import build_shelves, whole_shelf
from serving.ranking.up_next import UpNext, up_next
from serving.routes import cursors, presenters
from serving.routes.cursors import CursorQuery
from serving.routes.dependencies import (
    DatabaseDep,
    ExecutorDep,
    LimitQuery,
    LoadedDep,
    MaybeSubjectDep,
    MetricsDep,
    SettingsDep,
    SongIdQuery,
    SubjectDep,
    known_row,
)
from serving.routes.router import api_router
from serving.routes.schemas.fields import SongId, Storable
from serving.routes.schemas.onboarding import ColdStartIn, ColdStartOut
from serving.routes.schemas.shelves import NextIn, NextOut, ShelfOut, ShelvesOut
from serving.routes.schemas.songs import SimilarOut
from serving.routes.seeds import resolved
from serving.runtime.live_artifacts import LoadedArtifacts
from settings import Settings

router = api_router("/recommendations", "recommendations")

_MOST_ON_A_SHELF = 100
_BEHIND = 200  # songs that a shelf can be continued by
_ShelfIdQuery = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2100),
    Storable,
    Query(description="As the page says it.", examples=["popular"]),
]


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
    resolution = await executor.page(lambda: resolved(body.seeds, loaded.artifacts))
    seeds = [song.song_id for song in songs.songs(resolution.found)]
    kept = await database.write(library.keep_seeds, subject, seeds)
    if len(songs.rows(kept)) < FEWEST and await database.write(library.replace_seeds, subject, seeds, kept):
        kept = seeds  # so many of those before have left the catalog that they are no profile
    if set(songs.rows(kept)) != set(resolution.found):  # in whatever spelling they were kept
        raise Problem(
            409, Code.SEEDS_FIXED, "Other seeds are kept already: DELETE /me/seeds to start over. Nothing was changed."
        )

    taste = await database.read(library.get_taste, subject)

    def rank() -> Ranking:
        left_out = {*resolution.found, *hidden_rows(loaded.artifacts, taste.hidden)}
        choice = limit * diversity.CHOICE
        near = loaded.recommender.recommend(resolution.found, [], settings.liked_weight, choice, left_out)
        return diversity.tidy(near, songs, limit, left_out)

    ranking = await executor.scan(loaded.artifacts.vectors.size, rank)
    metrics.recommended("cold-start", fell_back=ranking.fell_back)
    return presenters.cold_start(body, resolution.rows, songs, ranking)


@router.get("/categories", response_model=ShelvesOut, responses={**etags.DOCUMENTED, **documented(401, 503)})
async def categories(
    request: Request,
    subject: SubjectDep,
    loaded: LoadedDep,
    database: DatabaseDep,
    executor: ExecutorDep,
    settings: SettingsDep,
    metrics: MetricsDep,
    limit: LimitQuery = 20,
) -> Response:
    """The "For you" page. No song stands on it twice, and none that is a seed, a like or hidden."""
    taste = await database.read(library.get_taste, subject)
    now = listens.now_ms()
    # listens lose weight day by day, and the week's songs change on Mondays
    day = now // listens.DAY_MS if taste.listens_version else 0
    digest = taste.digest(subject.user_id)
    key = (digest, limit, day)
    body = loaded.pages.get(key)
    metrics.cache("pages", hit=body is not None)
    if body is None:
        played = await _played(database, subject, taste, now, settings)
        body = await executor.page(lambda: _page(loaded, taste, played, now, settings, limit))
        loaded.pages[key] = body
    return etags.conditional(request, body, f'"{digest[:12].hex()}-{limit}-{day}-{loaded.version}"')


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


@router.post("/next", responses=documented(401, 404, 503), openapi_extra={"security": [{}]})
async def next_songs(
    body: NextIn,
    subject: MaybeSubjectDep,
    loaded: LoadedDep,
    database: DatabaseDep,
    executor: ExecutorDep,
    metrics: MetricsDep,
) -> NextOut:
    """What follows a queue. With a token, nothing that is hidden.

    Songs the catalog does not have are passed over; 404 where it has none of `recent`.
    """
    songs = loaded.artifacts.songs
    recent = [row for row in songs.row_of_each(body.recent) if row is not None]
    if not recent:
        raise Problem(404, Code.SONG_UNKNOWN, f"The catalog has none of the {len(body.recent)} songs in recent.")
    hidden = [] if subject is None else (await database.read(library.get_taste, subject)).hidden

    def rank() -> UpNext:
        taken = {*songs.rows(body.exclude), *hidden_rows(loaded.artifacts, hidden)}
        return up_next(songs, loaded.recommender, recent, body.limit, taken)

    following = await executor.scan(loaded.artifacts.vectors.size, rank)
    metrics.recommended("next", fell_back=following.ranking.fell_back)
    return presenters.following(songs, following)


@router.get("/shelf", response_model=ShelfOut, responses=documented(401, 404, 503))
async def get_shelf(
    id: _ShelfIdQuery,  # noqa: A002  what the page calls it
    subject: SubjectDep,
    loaded: LoadedDep,
    database: DatabaseDep,
    executor: ExecutorDep,
    settings: SettingsDep,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
) -> ShelfOut:
    """One shelf of the page, and with its `next_cursor` the songs behind it; up to 200."""
    size, offset = (limit, 0) if cursor is None else cast("list[int]", cursors.read(cursor, int, int))
    if not 0 < size <= _MOST_ON_A_SHELF:
        raise cursors.refused()
    taste = await database.read(library.get_taste, subject)
    now = listens.now_ms()
    played = await _played(database, subject, taste, now, settings)
    shelf = await executor.page(lambda: whole_shelf(_page_of(loaded, taste, played, now, settings, size), id, _BEHIND))
    if shelf is None:
        raise Problem(404, Code.SHELF_UNKNOWN, f"The page has no shelf {id!r} now: GET /recommendations/categories.")
    shown = range(len(shelf.ranking.rows))[offset : offset + size]
    more = offset + size < len(shelf.ranking.rows)
    place = cursors.write([size, offset + size]) if more else None
    return presenters.shelf(loaded.artifacts.songs, replace(shelf, ranking=shelf.ranking.at(shown)), place)


def _page(
    loaded: LoadedArtifacts,
    taste: library.Taste,
    played: Sequence[SongHeard],
    now: int,
    settings: Settings,
    limit: int,
) -> bytes:
    songs = loaded.artifacts.songs
    page = _page_of(loaded, taste, played, now, settings, limit)
    shelves = [presenters.shelf(songs, shelf, _cursor(limit, limit, shelf.ranking)) for shelf in build_shelves(page)]
    return ShelvesOut(shelves=shelves, generated_at=datetime.now(UTC)).model_dump_json().encode()


def _page_of(
    loaded: LoadedArtifacts,
    taste: library.Taste,
    played: Sequence[SongHeard],
    now: int,
    settings: Settings,
    limit: int,
) -> Page:
    songs, hidden = loaded.artifacts.songs, hidden_rows(loaded.artifacts, taste.hidden)
    seeds, likes = ([row for row in songs.rows(ids) if row not in hidden] for ids in (taste.seeds, taste.likes))
    heard = heard_in(songs, played, now, settings, hidden)
    return Page(songs, loaded.recommender, seeds, likes, settings.liked_weight, limit, taken=hidden, heard=heard)


async def _played(
    database: Database, subject: TokenSubject, taste: library.Taste, now: int, settings: Settings
) -> list[SongHeard]:
    """What was played, added up; in a thread, for it may be a hundred thousand rows."""
    if not taste.listens_version:
        return []
    half_life = settings.listened_half_life_days
    return await database.read_many(listens.songs_heard, subject.user_id, now, listens.week_began(now), half_life)


def _cursor(limit: int, offset: int, shown: Ranking) -> str | None:
    """Where a shelf goes on, None where it ended before it was full."""
    return cursors.write([limit, offset]) if len(shown.rows) == limit else None
