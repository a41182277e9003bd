"""What one request may cost: its body's size and its time. How many an address may send is the proxy's to say."""

import asyncio
import logging

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from errors import Code
from serving.http import problems
from serving.http.problems import BEGUN, Problem

MAX_BODY = 64 * 1024
SECONDS = 30.0
_log = logging.getLogger(__name__)


class BodyLimit:
    """ASGI middleware: refuses a body that is too large before it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # bodies that do not say how long they are: counted while they are read
        self._counted = RequestBodyLimitMiddleware(app, MAX_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length, declared = _body_length(scope)
        if length > MAX_BODY:
            await problems.response(problems.too_large(MAX_BODY))(scope, receive, send)
            return
        await (self.app if declared else self._counted)(scope, receive, send)


class Deadline:
    """ASGI middleware: what is not answered after so many seconds is given up, and its caller told so."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self.app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on within the time there is."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                await self.app(scope, receive, send)
        except TimeoutError:
            if scope.get(BEGUN) or not deadline.expired():
                raise
            _log.warning("%s was not answered within %s s", getattr(scope.get("route"), "path", "-"), self._seconds)
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
