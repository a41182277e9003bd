"""Parallel processes of a search end with it, even if it is killed."""

import os
import signal
import subprocess
import sys

from tests.conftest import REPOSITORY
from tests.processes import children, ends_soon

_SEARCH = """
import os, sys, time
from training.search.workers import Workers

if __name__ == "__main__":
    with Workers(parallel=True) as workers:
        print(workers.submit(os.getpid).result(), flush=True)
        for _ in range(4):
            workers.submit(time.sleep, 600)
        sys.stdin.read()
"""


def test_trial_processes_end_with_a_search_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SEARCH],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as search:
        assert search.stdout is not None
        trial = int(search.stdout.readline())
        started = children(search.pid)
        assert trial in started
        search.send_signal(signal.SIGKILL)
    assert all(map(ends_soon, started))
