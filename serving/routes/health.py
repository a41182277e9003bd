"""Alive, ready, and what an app must know."""

import db
from errors import Code
from serving import __version__
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.routes.dependencies import DatabaseDep, LiveArtifactsDep, LoadedDep, SettingsDep
from serving.routes.router import api_router
from serving.routes.schemas.health import ConfigOut, HealthOut, LimitsOut, VersionsOut

router = api_router(tag="health")


@router.get("/health")
async def health(loaded: LoadedDep) -> HealthOut:
    """The process answers; asks nothing else of anybody."""
    return HealthOut(version=__version__, artifacts=loaded.version)


@router.get("/health/ready", responses=documented(503))
async def ready(loaded: LoadedDep, artifacts: LiveArtifactsDep, database: DatabaseDep) -> HealthOut:
    """Artifacts are open and watched, and the database answers: requests may come."""
    if not artifacts.are_watched:
        raise Problem(503, Code.BUSY, "artifacts/current is no longer watched: restart the server.")
    await database.read(db.ping)
    return HealthOut(version=__version__, artifacts=loaded.version)


@router.get("/config")
async def get_config(loaded: LoadedDep, settings: SettingsDep) -> ConfigOut:
    """What an app must know of this server before anybody has logged in."""
    return ConfigOut(
        name=settings.instance_name,
        signup=settings.signup,
        previews=bool(settings.metadata_providers),
        versions=VersionsOut(api=__version__, artifacts=loaded.version),
        limits=LimitsOut(),
    )
