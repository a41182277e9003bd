"""Servers for benchmarks: a command, an environment, a port, and the log when it goes wrong."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).parents[1]


def uvicorn(app: str, *more: str) -> list[str]:
    """One process with uvloop and httptools."""
    return ["uvicorn", app, "--loop", "uvloop", "--http", "httptools", "--no-access-log", *more]


def gunicorn(app: str, workers: int) -> list[str]:
    """Several workers, as in production."""
    worker = ["-k", "uvicorn_worker.UvicornWorker", "-w", str(workers)]
    return ["gunicorn", "-c", str(REPOSITORY / "gunicorn.conf.py"), *worker, app]


@dataclass(frozen=True)
class Started:
    """A server, where it listens, and what it says."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path


@contextmanager
def running(command: list[str], folder: Path, settings: dict[str, str], ready: str) -> Iterator[int]:
    """Run a server in `folder` and give its port when the path `ready` answers with 200."""
    with started(command, folder, settings, ready) as server:
        yield server.port


@contextmanager
def started(command: list[str], folder: Path, settings: dict[str, str], ready: str) -> Iterator[Started]:
    """The same with the process itself, for who ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["-b", f"127.0.0.1:{port}"] if command[0] == "gunicorn" else ["--port", str(port)]
    env = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"} | settings
    log = folder / f"server-{port}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, *where], cwd=folder, env=env, stdout=sink, stderr=sink
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield Started(process, port, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:  # a wedged server does not end by itself
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(log.read_text())
        try:
            if httpx.get(url, timeout=60).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"no answer within a minute:\n{log.read_text()}")
