"""The health check of a container."""

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY, Server, free_port


def _check(url: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "ops.health", url]
    return subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_a_server_that_is_ready_is_healthy(server: Server) -> None:
    done = _check(f"{server.url}/health/ready")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_refusal_is_said_with_its_words(server: Server) -> None:
    done = _check(f"{server.url}/nowhere")
    assert done.returncode == 1
    assert "answers 404" in done.stderr


def test_who_does_not_answer_is_not_healthy() -> None:
    done = _check(f"http://127.0.0.1:{free_port()}/health/ready")
    assert done.returncode == 1
    assert "does not answer" in done.stderr


@pytest.mark.parametrize("url", ["8000", "file:///etc/hostname"])
def test_what_is_no_address_is_refused(url: str) -> None:
    done = _check(url)
    assert done.returncode == 2
    assert f"{url!r} is no address" in done.stderr
