"""What one request may cost: its body's size and its time. How many an address may send is the proxy's to say."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from errors import Code
from serving.http import listenbrainz_errors, problems
from serving.http.problems import BEGUN, Problem

MAX_BODY = 64 * 1024
SECONDS = 30.0
_MB = 1024 * 1024
_log = logging.getLogger(__name__)


def _refuse(most: int) -> Response:
    return problems.response(problems.too_large(most))


@dataclass(frozen=True)
class Allowance:
    """What one request to a path may cost, and what is answered where its body is larger."""

    body: int = MAX_BODY
    seconds: float = SECONDS
    refuse: Callable[[int], Response] = _refuse


_USUAL = Allowance()
_LONG_LIST = Allowance(2 * _MB)  # 500 song_ids of up to 2,000 bytes
ALLOWANCES = {
    "/me/queue": _LONG_LIST,
    "/recommendations/next": _LONG_LIST,
    "/me/listens": Allowance(4 * _MB),  # a thousand listens
    "/1/submit-listens": Allowance(listenbrainz_errors.MAX_PAYLOAD, refuse=listenbrainz_errors.too_large),
    "/me/export": Allowance(seconds=3600.0),  # a whole history, as fast as its reader takes it
    "/me/imports": Allowance(500 * _MB, seconds=3600.0),  # streamed to the disk
}


def allowed(path: str) -> Allowance:
    """What one request to this path may cost."""
    return ALLOWANCES.get(path, _USUAL)


class BodyLimit:
    """ASGI middleware: refuses a body that is too large before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # bodies that do not say how long they are: counted while they are read
        self._counted = {one.body: RequestBodyLimitMiddleware(app, one.body) for one in (_USUAL, *ALLOWANCES.values())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length, declared = _body_length(scope)
        allowance = allowed(scope["path"])
        if length > allowance.body:
            await allowance.refuse(allowance.body)(scope, receive, send)
            return
        await (self.app if declared else self._counted[allowance.body])(scope, receive, send)


class Deadline:
    """ASGI middleware: what is not answered after so many seconds is given up, and its caller told so."""

    def __init__(self, app: ASGIApp, seconds: float | None = None) -> None:
        self.app = app
        self._seconds = seconds  # for every path, where given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on within the time there is."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seconds = self._seconds or allowed(scope["path"]).seconds
        try:
            async with asyncio.timeout(seconds) as deadline:
                await self.app(scope, receive, send)
        except TimeoutError:
            if scope.get(BEGUN) or not deadline.expired():
                raise
            _log.warning("%s was not answered within %s s", getattr(scope.get("route"), "path", "-"), seconds)
            problem = Problem(
                503, Code.TOO_SLOW, "This took too long. Try again shortly.", headers={"Retry-After": "5"}
            )
            await problems.response(problem)(scope, receive, send)


def _body_length(scope: Scope) -> tuple[int, bool]:
    """How many bytes of body a request declares, and whether it can be taken at its word."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            # the server has refused what is no number already
            return (int(value), True) if value.isdigit() else (0, False)
        if name == b"transfer-encoding":
            return 0, False
    return 0, True
