"""Where rankings are computed: at once where that is shorter than a hop to a thread, else off the event loop."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

from threads import BoundedThreads

T = TypeVar("T")

# numbers of an index that are read in about 0.3 ms: what is shorter than that delays others less than a thread would
_AT_ONCE = 2_000_000


class Executor:
    """Threads for scans of large catalogs and for whole pages. observe: told what was computed and its seconds."""

    def __init__(self, observe: Callable[[str, float], None] = lambda *_: None) -> None:
        self._observe = observe
        self._threads = BoundedThreads("ranking", os.cpu_count() or 1, queue=256)

    async def scan(self, size: int, fn: Callable[[], T]) -> T:
        """Call what reads `size` numbers of an index. Raises Busy where too many wait for a thread."""
        started = time.perf_counter()
        try:
            return fn() if size <= _AT_ONCE else await self._threads.run(fn)
        finally:
            self._observe("scan", time.perf_counter() - started)

    async def page(self, fn: Callable[[], T]) -> T:
        """Call what takes milliseconds in any catalog. Raises Busy."""
        started = time.perf_counter()
        try:
            return await self._threads.run(fn)
        finally:
            self._observe("page", time.perf_counter() - started)
