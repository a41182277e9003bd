"""What the rest of the API costs while every provider of covers hangs: side by side with a quiet minute.

    python -m benchmarks.hanging [--seconds 10]

4 connections ask for /recommendations/similar, alone and beside 4 that ask every 250 ms for 50 songs of /metadata that
nobody has asked for before. Once with no provider configured, once with providers that take every connection and never
say a word.
"""

import argparse
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from benchmarks.names import synthetic_names
from benchmarks.servers import running, uvicorn
from benchmarks.synthetic import factors, make_set
from catalog.song import song_id
from tests.load import Load, Outcome, finish, request, run, start

_SONGS = 17_600
_FACTORS = 75


def main() -> None:
    """Make a catalog, measure twice, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    # the system takes connections for a socket on which nobody accepts them, and nothing ever comes back
    silent = socket.create_server(("127.0.0.1", 0), backlog=4096)
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as scratch, silent:
        folder = Path(scratch)
        names = synthetic_names(_SONGS)
        make_set(folder / "artifacts", names, factors(_SONGS, _FACTORS))
        songs = [song_id(*song) for song in zip(*names, strict=True)]
        settings = {"ARTIFACTS_DIR": str(folder / "artifacts"), "LOG_LEVEL": "ERROR", "RATE_LIMITS": "off"}
        settings |= dict.fromkeys(("ITUNES_URL", "DEEZER_URL", "MUSICBRAINZ_URL", "COVERART_URL"), url)
        settings["METADATA_CONTACT"] = "me@music.example"
        table = Table(title="one process; similar: 4 connections, a request every 20 ms each")
        for column in ("", "answers", "of them 200", "p50 ms", "p99 ms", "worst ms"):
            table.add_column(column, justify="right" if column else "left")
        for name, providers in (("providers off", ""), ("providers hang", "itunes,deezer,musicbrainz")):
            own = settings | {"METADATA_PROVIDERS": providers}
            with running(uvicorn("api:app"), folder, own, "/health") as port:
                _measure(table, name, port, songs, options.seconds)
        Console(width=120).print(table)


def _measure(table: Table, name: str, port: int, songs: list[str], seconds: float) -> None:
    # each only once: what is answered from the response cache would say nothing
    similar = [request(f"/recommendations/similar?{urlencode({'song_id': song})}") for song in songs]
    pages = [request(_page(songs[start : start + 50])) for start in range(0, len(songs) - 50, 50)]
    half = len(similar) // 2
    _row(table, f"{name}: similar alone", run(Load(port, similar[:half], connections=4, seconds=seconds, pause=0.02)))
    with start(Load(port, pages, connections=4, seconds=seconds, warm_up=0.0, pause=0.25)) as process:
        _row(table, f"{name}: similar", run(Load(port, similar[half:], connections=4, seconds=seconds, pause=0.02)))
        _row(table, f"{name}: metadata beside it", finish(process))


def _page(songs: list[str]) -> str:
    return f"/metadata?{urlencode([('song_id', song) for song in songs])}"


def _row(table: Table, name: str, outcome: Outcome) -> None:
    times = [f"{outcome.quantile(q):.1f}" for q in (0.5, 0.99, 1.0)]
    table.add_row(name, f"{outcome.statuses.total():,}", f"{outcome.statuses[200]:,}", *times)


if __name__ == "__main__":
    main()
