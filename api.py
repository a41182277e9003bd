"""The door: `uvicorn api:app`. `create_app` builds an app; nothing happens at import."""

import asyncio
import gc
import json
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.types import Lifespan

from artifact_set import ArtifactError, Verification
from artifact_set.configured import store_for_serving
from covers import open_covers
from errors import StartError
from serving import __version__
from serving.http import docs_page, logs, openapi, problems, tracing, web_app
from serving.http.access import Access
from serving.http.cors import NamedOrigins
from serving.http.head import HeadAsGet
from serving.http.metrics import Metrics
from serving.http.metrics_server import answering
from serving.http.pacing import Pacing
from serving.http.rate_limits import RateLimits
from serving.http.request_limits import BodyLimit, Deadline
from serving.http.response_cache import CachedResponses
from serving.http.startup import OneLineStart
from serving.routes import (
    account,
    admin,
    auth,
    catalog,
    health,
    hidden,
    imports,
    likes,
    listenbrainz,
    listens,
    metadata,
    onboarding,
    queue,
    recommendations,
    seeds,
    tokens,
)
from serving.runtime.live_artifacts import LiveArtifacts
from serving.runtime.services import open_services
from settings import Settings

_PUBLISH_EVERY = 1.0  # seconds
_CANNOT_START = 3  # what uvicorn itself exits with, and what tells gunicorn not to try again

logger = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> FastAPI:
    """An app that opens its artifacts and database when it starts. Raises InvalidSettings."""
    settings = settings or Settings.load()
    app = FastAPI(
        title="Spotify Redux",
        summary="A self-hosted music recommender.",
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        lifespan=_lifespan(settings),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_tags=openapi.TAGS,
    )
    app.state.metrics = Metrics()
    app.state.rate_limits = RateLimits(settings)
    # the most asked first; flat, see serving/routes/router.py
    for routes in (
        *(account, likes, recommendations, catalog, queue, listens),
        *(onboarding, metadata, hidden, seeds, auth, health, admin),
        *(imports, tokens, listenbrainz),
    ):
        app.router.routes.extend(routes.router.routes)
    docs_page.install(app)
    web_app.install(app)
    openapi.install(app)
    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """The last one added is the first to see a request."""
    app.add_middleware(Deadline)
    app.add_middleware(Pacing)
    app.add_middleware(CachedResponses)
    app.add_middleware(BodyLimit)
    problems.install(app)
    if settings.allowed_origins:
        app.add_middleware(
            NamedOrigins,
            allow_origins=settings.allowed_origins,
            allow_credentials="*" not in settings.allowed_origins,  # the refresh token's cookie
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Request-ID"],
            expose_headers=[
                "ETag",
                "X-Request-ID",
                "X-Artifact-Version",
                "Retry-After",
                "RateLimit",
                "RateLimit-Policy",
            ],
            max_age=600,
        )
    app.add_middleware(Access, metrics=app.state.metrics)
    app.add_middleware(HeadAsGet)
    app.add_middleware(CorrelationIdMiddleware)
    tracing.install(app, settings)
    app.add_middleware(OneLineStart)


def _lifespan(settings: Settings) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        metrics: Metrics = app.state.metrics
        async with AsyncExitStack() as stack:
            services = stack.enter_context(open_services(settings, metrics, getattr(app.state, "opened", None)))
            app.state.services = services
            app.state.covers = await stack.enter_async_context(open_covers(settings, services.database))
            stack.callback(tracing.close, app)
            stack.push_async_callback(app.state.rate_limits.close)
            metrics.serves(services.artifacts.now.version)
            services.artifacts.start_watching()
            stack.callback(services.artifacts.stop_watching)
            stack.callback(asyncio.create_task(_publish(metrics)).cancel)
            stack.push_async_callback(_ended, asyncio.create_task(services.importing.watch()))
            # what is here now stays: looking through all of it again and again would hold up requests
            gc.collect()
            gc.freeze()
            stack.enter_context(answering(metrics.listen(settings.metrics_address), metrics.of_all_workers()))
            yield

    return lifespan


async def _publish(metrics: Metrics) -> None:
    """Once a second the other workers are told what was counted here."""
    while True:
        metrics.publish()
        await asyncio.sleep(_PUBLISH_EVERY)


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task, and wait until it has put away what it holds."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def __getattr__(name: str) -> FastAPI:
    """`api:app`, built when a server asks for it (PEP 562)."""
    if name != "app":
        raise AttributeError(name)
    try:
        settings = Settings.load()
    except StartError as exc:
        raise _cannot_start(exc) from None
    logs.configure(settings)
    return create_app(settings)


def open_ahead(app: FastAPI, verification: Verification | None = None) -> None:
    """Open all that an app needs, in the process that workers are forked from, and leave them the artifact set.

    Where that fails, exit with one line that says the cure: once, and not once a worker.
    """
    try:
        settings = Settings.load()
        with open_services(settings, app.state.metrics, verification) as services:
            app.state.opened = services.artifacts.now
    except (ArtifactError, StartError) as exc:
        raise _cannot_start(exc) from None


def open_newer(app: FastAPI) -> None:
    """Leave workers forked from now on the set that `current` names now, where that is another and sound.

    Else they begin with what was, and say themselves what is wrong.
    """
    try:
        store = store_for_serving(Settings.load())
        if store.current() != app.state.opened.version:
            app.state.opened = LiveArtifacts(store).now
    except Exception as exc:  # whatever a set raises, this process must not end
        logger.warning("workers begin with artifact set %s: %s", app.state.opened.version, exc)


def _cannot_start(exc: Exception) -> SystemExit:
    sys.stderr.write(f"{exc}\n")
    return SystemExit(_CANNOT_START)


if __name__ == "__main__":  # make openapi
    sys.stdout.write(json.dumps(create_app(Settings(_env_file=None)).openapi(), indent=2, ensure_ascii=False) + "\n")
