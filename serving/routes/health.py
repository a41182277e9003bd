"""Alive, ready, and how it goes."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

import db
from serving import __version__
from serving.http import metrics
from serving.http.problems import documented
from serving.quick import QuickRoute
from serving.routes.dependencies import ContextDep
from serving.routes.schemas import HealthOut

router = APIRouter(tags=["health"], route_class=QuickRoute)


@router.get("/health")
async def health(context: ContextDep) -> HealthOut:
    """The process answers; asks nothing else of anybody."""
    return HealthOut(version=__version__, artifacts=context.served.version)


@router.get("/health/ready", responses=documented(503))
async def ready(context: ContextDep) -> HealthOut:
    """Artifacts are open and the database answers: requests may come."""
    await context.database.run(db.ping)
    return HealthOut(version=__version__, artifacts=context.served.version)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"example": "redux_http_requests_in_flight 1.0\n"}}}},
)
async def get_metrics(request: Request) -> Response:
    """What Prometheus asks for, of all workers."""
    counted: metrics.Metrics = request.app.state.metrics
    return Response(counted.text(), media_type=metrics.MEDIA_TYPE)
