"""Bounded threads for calls that block: SQL, password hashing, scans of a large index."""

import math
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from anyio import CapacityLimiter, fail_after, to_thread

from errors import Busy

P = ParamSpec("P")
T = TypeVar("T")


class BoundedThreads:
    """At most `count` of AnyIO's threads at once; at most `queue` callers wait, none longer than `patience` seconds."""

    def __init__(self, name: str, count: int, queue: int = 512, patience: float = 5.0) -> None:
        self._name = name
        self._running = CapacityLimiter(count)
        self._queue = queue
        self._patience = patience
        # AnyIO's own default would let 40 threads run in the whole process, whoever asks
        self._no_other_bound = CapacityLimiter(math.inf)

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `fn` in a thread. Raises Busy where too many wait already, or the wait was too long."""
        if self._running.statistics().tasks_waiting >= self._queue:
            raise Busy(f"{self._name}: {self._queue} callers wait already")
        turn = object()
        try:
            with fail_after(self._patience):
                await self._running.acquire_on_behalf_of(turn)
        except TimeoutError as exc:
            raise Busy(f"{self._name}: no thread was free for {self._patience} s") from exc
        try:
            return await to_thread.run_sync(partial(fn, *args, **kwargs), limiter=self._no_other_bound)
        finally:
            self._running.release_on_behalf_of(turn)
