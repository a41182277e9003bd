"""Pacing: one request begins in each round of the event loop, so that /health is never far from its own.

The loop runs everything that is ready before it looks at its sockets again: 256 requests that arrive together would
be one round of a quarter of a second. `python -m benchmarks.storm` measures /health beside such crowds.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

_AT_ONCE = ("/health", "/health/ready")


class Pacing:
    """ASGI middleware: lets requests in one a round, as they came; who asks for health need not wait."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._turn = asyncio.Semaphore(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on when it is this request's turn."""
        if scope["type"] == "http" and scope["path"] not in _AT_ONCE:
            async with self._turn:
                await asyncio.sleep(0)
        await self.app(scope, receive, send)
