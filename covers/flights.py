"""One piece of work for all who want the same: within a process by its task, across processes by a lock in Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

from redis.exceptions import RedisError

from covers.shared import PREFIX, Shared
from errors import NotNow

T = TypeVar("T")

_LOOK_EVERY = 0.1  # seconds between two looks whether another worker is done
_GRACE = 2.0  # seconds that a lock outlives its work, should its worker die


class Flights(Generic[T]):
    """Tasks by key: who asks for what is under way gets the same task. At most `most` are under way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: dict[str, asyncio.Task[T]] = {}

    def start(self, key: str, work: Callable[[], Awaitable[T]]) -> "asyncio.Task[T] | None":
        """The task for a key, a new one where there is none; None where too many are under way."""
        task = self._tasks.get(key)
        if task is None and len(self._tasks) < self._most:
            task = self._tasks[key] = asyncio.ensure_future(_run(work))
            task.add_done_callback(lambda _: self._tasks.pop(key, None))
        return task

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


@asynccontextmanager
async def alone(shared: Shared, key: str, seconds: float) -> AsyncIterator[None]:
    """No other worker does the same meanwhile, as far as there is a Redis. Raises NotNow after `seconds` of waiting."""
    redis = shared.redis
    if redis is None:
        yield
        return
    lock = redis.lock(
        f"{PREFIX}:lock:{key}",
        timeout=seconds + _GRACE,
        sleep=_LOOK_EVERY,
        blocking_timeout=seconds,
        thread_local=False,
    )
    try:
        held = await lock.acquire()
    except (RedisError, OSError) as exc:
        shared.lost(exc)
        yield
        return
    if not held:
        msg = "another worker looks the same up"
        raise NotNow(msg, 1.0)
    try:
        yield
    finally:
        with suppress(RedisError, OSError):  # it expires by itself
            await lock.release()
