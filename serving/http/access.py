"""The outermost look at every request: how long it took, how it ended, and the headers that every answer carries."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.metrics import Metrics
from serving.http.problems import BEGUN
from serving.http.rate_limits import Standing

_log = logging.getLogger("serving.http.access")

_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
# what is data is never a page, whatever a browser makes of it
_DATA_ONLY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
# what does not say that it may be kept is somebody's own, a token perhaps
_NO_STORE = (b"cache-control", b"no-store")
# which artifact set an answer came from
_VERSION = b"x-artifact-version"
# only over HTTPS, where a proxy says so; a year, as browsers' preload lists ask for
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Access:
    """ASGI middleware: one log line and one count a request, and the security headers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, watch, and say how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 499  # as nginx calls it: nobody waited for the answer

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                scope[BEGUN] = True
                self._metrics.serves(scope.get("state", {}).get("artifact_version"))
                message["headers"] = _with_ours(scope, message["headers"])
            await send(message)

        self._metrics.arrived()
        try:
            await self.app(scope, receive, watch)
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            route = getattr(scope.get("route"), "path", "-")
            # a method that no route has is the caller's choice: on every path it would be one more series
            self._metrics.answered(method, "-" if status == 405 else route, status, seconds)
            if status == 429:
                self._metrics.rate_limited(scope["state"]["standing"].policy.name)
            if _log.isEnabledFor(logging.INFO):
                _say(scope, method, route, status, seconds)


def _say(scope: Scope, method: str, route: str, status: int, seconds: float) -> None:
    """Never the address as asked for, which may hold anything, and never a header or body."""
    user_id = scope.get("state", {}).get("user_id")
    milliseconds = round(seconds * 1000, 2)
    _log.info(
        "%s %s %d %.2f ms",
        method,
        route,
        status,
        milliseconds,
        extra={"method": method, "route": route, "status": status, "ms": milliseconds, "user_id": user_id},
    )


def _with_ours(scope: Scope, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    headers = [*given, *_ALWAYS]
    names = {name for name, _ in given}
    if b"content-security-policy" not in names:  # a page brings its own
        headers.append(_DATA_ONLY)
    if b"cache-control" not in names:
        headers.append(_NO_STORE)
    if scope["scheme"] == "https":
        headers.append(_HTTPS_ONLY)
    state = scope.get("state", {})
    version: str | None = state.get("artifact_version")
    if version is not None:
        headers.append((_VERSION, version.encode("ascii")))
    standing: Standing | None = state.get("standing")
    if standing is not None:
        headers += standing.headers
    return headers
