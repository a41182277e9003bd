"""A few threads of one's own, with a queue that says no in time.

What may block (SQL, password hashing) must not run on the event loop, and must not share threads with anything
that waits for it. A bounded queue keeps an overload short: who cannot be served soon is told so at once.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from errors import Unavailable

T = TypeVar("T")

_NICE = 10


class Busy(Unavailable):
    """The queue is full, or the wait in it was too long."""


class Threads:
    """`count` threads; at most `queue` calls wait for one, none longer than `patience` seconds.

    behind: they step back where the processor is short, so that the event loop goes first.
    """

    def __init__(self, name: str, count: int, queue: int, patience: float, *, behind: bool = False) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name, initializer=_step_back if behind else None)
        self._name = name
        self._most = count + queue
        self._patience = patience
        self._unfinished = 0

    async def run(self, fn: Callable[[], T]) -> T:
        """Call `fn` in one of the threads. Raises Busy instead of letting the caller wait for long."""
        if self._unfinished >= self._most:
            raise Busy(f"{self._name}: {self._most} calls are under way")
        deadline = time.monotonic() + self._patience

        def in_time() -> T:
            if time.monotonic() > deadline:
                raise Busy(f"{self._name}: no thread was free for {self._patience} s")
            return fn()

        loop = asyncio.get_running_loop()
        self._unfinished += 1
        call = self._executor.submit(in_time)
        call.add_done_callback(lambda done: self._finished(loop, done))
        return await asyncio.wrap_future(call)

    def close(self) -> None:
        """Let running calls end and give the threads back; calls that wait are dropped."""
        self._executor.shutdown(cancel_futures=True)

    def _finished(self, loop: asyncio.AbstractEventLoop, _: "Future[T]") -> None:
        # counted on the loop, where `run` reads it, and also for callers that went away meanwhile
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._count_down)

    def _count_down(self) -> None:
        self._unfinished -= 1


def _step_back() -> None:
    """Lower this thread's priority, where the system keeps one for each thread (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
