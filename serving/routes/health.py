"""Alive, and ready."""

from fastapi import APIRouter

import db
from serving import __version__
from serving.deps import ArtifactsDep, DatabaseDep
from serving.problems import documented
from serving.schemas import HealthOut

router = APIRouter(prefix="/health", tags=["health"])


@router.get("")
async def health(artifacts: ArtifactsDep) -> HealthOut:
    """The process answers; asks nothing else of anybody."""
    return HealthOut(version=__version__, artifacts=artifacts.version)


@router.get("/ready", responses=documented(503))
async def ready(artifacts: ArtifactsDep, database: DatabaseDep) -> HealthOut:
    """Artifacts are open and the database answers: requests may come."""
    await database.run(db.ping)
    return HealthOut(version=__version__, artifacts=artifacts.version)
