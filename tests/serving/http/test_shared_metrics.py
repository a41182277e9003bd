"""What workers count fits where they publish it, and outlives them."""

from starlette.routing import Mount, Route

from api import create_app
from serving.http.metrics import Metrics
from serving.http.shared_metrics import SharedMetrics
from settings import Settings

_STATUSES = (200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 499, 500, 502, 503)


def _answered(metrics: Metrics) -> int:
    """Count one answer of every route with every method and status; returns how many."""
    app = create_app(Settings(_env_file=None))
    routes = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route | Mount)
        for method in getattr(route, "methods", ["GET"])
    }
    for method, path in routes:
        for status in _STATUSES:
            metrics.answered(method, path, status, 0.1)
    return len(routes) * len(_STATUSES)


def _counted(metrics: Metrics) -> float:
    return sum(
        sample.value
        for metric in metrics.of_all_workers().collect()
        for sample in metric.samples
        if sample.name == "redux_http_request_seconds_count"
    )


def test_every_route_with_every_status_is_published_and_kept_when_its_worker_ends() -> None:
    shared, metrics = SharedMetrics(), Metrics()
    slot = shared.take()
    metrics.join(shared, slot, None)
    answered = _answered(metrics)
    metrics.publish()
    assert _counted(metrics) == answered
    shared.release(slot)
    assert _counted(metrics) == answered
