"""The operator's page: what serves, what was trained, how much there is. Read-only, for the role admin alone."""

import asyncio
from datetime import UTC, datetime

from artifact_set.configured import store_for_serving
from artifact_set.listing import listed
from errors import Code
from serving import __version__
from serving.accounts import queries as accounts
from serving.http import rate_limits
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.library import overview
from serving.routes.dependencies import DatabaseDep, LoadedDep, SettingsDep, SubjectDep
from serving.routes.router import api_router
from serving.routes.schemas.admin import (
    AdminStatusOut,
    CountsOut,
    LimitsInForceOut,
    ModelOut,
    RecentImportOut,
    SetOut,
)

router = api_router("/admin", "admin", also=(401, 503))

_SETS = 20


@router.get("/status", responses=documented(403))
async def get_status(
    subject: SubjectDep, database: DatabaseDep, loaded: LoadedDep, settings: SettingsDep
) -> AdminStatusOut:
    """How this server is: its model and the sets before it, how much is kept, the last imports, its limits."""
    user = await database.read(accounts.get_user, subject)
    if user.role != "admin":
        raise Problem(403, Code.NOT_ADMIN, "This needs an account with the role admin.")
    sets = await asyncio.to_thread(listed, store_for_serving(settings), _SETS)
    counts = await database.read_many(overview.counts)
    imports = await database.read_many(overview.recent_imports)
    shared = settings.redis_url is not None
    return AdminStatusOut(
        generated_at=datetime.now(UTC),
        version=__version__,
        environment=settings.environment,
        signup=settings.signup,
        database="sqlite" if database.is_sqlite else "postgresql",
        model=ModelOut.of(loaded.artifacts.manifest),
        training_history=[SetOut.of(one) for one in sorted(sets, key=lambda one: one.version, reverse=True)],
        counts=CountsOut.model_validate(counts),
        imports=[RecentImportOut.model_validate(one) for one in imports],
        limits=LimitsInForceOut.of(rate_limits.POLICIES, settings.rate_limits, shared=shared),
    )
