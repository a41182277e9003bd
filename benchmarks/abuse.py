"""What one rude client can do to a gunicorn that stands alone: memory, files, and everybody else's answers.

    python -m benchmarks.abuse --artifacts DIR [--checkout DIR]

`--checkout` measures another state of this repository with the same requests. One worker, 1,024 open files allowed.
"""

import argparse
import resource
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event

import httpx
from rich.console import Console

from benchmarks.servers import REPOSITORY, gunicorn, running
from tests.load import Load, request, run

_FILES = 1_024
_METRICS = "127.0.0.1:9099"
_out = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Start a server for each kind of rudeness, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifacts", type=Path, required=True)
    parser.add_argument("--checkout", type=Path, default=REPOSITORY)
    options = parser.parse_args()
    for rude in (_long_addresses, _endless_head, _idle_connections, _metrics):
        with tempfile.TemporaryDirectory() as folder, _server(options, Path(folder)) as port:
            _out.print(f"{rude.__name__.strip('_').replace('_', ' ')}: {rude(port)}")


@contextmanager
def _server(options: argparse.Namespace, folder: Path) -> Iterator[int]:
    settings = {
        "ARTIFACTS_DIR": str(options.artifacts.resolve()),
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "WARNING",
        "METRICS_ADDRESS": _METRICS,
        "PYTHONPATH": str(options.checkout.resolve()),
    }
    command = gunicorn("api:app", 1)
    command[command.index("-c") + 1] = str(options.checkout.resolve() / "gunicorn.conf.py")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, hard))
    try:
        with running(command, folder, settings, "/health") as port:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            yield port
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _long_addresses(port: int) -> str:
    """4,000 addresses of 60 KB that ask for the same."""
    before = _worker_mb(port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        for n in range(4_000):
            http.get(f"/catalog/popular?limit=1&x={n:060000}")
    return f"a worker of {before:.0f} MB has {_worker_mb(port):.0f} MB"


def _endless_head(port: int) -> str:
    """One request with 100 MB of header lines."""
    before = _worker_mb(port)
    line = b"X-More: " + b"x" * 4_000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", port)) as connection, suppress(OSError):
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
        while sent < 100_000_000:
            connection.sendall(line)
            sent += len(line)
        return f"took {sent / 1e6:.0f} MB, a worker of {before:.0f} MB has {_worker_mb(port):.0f} MB"
    return f"refused after {sent / 1e6:.1f} MB, a worker of {before:.0f} MB has {_worker_mb(port):.0f} MB"


def _idle_connections(port: int) -> str:
    """3,000 connections that ask for nothing."""
    with ExitStack() as held:
        for _ in range(3_000):
            with suppress(OSError):
                held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=1))
        answered = 0
        for _ in range(20):
            with suppress(httpx.TransportError):
                answered += httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200
    return f"{answered} of 20 questions for /health were answered"


def _metrics(port: int) -> str:
    """8 clients that ask for /metrics again and again, wherever it is."""
    url = f"http://127.0.0.1:{port}/metrics"
    if httpx.get(url).status_code == 404:
        url = f"http://{_METRICS}/metrics"
    load = Load(port, [request("/catalog/popular")], connections=16)
    alone = run(load).rate
    enough = Event()

    def ask() -> None:
        while not enough.is_set():
            with suppress(httpx.TransportError):
                httpx.get(url, timeout=5)

    with ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(ask)
        beside = run(load).rate
        enough.set()
    return f"popular songs {alone:,.0f} answers/s alone, {beside:,.0f} beside 8 clients: {beside / alone:.2f}"


def _worker_mb(port: int) -> float:
    """Resident memory of the one process that listens at the port and has no child."""
    asked = httpx.get(f"http://127.0.0.1:{port}/health")
    assert asked.status_code == 200
    inodes = {line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines() if f":{port:04X} " in line}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            holds = any(str(fd.readlink())[8:-1] in inodes for fd in (process / "fd").iterdir())
            children = (process / "task" / process.name / "children").read_text()
            if holds and not children:
                status = (process / "status").read_text()
                return int(status.split("VmRSS:")[1].split()[0]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
