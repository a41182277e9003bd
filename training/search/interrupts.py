"""Ctrl-C where it does no harm: let through while a trial computes, kept waiting while something is written."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """While this context is open, an interrupt becomes KeyboardInterrupt inside `allowed()` alone."""

    def __init__(self) -> None:
        self._allowed = False
        self._waiting = False

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Take over SIGINT until the end of the block. Outside the main thread there is none to take."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """An interrupt that waits, or one that comes, ends this block. Raises KeyboardInterrupt."""
        self._allowed = True
        try:
            if self._waiting:
                raise KeyboardInterrupt
            yield
        finally:
            self._allowed = False

    def _handle(self, _signal: int, _frame: FrameType | None) -> None:
        if self._allowed:
            self._allowed = False  # a second one must not disturb the first one's way out
            raise KeyboardInterrupt
        self._waiting = True
