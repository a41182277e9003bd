"""What a child process asks of the system for itself: to end with its parent, and to get no more than it needs."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2)
_LOOK_EVERY = 1.0  # seconds
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
        (resource.RLIMIT_AS, _address_space() + more_memory),
    ):
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(kind, (most, most))


def _address_space() -> int:
    """Bytes of address space that this process has; where the system does not tell, a generous guess."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 4 << 30
