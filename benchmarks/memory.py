"""Start and memory of two workers, ours beside a literal loader.

    python -m benchmarks.memory [--songs 1000000] [--starts 3]

Each server is started a few times in turn; the table has the medians, and the quickest and the slowest start.
--in-a-row starts each again right after itself, in memory that the system has at hand.
Total PSS is what all processes of a server really occupy: a page that n of them share counts 1/n in each.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.names import Names, synthetic_names
from benchmarks.synthetic import factors, make_literal, make_set
from catalog.song import song_id
from tests.processes import pss

REPOSITORY = Path(__file__).parents[1]
WORKERS = 2


class Measured(NamedTuple):
    """Seconds from the command to the first healthy answer and to the first recommendation; bytes of PSS."""

    start: float
    first_answer: float
    pss: int


@contextmanager
def _server(arguments: list[str], folder: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "-k", "uvicorn_worker.UvicornWorker"]
    command += ["-w", str(WORKERS), "-b", address, "-t", "300", *arguments]
    env = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"} | environment
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        yield process, f"http://{address}"
    finally:
        process.terminate()
        process.wait(60)


def measure(arguments: list[str], folder: Path, names: Names, **environment: str) -> Measured:
    """Start a server, ask every worker for recommendations, and read what its processes occupy."""
    began = time.perf_counter()
    with _server(arguments, folder, **environment) as (process, url):
        while not _is_healthy(url):
            assert process.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.01)
        start = time.perf_counter() - began
        _similar(url, names, 0)
        first_answer = time.perf_counter() - began
        for row in range(1, 200):
            _similar(url, names, row)
            if "literal" not in arguments[-1]:
                words = " ".join(names.tracks[row * 37].split()[:2])
                httpx.get(f"{url}/catalog/search", params={"q": words}).raise_for_status()
        return Measured(start, first_answer, pss(process.pid))


def _is_healthy(url: str) -> bool:
    """Whether it answers; to ask this every 10 ms, httpx would take the processor from the server."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _similar(url: str, names: Names, row: int) -> None:
    key = song_id(names.artists[row * 101 % len(names.artists)], names.tracks[row * 101 % len(names.tracks)])
    answer = httpx.get(f"{url}/recommendations/similar", params={"song_id": key}, timeout=60)  # a new connection each
    answer.raise_for_status()


def main() -> None:
    """Build both kinds of artifacts, measure each server, print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=100_000, help="of the literal model's trainset, 20 songs each")
    parser.add_argument("--starts", type=int, default=3, help="of each server, in turn")
    parser.add_argument("--in-a-row", action="store_true", help="start each server again right after itself")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names, vectors = synthetic_names(options.songs), factors(options.songs)
        make_set(folder / "ours", names, vectors)
        make_literal(folder / "literal", names, vectors, options.users)
        index_bytes = (folder / "ours" / "current" / "song_vectors.index").stat().st_size
        literal = ["benchmarks.literal_loader:app"]
        ours = ["-c", str(REPOSITORY / "gunicorn.conf.py"), "api:app"]
        servers = {
            "literal": partial(measure, literal, folder / "literal", names),
            "literal, preloaded": partial(measure, ["--preload", *literal], folder / "literal", names),
            "ours": partial(measure, ours, folder, names, ARTIFACTS_DIR=str(folder / "ours")),
        }
        measured: dict[str, list[Measured]] = {name: [] for name in servers}
        order = [name for _ in range(options.starts) for name in servers]
        for name in sorted(order) if options.in_a_row else order:
            measured[name].append(servers[name]())
    _print(measured, options.songs, index_bytes)


def _print(measured: dict[str, list[Measured]], songs: int, index_bytes: int) -> None:
    table = Table(title=f"{songs:,} songs x 100 factors, {WORKERS} workers, index {index_bytes / 1e6:,.0f} MB")
    for column in (
        "server",
        "start s",
        "(from - to)",
        "first answer s",
        "total PSS MB",
        "PSS / index",
        "start / literal",
    ):
        table.add_column(column, justify="left" if column == "server" else "right")
    baseline = median(run.start for run in measured["literal"])
    for name, runs in measured.items():
        starts = sorted(run.start for run in runs)
        start, first, pss = (median(values) for values in zip(*runs, strict=True))
        seconds = f"{start:.2f}", f"({starts[0]:.2f} - {starts[-1]:.2f})", f"{first:.2f}"
        table.add_row(name, *seconds, f"{pss / 1e6:,.0f}", f"{pss / index_bytes:.2f}", f"{start / baseline:.3f}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
