"""The songs that a listener begins with."""

from artifact_set import ArtifactSet
from serving.accounts import queries as accounts
from serving.http.problems import of_fields
from serving.library import queries as library
from serving.library.seeds import BadSeeds, Resolution, Wanted, resolve_seeds
from serving.routes import presenters
from serving.routes.dependencies import ArtifactsDep, DatabaseDep, ExecutorDep, SubjectDep
from serving.routes.router import api_router
from serving.routes.schemas.onboarding import ColdStartIn, NewSeedsOut, SeedIn, SeedsOut

router = api_router("/me", also=(401, 503))


@router.get("/seeds", tags=["onboarding"])
async def get_seeds(subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep) -> SeedsOut:
    """The songs chosen at the start; those that left the catalog are not shown."""
    seeds = await database.read(library.get_seeds, subject)
    onboarded = seeds is not None or (await database.read(accounts.get_user, subject)).onboarded
    rows = artifacts.songs.rows(seeds or [])
    return SeedsOut(onboarded=onboarded, seeds=presenters.songs(artifacts.songs, rows))


@router.put("/seeds", tags=["onboarding"])
async def put_seeds(
    body: ColdStartIn, subject: SubjectDep, database: DatabaseDep, artifacts: ArtifactsDep, executor: ExecutorDep
) -> NewSeedsOut:
    """Replace the seeds at once, or choose the first."""
    resolution = await executor.page(lambda: resolved(body.seeds, artifacts))
    songs = artifacts.songs.songs(resolution.found)
    await database.write(library.replace_seeds, subject, [song.song_id for song in songs])
    unresolved = [sent for sent, row in zip(body.seeds, resolution.rows, strict=True) if row is None]
    return NewSeedsOut(onboarded=True, seeds=[presenters.song(song) for song in songs], unresolved=unresolved)


@router.delete("/seeds", status_code=204, tags=["onboarding"])
async def delete_seeds(subject: SubjectDep, database: DatabaseDep) -> None:
    """Start over: other seeds may be sent to cold-start afterwards."""
    await database.write(library.clear_seeds, subject)


def resolved(sent: list[str | SeedIn], artifacts: ArtifactSet) -> Resolution:
    """The songs that are meant. Raises a 422 problem where two are one song or fewer than 3 are found."""
    wanted: list[Wanted] = [one if isinstance(one, str) else (one.artist, one.track) for one in sent]
    try:
        return resolve_seeds(artifacts, wanted)
    except BadSeeds as exc:
        raise of_fields([(["body", "seeds", place], str(exc), exc.code) for place in exc.places], str(exc)) from exc
