"""Asking one provider with manners: within its budget, with retries, and not at all while it is broken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import stamina
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from covers.budgets import Budget
from covers.candidates import Candidate, Provider, ProviderName
from covers.clock import Clock
from covers.shared import Shared
from errors import NotNow, ProviderDown, ProviderFault, TooOften

T = TypeVar("T")

_ATTEMPTS = 3
_SHORT_WAIT = 1.2  # seconds that a call waits for its turn; who is further off is passed over
_FAILURES = 5  # in a row, after which a provider is left alone …
BROKEN_SECONDS = 30.0  # … for so long


class Asking:
    """One provider, its budget and its breakers: one for calls, and one for pictures, which other hosts give."""

    def __init__(self, provider: Provider, clock: Clock, shared: Shared) -> None:
        self.provider = provider
        self.budget = Budget(provider.name, clock, shared)
        self._breakers = AsyncCircuitBreakerFactory(_FAILURES, BROKEN_SECONDS, exclude=[NotNow])

    @property
    def name(self) -> ProviderName:
        """The provider's name."""
        return self.provider.name

    async def search(self, artist: str, track: str, ends: float) -> list[Candidate]:
        """What the provider offers until `ends` of the loop's clock. Raises ProviderFault."""

        async def call() -> list[Candidate]:
            await self.budget.take(min(_SHORT_WAIT, _left(ends)))
            try:
                return await self._guarded("calls", ends, lambda: self.provider.search(artist, track))
            finally:
                await self.budget.answered()

        try:
            return await _retrying(call, ends)
        except TooOften as exc:
            await self.budget.rest(exc.retry_after)
            raise

    async def picture(self, url: str, ends: float) -> bytes | None:
        """A picture of the provider's, None where there is none. Raises ProviderFault."""
        return await _retrying(lambda: self._guarded("pictures", ends, lambda: self.provider.picture(url)), ends)

    async def _guarded(self, what: str, ends: float, call: Callable[[], Awaitable[T]]) -> T:
        breaker = await self._breakers.get_breaker(what)
        try:
            async with breaker, self._until(ends):
                return await call()
        except OpenedState as exc:
            exc.with_traceback(None)  # one exception is raised again and again, and would remember every caller
            msg = f"{self.name} failed {_FAILURES} times in a row and is left alone"
            raise NotNow(msg, BROKEN_SECONDS) from None
        except ProviderFault as exc:
            # faults are kept until somebody is told, and on a traceback hangs all that was read: megabytes each
            exc.__context__ = None
            raise exc.with_traceback(None) from None

    @asynccontextmanager
    async def _until(self, ends: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(ends):
                yield
        except TimeoutError as exc:
            msg = f"{self.name} did not answer in time"
            raise ProviderDown(msg) from exc


async def _retrying(call: Callable[[], Awaitable[T]], ends: float) -> T:
    if not _left(ends):
        msg = "no time is left to ask"
        raise ProviderDown(msg)
    caller = stamina.AsyncRetryingCaller(
        attempts=_ATTEMPTS, timeout=_left(ends), wait_initial=0.1, wait_max=0.5, wait_jitter=0.2
    )
    return await caller(ProviderDown, call)


def _left(ends: float) -> float:
    return max(ends - asyncio.get_running_loop().time(), 0.0)
