"""Artifact sets swapped under load: no error, no answer that mixes two versions, a damaged set refused.

python -m benchmarks.swap [--requests 200000] [--swaps 20] [--songs 20000]
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console

from artifact_set import ArtifactStore
from benchmarks.names import Names
from benchmarks.servers import gunicorn, running
from benchmarks.synthetic import factors, make_set
from tests.load import request

SETS = 3
CONNECTIONS = 16
_COMMON = "Everybody - Common Song"  # the one song that every set has
_MARK = re.compile(rb"Set(\d+)x")
_VERSION = re.compile(rb"(?i)x-artifact-version: (\S+)")
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


@dataclass
class Seen:
    """What came back, and by which version."""

    statuses: Counter[int] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    mixed: int = 0
    broken: int = 0
    finished: bool = False  # all swaps took place

    @property
    def total(self) -> int:
        """All answers so far."""
        return sum(self.statuses.values())


def _make_sets(root: Path, songs: int) -> dict[str, int]:
    """Version -> the number in the names of its songs."""
    made: dict[str, int] = {}
    for number in range(SETS):
        tracks = ["Common Song", *(f"Set{number}x {i}" for i in range(songs - 1))]
        names = Names(["Everybody", *(f"Artist Set{number}x {i % (songs // 10)}" for i in range(songs - 1))], tracks)
        made[make_set(root, names, factors(songs, 32, seed=number)).name] = number
    return made


async def _ask(port: int, requests: list[bytes], most: int, marks: dict[str, int], seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    place = 0
    while seen.total < most or not seen.finished:
        writer.write(requests[place % len(requests)])
        place += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length.group(1)) if length else 0)
        except (asyncio.IncompleteReadError, ConnectionError):
            seen.broken += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        seen.statuses[int(head[9:12])] += 1
        version = _VERSION.search(head)
        name = version.group(1).decode() if version else "none"
        seen.versions[name] += 1
        if {int(mark) for mark in _MARK.findall(body)} != {marks.get(name, -1)}:
            seen.mixed += 1
    writer.close()


async def _swap(store: ArtifactStore, turns: list[str], damaged: str, log: Path, most: int, seen: Seen) -> None:
    """Activate one version after the other at even distances, and wait for each to answer or to be refused."""
    for number, version in enumerate(turns, start=1):
        before = seen.versions[version]
        store.activate(version)
        while seen.versions[version] == before and not (version == damaged and "is refused" in log.read_text()):
            await asyncio.sleep(0.05)
        while seen.total < most * number // (len(turns) + 1):
            await asyncio.sleep(0.01)
    seen.finished = True


async def _run(port: int, options: argparse.Namespace, store: ArtifactStore, marks: dict[str, int], log: Path) -> Seen:
    seen = Seen()
    requests = [
        request("/recommendations/similar", song_id=_COMMON, limit=10),
        request("/catalog/search", q="artist", limit=10),
        request("/catalog/popular", limit=20),
        *(request("/recommendations/similar", song_id=_COMMON, limit=limit) for limit in range(11, 40)),
    ]
    *sound, damaged = marks
    turns = [sound[(number + 1) % len(sound)] for number in range(options.swaps)]
    turns[options.swaps // 2] = damaged
    asking = [_ask(port, requests, options.requests, marks, seen) for _ in range(CONNECTIONS)]
    await asyncio.gather(*asking, _swap(store, turns, damaged, log, options.requests, seen))
    return seen


def main() -> None:
    """Serve, swap, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--swaps", type=int, default=20)
    parser.add_argument("--songs", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        store = ArtifactStore(folder / "artifacts")
        marks = _make_sets(store.root, options.songs)
        sound, damaged = next(iter(marks)), list(marks)[-1]
        index = store.path(damaged) / "song_vectors.index"
        content = np.fromfile(index, np.uint8)
        content[len(content) // 2] ^= 1
        content.tofile(index)
        store.activate(sound)
        settings = {"ARTIFACTS_DIR": str(store.root), "RATE_LIMITS": "off", "LOG_LEVEL": "ERROR"}
        began = time.perf_counter()
        with running(gunicorn("api:app", 2), folder, settings, "/health/ready") as port:
            seen = asyncio.run(_run(port, options, store, marks, folder / f"server-{port}.log"))
            refused = sum(log.read_text().count("is refused") for log in folder.glob("server-*.log"))
        seconds = time.perf_counter() - began
    answers = ", ".join(f"{count:,} by {version}" for version, count in sorted(seen.versions.items()))
    Console(width=110, highlight=False).print(
        f"{seen.total:,} answers in {seconds:.0f} s while {options.swaps} swaps were asked for: {dict(seen.statuses)}\n"
        f"{answers}\n{seen.mixed} mixed versions, {seen.broken} connections broke, "
        f"the damaged set was refused {refused} times (2 workers)"
    )


if __name__ == "__main__":
    main()
