"""Requests a second and latencies of every hot route, beside the least that FastAPI can do.

    python -m benchmarks.http [--data hetrec.csv.gz | --artifacts DIR] [--songs 100000] [--baseline DIR]

The floor is a FastAPI route that only returns a pydantic body of 20 songs. Each app is one uvicorn process with uvloop
and httptools, asked over keep-alive connections by a process of its own, in one run after another: compare ratios, not
numbers. `--songs N` measures a synthetic catalog instead, and `--baseline` an app with the literal routes beside it
(a folder with literal_api.py and make_artifacts.py), at 16 connections, for at 64 such an app may stop to answer.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

if __name__ == "__main__" and not __package__:  # `python benchmarks/http.py` would take this file for the library http
    os.execv(sys.executable, [sys.executable, "-m", "benchmarks.http", *sys.argv[1:]])

from rich.console import Console
from rich.table import Table

from benchmarks.names import synthetic_names
from benchmarks.servers import REPOSITORY, running, uvicorn
from benchmarks.synthetic import factors, make_set
from benchmarks.traffic import Catalog, Route, open_routes, own_routes, sign_up
from catalog.table import SongTable
from tests.load import Load, Outcome, request, run

_CONNECTIONS = (16, 64)
_COMPARED = 16
_QUIET = {"LOG_LEVEL": "WARNING", "RATE_LIMITS": "off"}


def main() -> None:
    """Make what is missing, measure, print one table."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        root = options.artifacts or _make_artifacts(options, folder)
        songs = SongTable.open(root / "current" / "catalog.arrow")
        catalog = _catalog_of(songs)
        floor = stack.enter_context(running(uvicorn("benchmarks.floor:app"), folder, {}, "/floor"))
        ours = stack.enter_context(_ours(root, folder))
        literal: int | None = None
        old: Catalog | None = None
        if options.baseline:
            old = _make_literal(options.baseline, folder / "literal", len(songs))
            literal = stack.enter_context(_literal(options.baseline, folder / "literal"))
        old_tokens = sign_up(literal, old, literal=True) if literal and old else []
        routes = open_routes(catalog, old) + own_routes(catalog, sign_up(ours, catalog), old, old_tokens)
        table = _table(f"{len(songs):,} songs, {options.database or 'SQLite'}", with_literal=bool(literal))
        _measure(table, routes, floor, ours, literal, options.seconds)
        Console(width=150).print(table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="listening history to train on first")
    parser.add_argument("--artifacts", type=Path, help="a folder of artifact sets, trained already")
    parser.add_argument("--songs", type=int, default=17_600, help="of a synthetic catalog, where neither is given")
    parser.add_argument("--factors", type=int, default=75, help="of the synthetic catalog")
    parser.add_argument("--baseline", type=Path, help="a folder with literal_api.py and make_artifacts.py")
    parser.add_argument("--database", help="a PostgreSQL URL of an empty database; unset: a new SQLite file")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement")
    options = parser.parse_args()
    if options.database:
        os.environ["DATABASE_URL"] = options.database
    return options


def _make_artifacts(options: argparse.Namespace, folder: Path) -> Path:
    root = folder / "artifacts"
    if options.data:
        env = os.environ | {"ARTIFACTS_DIR": str(root)}
        train = ["main.py", "--data", str(options.data.resolve()), "--trials", "2", "--algorithms", "puresvd"]
        train += ["--tracking-uri", f"sqlite:///{folder}/mlflow.db"]
        for command in (train, ["build_vector_db.py"]):
            subprocess.run([sys.executable, *command], cwd=REPOSITORY, env=env, check=True, stdout=subprocess.DEVNULL)
    else:
        make_set(root, synthetic_names(options.songs), factors(options.songs, options.factors))
    return root


def _catalog_of(songs: SongTable) -> Catalog:
    every = songs.songs(range(len(songs)))
    return Catalog([song.song_id for song in every], [song.track for song in every])


@contextmanager
def _ours(root: Path, folder: Path) -> Iterator[int]:
    settings = _QUIET | {"ARTIFACTS_DIR": str(root.resolve())}
    with running(uvicorn("api:app"), folder, settings, "/health/ready") as port:
        yield port


def _make_literal(baseline: Path, folder: Path, songs: int) -> Catalog:
    make = [sys.executable, str(baseline / "make_artifacts.py"), str(songs), "1000", str(folder)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    ids = pickle.loads((folder / "faiss_id_map.pkl").read_bytes())
    song_ids = list(ids.values())
    return Catalog(song_ids, [song_id.partition(" - ")[2] for song_id in song_ids])


@contextmanager
def _literal(baseline: Path, folder: Path) -> Iterator[int]:
    settings = {"ARTIFACTS_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/literal.db"}
    command = uvicorn("literal_api:app", "--app-dir", str(baseline.resolve()))
    with running(command, folder, settings, "/health") as port:
        yield port


def _table(title: str, *, with_literal: bool) -> Table:
    table = Table(title=f"{title}: one process each")
    table.add_column("route")
    for connections in _CONNECTIONS:
        for column in (f"{connections} conn: req/s", "of floor", "p50 ms", "p99 ms", "p99/p50"):
            table.add_column(column, justify="right")
    if with_literal:
        for column in (f"literal {_COMPARED}: req/s", "p50 ms", "p99 ms", "times"):
            table.add_column(column, justify="right")
    return table


def _measure(table: Table, routes: list[Route], floor: int, ours: int, literal: int | None, seconds: float) -> None:
    """Each route at each number of connections, the floor right before it: a noisy machine changes by the minute."""
    for name, requests, old, asked_before in [Route("floor", [], []), *routes]:
        cells = [name]
        if asked_before:
            _ask_all(ours, requests)
        rate = 0.0
        for connections in _CONNECTIONS:
            least = run(Load(floor, [request("/floor")], connections, seconds / 2, 0.5))
            outcome = run(Load(ours, requests, connections, seconds)) if requests else least
            _check(name, outcome)
            cells += _cells(outcome, least)
            rate = outcome.rate if connections == _COMPARED else rate
        if literal and old:
            outcome = run(Load(literal, old, _COMPARED, seconds))
            cells += [*_latencies(outcome), f"{rate / outcome.rate:.1f}"]
        table.add_row(*cells)
        print(" ".join(f"{cell:>10}" for cell in cells), flush=True)


def _ask_all(port: int, requests: list[bytes]) -> None:
    answered = 0
    while answered < len(requests):
        answered += run(Load(port, requests[answered:], 8, seconds=1.0, warm_up=0.0)).statuses.total()


def _cells(outcome: Outcome, least: Outcome) -> list[str]:
    rate, p50, p99 = _latencies(outcome)
    return [rate, f"{outcome.rate / least.rate:.2f}", p50, p99, f"{outcome.quantile(0.99) / outcome.quantile(0.5):.1f}"]


def _latencies(outcome: Outcome) -> list[str]:
    return [f"{outcome.rate:,.0f}", f"{outcome.quantile(0.5):.2f}", f"{outcome.quantile(0.99):.2f}"]


def _check(name: str, outcome: Outcome) -> None:
    """A benchmark of failures would be fast and worthless."""
    failed = {status: count for status, count in outcome.statuses.items() if status >= 300}
    if failed or outcome.lost:
        print(f"{name}: {failed} were no success, {outcome.lost} got no answer", file=sys.stderr)


if __name__ == "__main__":
    main()
