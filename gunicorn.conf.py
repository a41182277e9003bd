"""What `gunicorn -k uvicorn.workers.UvicornWorker -w 3 api:app` reads in this folder.

The parent opens everything once before it forks: what is wrong is said once, and workers share the pages of one
verified artifact set and start at once.
"""

import gc
from typing import Any

from api import open_ahead

preload_app = True


def when_ready(server: Any) -> None:  # noqa: ANN401  gunicorn publishes no types
    """Before the first worker: a trial start that leaves the artifact set to the workers."""
    open_ahead(server.app.wsgi())
    gc.collect()
    gc.freeze()  # a worker's collector must not touch, and so copy, the pages it shares with the others
