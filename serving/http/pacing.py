"""Turns: under a crowd the event loop begins only a few requests a round, so that /health is never far from its own.

The loop runs everything that is ready before it looks at its sockets again. 256 requests that arrive together would
make one round of a quarter of a second; begun two a round they take as long in all, but rounds stay short. At each
look uvloop accepts one new connection, so between two rounds it looks several times: a health check that comes after
256 others must not wait until these are answered.
"""

import asyncio
from collections import deque

from starlette.types import ASGIApp, Receive, Scope, Send

_A_ROUND = 4
_CROWD = 32  # so many that wait are a crowd: then rounds are shorter …
_IN_A_CROWD = 2
_LOOKS = 6  # … and between them the loop looks so often at its sockets
_AT_ONCE = ("/health", "/health/ready", "/metrics")


class Turns:
    """ASGI middleware: lets requests in as they came, some a round of the loop; who asks for health need not wait."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._begun = 0  # in this round
        self._looked = 0  # since it began
        self._round_ends = False  # whether the loop was told to call us in the next one
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on when it is this request's turn."""
        if scope["type"] == "http" and scope["path"] not in _AT_ONCE:
            await self._turn()
        await self.app(scope, receive, send)

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._round_ends:
            self._round_ends = True
            loop.call_soon(self._next_round, loop)
        if self._begun < _A_ROUND and not self._waiting:
            self._begun += 1
            return
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.append(mine)
        await mine

    def _next_round(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looked += 1
        crowd = len(self._waiting) > _CROWD
        if crowd and self._looked < _LOOKS:
            loop.call_soon(self._next_round, loop)
            return
        self._begun = self._looked = 0
        while self._waiting and self._begun < (_IN_A_CROWD if crowd else _A_ROUND):
            mine = self._waiting.popleft()
            if not mine.done():  # who waited may have gone
                mine.set_result(None)
                self._begun += 1
        self._round_ends = self._begun > 0
        if self._round_ends:
            loop.call_soon(self._next_round, loop)
