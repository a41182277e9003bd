"""Searches over HTTP as people type them, letter by letter, beside the least that FastAPI can do.

    python -m benchmarks.typed --artifacts artifacts     # trained on the built-in sample

Beginnings of "artist track", "track artist", artist and track, over 16 connections, each run from an empty cache:
every text once, so that none is answered from memory; then as listeners type who look for popular songs more often,
so that texts come again; and the 300 queries that were typed by hand, a third with typos, every beginning once.
"""

import argparse
import csv
import random
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.servers import REPOSITORY, running, uvicorn
from catalog.table import SongTable
from tests.load import Load, Outcome, request, run

CONNECTIONS = 16
_SECONDS = 3.0
_SEARCHES = 3_000  # of listeners, each some twenty texts


def _letter_by_letter(typed: str) -> list[str]:
    return [typed[:end] for end in range(1, len(typed) + 1) if typed[end - 1] != " "]


def _ways_to_ask(artist: str, track: str) -> list[str]:
    return [f"{artist} {track}", f"{track} {artist}", artist, track]


def _each_once(songs: SongTable, draw: random.Random) -> list[str]:
    texts = {text for names in songs.names() for way in _ways_to_ask(*names) for text in _letter_by_letter(way)}
    return draw.sample(sorted(texts), len(texts))


def _by_popularity(songs: SongTable, draw: random.Random) -> list[str]:
    """Listeners who type at the same time, each a letter after the other."""
    rows = draw.choices(range(len(songs)), songs.listeners.tolist(), k=_SEARCHES)
    wanted = [songs.song(row) for row in rows]
    typed = [_letter_by_letter(draw.choice(_ways_to_ask(song.artist, song.track))) for song in wanted]
    groups = [typed[start : start + CONNECTIONS] for start in range(0, len(typed), CONNECTIONS)]
    return [texts[at] for group in groups for at in range(max(map(len, group))) for texts in group if at < len(texts)]


def _by_hand(draw: random.Random) -> list[str]:
    with (REPOSITORY / "tests" / "catalog" / "queries.csv").open(encoding="utf-8", newline="") as file:
        texts = {text for row in csv.DictReader(file) for text in _letter_by_letter(row["query"])}
    return draw.sample(sorted(texts), len(texts))


def _ask(artifacts: Path, texts: list[str], folder: Path) -> Outcome:
    """Ask a new server, until the time is over or shortly before texts would come again for want of others."""
    requests = [request("/catalog/search", q=text) for text in texts]
    settings = {"ARTIFACTS_DIR": str(artifacts.resolve()), "RATE_LIMITS": "off", "LOG_LEVEL": "WARNING"}
    seconds = min(_SECONDS, len(requests) / 6_000)
    with running(uvicorn("api:app"), folder, settings, "/health/ready") as port:
        return run(Load(port, requests, CONNECTIONS, seconds, 0.0))


def main() -> None:
    """Measure the floor and the searches, and print their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifacts", type=Path, required=True)
    options = parser.parse_args()
    songs = SongTable.open(options.artifacts / "current" / "catalog.arrow")
    kinds = {
        "every beginning once": _each_once(songs, random.Random(0)),
        "popular songs more often": _by_popularity(songs, random.Random(0)),
        "by hand, with typos, once": _by_hand(random.Random(0)),
    }
    out = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, texts in kinds.items():
            with running(uvicorn("benchmarks.floor:app"), folder, {}, "/floor") as port:
                floor = run(Load(port, [request("/floor")], CONNECTIONS, _SECONDS, 0.5))
            asked = _ask(options.artifacts, texts, folder)
            _print(out, name, asked, floor)


def _print(out: Console, name: str, asked: Outcome, floor: Outcome) -> None:
    failed = asked.lost + sum(count for status, count in asked.statuses.items() if status != 200)
    out.print(
        f"{name}: {asked.rate:,.0f} requests/s = {asked.rate / floor.rate:.2f} of the floor ({floor.rate:,.0f}), "
        f"p50 {asked.quantile(0.5):.1f} ms, p99 {asked.quantile(0.99):.1f} ms, "
        f"{asked.statuses.total():,} answers, {failed} failed"
    )


if __name__ == "__main__":
    main()
