"""What `gunicorn api:app` reads in this folder; what its command line says goes first.

The parent opens everything once before it forks: what is wrong is said once, and workers share the pages of one
verified artifact set and start at once.
"""

import gc
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from artifact_set.child_process import end_with_parent
from artifact_set.configured import begin_verification
from serving.http.metrics_server import listen
from serving.http.protocol import BoundedProtocol, raise_file_limit
from serving.http.shared_metrics import SharedMetrics
from settings import Settings

_CANNOT_BOOT = 3  # a worker's exit code that ends gunicorn
_PAUSE = 1.0  # seconds
_MEMORY = Path("/dev/shm")  # noqa: S108  private files of workers
_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # microseconds of "QUOTA PERIOD", or "max PERIOD"


def _processors() -> int:
    """How many processors this container may use, or this machine has."""
    here = len(os.sched_getaffinity(0))
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
    except (OSError, ValueError):  # no container
        return here
    return here if quota == "max" else max(1, min(here, round(int(quota) / int(period))))


worker_class = "uvicorn_worker.UvicornWorker"
# two at least, for one of them may be busy with a password
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, _processors()))
# seconds that requests under way are given at a stop or a reload: a little longer than the API gives itself
graceful_timeout = 35
# seconds that an idle connection is kept: longer than nginx (60) and any client, for who closes first may be sent a
# request that it no longer reads
keepalive = 75
# after about so many answers a worker gives its place to a new one, and loses none: what its allocator keeps around
# answers that came and went then stays little (docs/operations.md)
max_requests = 250_000
max_requests_jitter = 50_000
# its socket would stand in the user's home, one for all servers of that user, where a container has nothing to write
control_socket_disable = True
# where workers say that they live: memory, for a disk may stall, and TMPDIR, where uploads go, be one
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None


# what ends a worker; until it has handlers of its own it has the parent's, which would swallow the signal
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def on_starting(_: Any) -> None:  # noqa: ANN401
    """Whoever is told to end in its first moment ends: else a stop waits `graceful_timeout` for it."""
    os.register_at_fork(before=_hold_back, after_in_parent=_let_through, after_in_child=_end_by_default)


def _hold_back() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def _let_through() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _end_by_default() -> None:
    for one in _ENDING:
        signal.signal(one, signal.SIG_DFL)
    _let_through()


def when_ready(server: Any) -> None:  # noqa: ANN401  gunicorn publishes no types
    """Before the first worker: a trial start that leaves the app and the artifact set to the workers."""
    verification = begin_verification()  # goes on while the app is imported, which takes as long
    from api import open_ahead

    open_ahead(server.app.wsgi(), verification)
    gc.freeze()  # a worker's collector must not touch, and so copy, the pages it shares with the others


def on_reload(server: Any) -> None:  # noqa: ANN401
    """New workers begin with the set that serves by now, in place of verifying it and swapping to it each."""
    from api import open_newer

    open_newer(server.app.wsgi())
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401
    """A place where the worker counts; the first one opens the address where Prometheus asks for all of them."""
    if not hasattr(server, "shared_metrics"):
        server.shared_metrics = SharedMetrics()
        server.metrics_socket = listen(Settings.load().metrics_address)
    worker.metrics_slot = server.shared_metrics.take()


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401
    """The worker counts there, bounds heads and connections, and ends with its parent, for it holds the port."""
    end_with_parent(server.pid)
    metrics = server.app.wsgi().state.metrics
    metrics.join(server.shared_metrics, worker.metrics_slot, server.metrics_socket)
    raise_file_limit()
    worker.config.http = BoundedProtocol


def worker_exit(_: Any, worker: Any) -> None:  # noqa: ANN401, ARG001
    """A worker that cannot start is tried again in a moment: the parent has started, so what is wrong may pass."""
    ending = sys.exception()
    if isinstance(ending, SystemExit) and ending.code == _CANNOT_BOOT:
        time.sleep(_PAUSE)
        sys.exit(1)


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401
    """What a worker counted stays, what it had in flight is gone with it."""
    server.shared_metrics.release(worker.metrics_slot)
