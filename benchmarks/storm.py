"""Crowds: whether anybody stands still, how far away /health is, and what 64 logins at once cost everybody else.

    python -m benchmarks.storm [--seconds 30] [--database postgresql://…/empty]

One process from a fresh start for each part; /health is asked every 50 ms, by a process of its own.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.names import synthetic_names
from benchmarks.servers import running, uvicorn
from benchmarks.synthetic import factors, make_set
from benchmarks.traffic import PASSWORD, Catalog, open_routes, own_routes, sign_up
from catalog.song import song_id
from tests.load import Load, Outcome, finish, request, run, start

_SONGS = 17_600
_FACTORS = 75
_LOGINS = 64


def main() -> None:
    """Make a catalog, then one table a question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--database", help="a PostgreSQL URL of an empty database; unset: a new SQLite file each time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = synthetic_names(_SONGS)
        make_set(folder / "artifacts", names, factors(_SONGS, _FACTORS))
        catalog = Catalog([song_id(*song) for song in zip(*names, strict=True)], names.tracks)
        settings = {"ARTIFACTS_DIR": str(folder / "artifacts"), "LOG_LEVEL": "WARNING", "RATE_LIMITS": "off"}
        if options.database:
            os.environ["DATABASE_URL"] = options.database
        Console(width=120).print(_crowds(catalog, folder, settings, options.seconds))
        Console(width=120).print(_logins(catalog, folder, settings, options.seconds))


def _crowds(catalog: Catalog, folder: Path, settings: dict[str, str], seconds: float) -> Table:
    table = Table(title="routes that use the database, from a fresh start")
    for column in (
        "connections",
        "answers",
        "of them 503",
        "lost",
        "p50 ms",
        "p99 ms",
        "health p50",
        "p99",
        "worst ms",
    ):
        table.add_column(column, justify="right")
    for connections in (64, 256):
        own = folder / f"crowd-{connections}"
        own.mkdir()
        with running(uvicorn("api:app"), own, settings, "/health/ready") as port:
            routes = own_routes(catalog, _people(port, catalog), None, [])
            mixed = [one for of_each in zip(*(route.requests[:32] for route in routes), strict=True) for one in of_each]
            with start(Load(port, mixed, connections, seconds, warm_up=0.0)) as process:
                health = run(Load(port, [request("/health")], 1, seconds, warm_up=0.0, pause=0.05))
                outcome = finish(process)
        table.add_row(
            str(connections),
            f"{outcome.statuses.total():,}",
            str(outcome.statuses[503]),
            str(outcome.lost),
            *(f"{outcome.quantile(q):.1f}" for q in (0.5, 0.99)),
            *(f"{health.quantile(q):.1f}" for q in (0.5, 0.99, 1.0)),
        )
        _report(outcome)
    return table


def _people(port: int, catalog: Catalog) -> list[str]:
    """New listeners, or those of the part before, where the database was kept."""
    try:
        return sign_up(port, catalog)
    except httpx.HTTPStatusError:
        return [_login(port, f"listener {i}") for i in range(32)]


def _login(port: int, username: str) -> str:
    form = {"username": username, "password": PASSWORD}
    answer = httpx.post(f"http://127.0.0.1:{port}/auth/login", data=form, timeout=60).raise_for_status()
    return str(answer.json()["access_token"])


def _logins(catalog: Catalog, folder: Path, settings: dict[str, str], seconds: float) -> Table:
    table = Table(title=f"similar, one connection every 5 ms, alone and beside {_LOGINS} logins at once")
    for column in ("", "requests", "p50 ms", "p99 ms", "p99 / quiet p99", "logins"):
        table.add_column(column, justify="right")
    own = folder / "logins"
    own.mkdir()
    with running(uvicorn("api:app"), own, settings, "/health/ready") as port:
        _people(port, catalog)
        similar = open_routes(catalog, None)[0].requests
        load = Load(port, similar, connections=4, seconds=seconds / 2, pause=0.005)
        quiet = run(load)
        with start(load) as process:
            done = _storm(port, seconds / 2 + load.warm_up)
            busy = finish(process)
    for name, outcome, logins in (("quiet", quiet, 0), ("beside logins", busy, done)):
        p50, p99 = outcome.quantile(0.5), outcome.quantile(0.99)
        times = f"{p99 / quiet.quantile(0.99):.1f}"
        table.add_row(name, f"{len(outcome.latencies):,}", f"{p50:.2f}", f"{p99:.2f}", times, str(logins))
        _report(outcome)
    return table


def _storm(port: int, seconds: float) -> int:
    """64 logins under way all the time; how many were done."""
    body = urlencode({"username": "listener 1", "password": PASSWORD}).encode()
    head = (
        "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return run(Load(port, [head.encode() + body], _LOGINS, seconds, warm_up=0.0)).statuses[200]


def _report(outcome: Outcome) -> None:
    failed = {status: count for status, count in outcome.statuses.items() if status >= 300}
    if failed or outcome.lost:
        print(f"{failed} were no success, {outcome.lost} got no answer", file=sys.stderr)


if __name__ == "__main__":
    main()
