"""Redis or Valkey, where there is one: what workers tell each other, and nothing that may not be lost."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from covers.clock import Clock

T = TypeVar("T")

PREFIX = "redux:covers"
_SECONDS = 0.5
_AWAY = 5.0  # seconds for which nobody waits for a Redis that did not answer
_CONNECTIONS = 16

logger = logging.getLogger(__name__)


class Shared:
    """A Redis that may be away, or none: then every question has its answer for that case."""

    def __init__(self, url: str | None, clock: Clock) -> None:
        self._clock = clock
        self._redis: Redis | None = None
        self._away_until = 0.0
        if url:
            pool = BlockingConnectionPool.from_url(
                url,
                max_connections=_CONNECTIONS,
                timeout=_SECONDS,
                socket_timeout=_SECONDS,
                socket_connect_timeout=_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )
            self._redis = Redis.from_pool(pool)

    @property
    def redis(self) -> Redis | None:
        """The client; None where there is none, or it did not answer a moment ago."""
        return None if self._clock.now() < self._away_until else self._redis

    async def ask(self, fn: Callable[[Redis], Awaitable[T]], otherwise: T) -> T:
        """Call `fn` with the client; `otherwise` where there is none or it does not answer."""
        redis = self.redis
        if redis is None:
            return otherwise
        try:
            return await fn(redis)
        except (RedisError, OSError) as exc:
            self.lost(exc)
            return otherwise

    def lost(self, exc: Exception) -> None:
        """Ask no more for a few seconds."""
        logger.warning("REDIS_URL does not answer, covers are looked up without it meanwhile: %s", exc)
        self._away_until = self._clock.now() + _AWAY

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            await self._redis.aclose()
