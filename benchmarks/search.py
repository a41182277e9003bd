"""Search over many songs: ours beside a substring scan and SQLite FTS5, on the same queries in one run.

    python -m benchmarks.search [--songs 1000000] [--queries 200]

Ours is asked through `CatalogSearch.search`, the function that the route calls. Each song is asked for as it is
spelled ("exact"), with half of its last word ("prefix") and with one typo in a word of 4 letters or more ("typo");
"typing" asks for names letter by letter, from the first letter on. Wall time of one thread in milliseconds, and of
ours also the thread's own CPU time, which other work on the machine does not lengthen.
"""

import argparse
import math
import multiprocessing
import random
import string
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.engines import PAGE, Engine, sqlite_fts5, substring_scan
from benchmarks.names import Names, synthetic_names
from benchmarks.queries import hit_rate, open_sample, places
from catalog.search import CatalogSearch, write_search
from catalog.table import SongTable, write_table

_SLOW = 20  # queries of a kind for an engine that takes a tenth of a second for each
_TYPED = 20  # names that are typed letter by letter


class Asked(NamedTuple):
    """A query and the row of the song that it means."""

    query: str
    row: int


class Timed(NamedTuple):
    """Milliseconds, sorted, and the share of queries whose song is among the first 5."""

    wall: list[float]
    cpu: list[float]
    hits: float


def typo(word: str, rng: random.Random) -> str:
    """The word with one letter replaced, added, left out or swapped with its neighbour."""
    at = rng.randrange(len(word))
    letter = rng.choice(string.ascii_lowercase.replace(word[at], ""))
    swapped = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
    return rng.choice(
        [word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + word[at + 1 :], swapped]
    )


def asked(names: Names, count: int, rng: random.Random) -> dict[str, list[Asked]]:
    """`count` songs drawn at random, asked for in each way."""
    kinds: dict[str, list[Asked]] = {"exact": [], "prefix": [], "typo": [], "typing": []}
    rows = rng.sample(range(len(names.artists)), count)
    for row in rows:
        words = f"{names.artists[row]} {names.tracks[row]}".lower().split()
        kinds["exact"].append(Asked(" ".join(words), row))
        kinds["prefix"].append(Asked(" ".join([*words[:-1], words[-1][: max(1, len(words[-1]) // 2)]]), row))
        at = rng.choice([i for i, word in enumerate(words) if len(word) >= 4] or [0])
        kinds["typo"].append(Asked(" ".join([*words[:at], typo(words[at], rng), *words[at + 1 :]]), row))
    for whole in kinds["exact"][:_TYPED]:
        kinds["typing"] += [Asked(whole.query[:letters], whole.row) for letters in range(1, len(whole.query) + 1)]
    return kinds


def ask(engine: Engine, questions: list[Asked]) -> Timed:
    """Ask one after the other."""
    wall, cpu, hits = [], [], 0
    for question in questions:
        began, busy = time.perf_counter(), time.thread_time()
        rows = engine(question.query)
        cpu.append((time.thread_time() - busy) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
        hits += question.row in rows[:5]
    return Timed(sorted(wall), sorted(cpu), hits / len(questions))


def at(times: list[float], share: float) -> float:
    """The time that this share of the queries does not exceed."""
    return times[max(0, math.ceil(len(times) * share) - 1)]


def _own_bytes() -> int:
    """Memory of this process that no file stands behind: what a further worker costs (Linux)."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Anonymous:"))


def _worker(folder: Path, queries: list[str], used: "multiprocessing.Queue[tuple[int, int, float]]") -> None:
    """Bytes of its own that a fresh process needs to open and to search the folder, and the seconds to open it."""
    before, began = _own_bytes(), time.perf_counter()
    songs = SongTable.open(folder / "catalog.arrow")
    search = CatalogSearch.open(folder / "search", songs)
    seconds, opened = time.perf_counter() - began, _own_bytes()
    for query in queries:
        songs.songs(search.search(query, PAGE).rows)
    used.put((opened - before, _own_bytes() - before, seconds))


def worker_memory(folder: Path, queries: list[str]) -> tuple[int, int, float]:
    """What `_worker` finds in a process of its own."""
    context = multiprocessing.get_context("spawn")
    used: multiprocessing.Queue[tuple[int, int, float]] = context.Queue()
    process = context.Process(target=_worker, args=(folder, queries, used))
    process.start()
    found = used.get()
    process.join()
    return found


def random_text(rng: random.Random) -> str:
    """Up to 40 characters from anywhere in Unicode, half of them ASCII; lone surrogates are among them."""
    return "".join(chr(rng.randrange(rng.choice([128, 0x3000, 0x110000]))) for _ in range(rng.randrange(1, 40)))


def compare(names: Names, folder: Path, queries: int, console: Console) -> None:
    """Build each engine, ask all the same and print a table."""
    table = Table("engine", "queries", "p50 ms", "p95 ms", "max ms", "CPU p95 ms", "hit@5", title="one thread")
    began = time.perf_counter()
    plays = np.arange(len(names.artists), 0, -1, dtype=np.int64)
    write_table(folder / "catalog.arrow", names.artists, names.tracks, plays, plays)
    wrote = time.perf_counter()
    songs = SongTable.open(folder / "catalog.arrow")
    busy = time.process_time()
    write_search(folder / "search", songs)
    built, busy = time.perf_counter(), time.process_time() - busy
    search = CatalogSearch.open(folder / "search", songs)
    fts = sqlite_fts5(names, folder / "names.db")
    filled = time.perf_counter()
    engines: dict[str, Engine] = {
        "ours": lambda query: search.search(query, PAGE).rows,
        "SQLite FTS5": fts,
        "substring scan": substring_scan(names),
    }
    rng = random.Random(1)
    kinds = asked(names, queries, rng)
    kinds["anything"] = [Asked(random_text(rng), -1) for _ in range(queries * 10)]
    for name, engine in engines.items():
        for kind, questions in kinds.items():
            if name != "ours" and kind in ("typing", "anything"):
                continue
            some = questions[:_SLOW] if name == "substring scan" else questions
            timed = ask(engine, some)
            times = (
                f"{t:.2f}" for t in (at(timed.wall, 0.5), at(timed.wall, 0.95), timed.wall[-1], at(timed.cpu, 0.95))
            )
            shown = f"{timed.hits:.3f}" if kind in ("exact", "prefix", "typo") else "-"
            table.add_row(name, f"{len(some)} {kind}", *times, shown)
    console.print(table)
    size = {
        what: sum(f.stat().st_size for f in [*(folder / what).rglob("*"), folder / what] if f.is_file()) / 1e6
        for what in ("search", "catalog.arrow", "names.db")
    }
    console.print(
        f"ours: index built in {built - wrote:.1f} s ({busy:.1f} s of CPU), {size['search']:.0f} MB on disk "
        f"(table of songs {wrote - began:.1f} s, {size['catalog.arrow']:.0f} MB)\n"
        f"SQLite FTS5: {filled - built:.1f} s, {size['names.db']:.0f} MB"
    )
    opened, searched, seconds = worker_memory(
        folder, [q.query for kind in ("exact", "prefix", "typo") for q in kinds[kind]]
    )
    console.print(
        f"a worker: opened in {seconds * 1000:.0f} ms, {opened / 1e6:.1f} MB of its own beside the mapped files, "
        f"{searched / 1e6:.1f} MB after {3 * queries} searches"
    )


def relevance(folder: Path, texts: int, console: Console) -> None:
    """Print how the hand-made queries over the built-in catalog fare."""
    songs, search = open_sample(folder)
    hits = places(songs, search)
    table = Table(
        "kind", "queries", "hit@1", "hit@5", title=f"typed by hand over the built-in catalog of {len(songs):,} songs"
    )
    for kind, count in Counter(hit.typed.kind for hit in hits).items():
        some = [hit for hit in hits if hit.typed.kind == kind]
        table.add_row(kind, str(count), f"{hit_rate(some, 1):.3f}", f"{hit_rate(some, 5):.3f}")
    table.add_row("all", str(len(hits)), f"{hit_rate(hits, 1):.3f}", f"{hit_rate(hits, 5):.3f}")
    console.print(table)
    for hit in hits:
        if hit.place != 1:
            console.print(f"  {hit.typed.query!r} means {hit.typed.song_id}: place {hit.place or 'none'}")
    letters = [Asked(h.typed.query[:n], -1) for h in hits for n in range(1, len(h.typed.query) + 1)]
    engine: Engine = lambda query: search.search(query, PAGE).rows  # noqa: E731  asked twice
    timed = ask(engine, letters)
    console.print(
        f"typed letter by letter, {len(letters):,} searches: p50 {at(timed.wall, 0.5) * 1000:.0f} µs, "
        f"p95 {at(timed.wall, 0.95) * 1000:.0f} µs, mean {sum(timed.cpu) / len(letters) * 1000:.0f} µs of CPU"
    )
    rng = random.Random(2)
    timed = ask(engine, [Asked(random_text(rng), -1) for _ in range(texts)])
    console.print(
        f"random Unicode, {texts:,} searches: p50 {at(timed.wall, 0.5) * 1000:.0f} µs, "
        f"p95 {at(timed.wall, 0.95) * 1000:.0f} µs, slowest {timed.wall[-1]:.1f} ms "
        f"({timed.cpu[-1]:.1f} ms of CPU); none failed"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=1_000_000, help="0: only the queries typed by hand")
    parser.add_argument("--queries", type=int, default=200, help="of each kind")
    parser.add_argument("--texts", type=int, default=100_000, help="of random Unicode, over the built-in catalog")
    options = parser.parse_args()
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        relevance(Path(folder), options.texts, console)
    if options.songs:
        with tempfile.TemporaryDirectory() as folder:
            compare(synthetic_names(options.songs), Path(folder), options.queries, console)


if __name__ == "__main__":
    main()
