"""Work in parallel processes where there is enough of it to pay for their start, else at once in this one."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from artifact_set.child_process import end_with_parent

P = ParamSpec("P")
T = TypeVar("T")


def _begin(parent: int) -> None:
    """Interrupts are the parent's to answer; when it is no more, neither is this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(parent)


class Workers:
    """A pool of one process a core, opened at the first task; with `parallel` False tasks run in this process."""

    def __init__(self, *, parallel: bool) -> None:
        self._parallel = parallel and (os.cpu_count() or 1) > 1
        self._pool: ProcessPoolExecutor | None = None

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """The result to come of function(*args, **kwargs)."""
        if not self._parallel:
            done: Future[T] = Future()
            done.set_result(function(*args, **kwargs))
            return done
        if self._pool is None:
            # spawned, not forked: a fork would copy the locks of BLAS threads that do not exist in the child
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(mp_context=context, initializer=_begin, initargs=(os.getpid(),))
        return self._pool.submit(function, *args, **kwargs)

    def end(self) -> None:
        """End all processes: nobody waits for what is still computing."""
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            self.end()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
