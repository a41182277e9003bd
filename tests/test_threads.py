"""Bounded threads: who waits, who is told to come back."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from errors import Busy
from threads import BoundedThreads


async def _gather(threads: BoundedThreads, fn: Callable[[], object], count: int) -> list[object]:
    return await asyncio.gather(*(threads.run(fn) for _ in range(count)), return_exceptions=True)


def test_calls_run_outside_the_event_loop_and_give_their_result() -> None:
    threads = BoundedThreads("few", 2)
    here = threading.get_ident()
    found = asyncio.run(_gather(threads, threading.get_ident, 10))
    assert here not in found
    assert all(isinstance(one, int) for one in found)


def test_no_more_run_at_once_than_there_are_threads() -> None:
    both = threading.Barrier(2, timeout=10)  # passed only where two run at once
    counted = threading.Lock()
    running, most = 0, 0

    def count() -> None:
        nonlocal running, most
        with counted:
            running += 1
            most = max(most, running)
        both.wait()
        with counted:
            running -= 1

    assert asyncio.run(_gather(BoundedThreads("few", 2), count, 8)) == [None] * 8
    assert most == 2


def test_a_full_queue_says_no_at_once() -> None:
    threads = BoundedThreads("few", 1, queue=1)
    go_on = threading.Event()

    async def crowd() -> list[type]:
        calls = [asyncio.create_task(threads.run(go_on.wait, 10)) for _ in range(5)]
        refused, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert {type(call.exception()) for call in refused} == {Busy}
        go_on.set()
        return [type(answer) for answer in await asyncio.gather(*calls, return_exceptions=True)]

    assert asyncio.run(crowd()) == [bool, bool, Busy, Busy, Busy]


def test_who_waited_too_long_is_told_so() -> None:
    threads = BoundedThreads("few", 1, patience=0.01)
    go_on = threading.Event()

    async def wait() -> None:
        first = asyncio.create_task(threads.run(go_on.wait, 10))
        await asyncio.sleep(0)
        with pytest.raises(Busy, match=r"few: no thread was free for 0\.01 s"):
            await threads.run(go_on.wait)
        go_on.set()
        assert await first

    asyncio.run(wait())


def test_a_thread_is_free_again_after_a_call_that_failed() -> None:
    threads = BoundedThreads("few", 1, queue=1)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            asyncio.run(threads.run(lambda: 1 / 0))
