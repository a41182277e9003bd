"""What `gunicorn -k uvicorn.workers.UvicornWorker -w 3 api:app` reads in this folder."""

import subprocess
import sys


def on_starting(_: object) -> None:
    """Try a start before there are workers: what is wrong is then said once, and not by every worker.

    In a process of its own, so that the master forks workers from an empty house.
    """
    tried = subprocess.run([sys.executable, "-c", "import api; api.try_start()"], check=False)
    if tried.returncode:
        raise SystemExit(tried.returncode)
