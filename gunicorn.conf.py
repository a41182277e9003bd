"""What `gunicorn -k uvicorn.workers.UvicornWorker -w 3 api:app` reads in this folder.

The parent opens everything once before it forks: what is wrong is said once, and workers share the pages of one
verified artifact set and start at once.
"""

import gc
import os
import shutil
import tempfile
from typing import Any

gc.disable()  # what is loaded stays: to look through it for garbage again and again would hold up the start

_OURS = f"{tempfile.gettempdir()}/redux-metrics-"
# Where the workers keep what they count, for one answer at /metrics. The library wants to know before it is loaded.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=_OURS)

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
from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from api import open_ahead  # noqa: E402

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


def child_exit(_: Any, worker: Any) -> None:  # noqa: ANN401
    """What a worker had in flight is gone with it."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # they give it no types


def on_exit(_: Any) -> None:  # noqa: ANN401
    """Leave nothing behind."""
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"]
    if folder.startswith(_OURS):
        shutil.rmtree(folder, ignore_errors=True)
