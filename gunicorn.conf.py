"""What `gunicorn -k uvicorn.workers.UvicornWorker -w 3 api:app` reads in this folder.

The parent opens everything once before it forks: what is wrong is said once, and workers share the pages of one
verified artifact set and start at once.
"""

import gc
from typing import Any

gc.disable()  # what is loaded stays: to look through it for garbage again and again would hold up the start

# The large ones are imported from here and not from within each other: CPython takes its stack in pieces, and code that
# runs just where one ends gives it back and takes it anew at every call, as numpy's types did.
import numpy  # noqa: E402, F401

from serving.ahead import verify_if_possible  # noqa: E402

verifying = verify_if_possible()  # goes on while the rest is imported

import fastapi  # noqa: E402, F401
import redis.asyncio  # noqa: E402, F401
import sqlalchemy  # noqa: E402, F401

# what each worker would otherwise load for itself
import uvicorn.lifespan.on  # noqa: E402
import uvicorn.loops.auto  # noqa: E402
import uvicorn.protocols.http.auto  # noqa: E402
import uvicorn.protocols.websockets.auto  # noqa: E402, F401
import uvloop  # noqa: E402, F401

from api import open_ahead  # noqa: E402
from serving.http.metrics_server import listen  # noqa: E402
from serving.http.protocol import BoundedProtocol, raise_file_limit  # noqa: E402
from serving.http.shared_metrics import SharedMetrics  # noqa: E402
from settings import Settings  # noqa: E402

preload_app = True
# seconds that an idle connection is kept: longer than nginx (60) and any client, for who closes first may be sent a
# request that it no longer reads
keepalive = 75


def when_ready(server: Any) -> None:  # noqa: ANN401  gunicorn publishes no types
    """Before the first worker: a trial start that leaves the artifact set to the workers."""
    open_ahead(server.app.wsgi(), verifying)
    gc.freeze()  # a worker's collector must not touch, and so copy, the pages it shares with the others
    gc.enable()


def on_reload(_: Any) -> None:  # noqa: ANN401
    """SIGHUP: this file was read again, and workers begin as their parent is."""
    gc.enable()


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401
    """A place where the worker counts; the first one opens the address where Prometheus asks for all of them."""
    if not hasattr(server, "shared_metrics"):
        server.shared_metrics = SharedMetrics()
        server.metrics_socket = listen(Settings.load().metrics_address)
    worker.metrics_slot = server.shared_metrics.take()


def post_fork(server: Any, worker: Any) -> None:  # noqa: ANN401
    """The worker counts there, and bounds heads and connections."""
    metrics = server.app.wsgi().state.metrics
    metrics.join(server.shared_metrics, worker.metrics_slot, server.metrics_socket)
    raise_file_limit()
    worker.config.http = BoundedProtocol


def child_exit(server: Any, worker: Any) -> None:  # noqa: ANN401
    """What a worker counted stays, what it had in flight is gone with it."""
    server.shared_metrics.release(worker.metrics_slot)
