"""What a child process asks of the system for itself: to end with its parent, and to get no more than it needs."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2)
_LOOK_EVERY = 1.0  # seconds
_SPACE, _DATA = 0, 5  # proc_pid_statm(5)
_LARGEST_FILE = 1 << 20  # bytes: what tantivy locks has none


def end_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends. parent: its process id.

    On Linux the system sees to it (and counts the end of the thread that started this process as well).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before this was asked for
            os._exit(1)
    else:
        threading.Thread(target=_end_when_orphaned, args=(parent,), daemon=True).start()


def _end_when_orphaned(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(1)


def limit_resources(more_memory: int, cpu_seconds: int) -> None:
    """Limit this process for good: bytes of address space beyond what it has, CPU time; no core file, no large file."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, _taken(_SPACE) + more_memory),
    ):
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(kind, (most, most))


@contextmanager
def limited_memory(more: int | None) -> Iterator[None]:
    """Within the block so many bytes beyond what this process has raise MemoryError; None: as many as there are.

    What it may write counts, not the address space, of which libraries and their threads set aside far more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if more is None or soft != resource.RLIM_INFINITY:
        yield
        return
    most = _taken(_DATA) + more
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken(field: int) -> int:
    """Bytes that this process has, by their place in /proc/self/statm; where there is none, a generous guess."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[field]) * resource.getpagesize()
    except OSError:
        return 4 << 30
