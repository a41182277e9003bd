"""A child process ends with its parent, however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.processes import ends_soon

_CHILD = """
import os, sys, time
sys.path.insert(0, sys.argv[2])
from artifact_set import child_process
parent = os.getppid()
getattr(child_process, sys.argv[1])(parent)
print(os.getpid(), flush=True)
time.sleep(600)
"""
_PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]])
sys.stdin.read()
"""


@pytest.mark.parametrize("way", ["end_with_parent", "_end_when_orphaned"])
def test_a_child_ends_when_its_parent_is_killed(way: str) -> None:
    # the second way is that of systems which do not see to it themselves; it holds its thread, so it is printed before,
    # with the parent known already: it may be gone a moment later
    child = _CHILD if way == "end_with_parent" else _CHILD.replace("getattr", "print(os.getpid(), flush=True); getattr")
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, child, way, str(REPOSITORY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        parent.send_signal(signal.SIGKILL)
    assert ends_soon(pid)


def test_a_child_whose_parent_is_gone_already_ends_at_once() -> None:
    stale = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from artifact_set.child_process import end_with_parent; "
            "end_with_parent(int(sys.argv[1])); print('goes on')",
            "1" if os.getpid() != 1 else "2",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    assert stale.returncode == 1
    assert stale.stdout == b""
