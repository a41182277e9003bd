"""Training on a large history, stage by stage: wall, CPU and memory, beside DuckDB's and Polars' aggregation.

    python -m benchmarks.scale --listens 2000000 --trials 3
    python -m benchmarks.scale --before DIR     # another state of the repository beside it, on the same file
    python -m benchmarks.scale --stages train spark --tune-on 20000

The history is drawn with a seed: a listener for every 200 listens, a song for every 21, songs by Zipf's law within
some of 200 tastes that a listener has. Each stage runs alone. CPU is that of its whole process tree, memory the most
that its largest process held. The stages of the product are: the history read, folded and counted; `main.py`;
`build_vector_db.py`; `main.py --engine spark`, on all cores. DuckDB and Polars count listens of each (user, artist,
track), fold nothing and check nothing. What the state in --before takes to read and to train is told as well; it is
ended after --limit seconds. Needs requirements-bench.txt, and for Spark requirements-spark.txt and Java 17.
"""

import argparse
import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet

REPOSITORY = Path(__file__).parents[1]
STAGES = ("read", "duckdb", "polars", "train", "build", "spark")
_OF_BOTH = ("read", "train")
TASTES = 200
_A_LISTENER, _A_SONG = 200, 21  # listens
_OF_THE_TASTE = 0.7  # of a listener's listens
_BLOCK = 1_000_000
_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_DAY = 86_400

_RATINGS = """
import sys
from pathlib import Path
from history import ReadSettings, read_history
from training.data.ratings import to_ratings
ratings = to_ratings(read_history([Path(sys.argv[1])], ReadSettings())[0])
print(f"{ratings.users:,} users, {len(ratings.songs):,} songs, {ratings.pairs:,} pairs")
"""
_DUCKDB = """
import sys, duckdb
grouped = "select Username, Artist, Track, count(*) as plays from read_parquet(?) group by all"
found = duckdb.connect().execute(f"select count(*), sum(plays) from ({grouped})", sys.argv[1:])
print("%d pairs" % found.fetchone()[0])
"""
_POLARS = """
import sys, polars
rows = polars.scan_parquet(sys.argv[1]).group_by("Username", "Artist", "Track").len()
print("%d pairs" % rows.select(polars.len()).collect(engine="streaming").item())
"""


class Cost(NamedTuple):
    """What a command took. wall, cpu: seconds; peak: bytes of its largest process."""

    wall: float
    cpu: float
    peak: int
    code: int


def write_history(path: Path, listens: int, seed: int = 0) -> None:
    """A history in the Kaggle layout as Parquet."""
    draw = np.random.default_rng(seed)
    songs = max(1000, listens // _A_SONG)
    names = _names(max(50, listens // _A_LISTENER), songs)
    schema = pa.schema(dict.fromkeys(("Username", "Artist", "Track", "Date", "Time"), pa.string()))
    partial = path.with_suffix(".partial")
    with pyarrow.parquet.ParquetWriter(partial, schema) as file:
        for start in range(0, listens, _BLOCK):
            file.write_batch(_batch(draw, min(_BLOCK, listens - start), names, schema))
    partial.rename(path)


def _names(listeners: int, songs: int) -> tuple[Any, Any, Any]:
    """All listeners', artists' and tracks' names, the last by song."""
    texts: Any = pa
    return (
        texts.array([f"listener{i:06d}" for i in range(listeners)]),
        texts.array([f"Artist {i:05d} & the Band" for i in range(max(50, songs // 12))]),
        texts.array([f"A song with a title, no {i}" for i in range(songs)]),
    )


def _batch(draw: np.random.Generator, rows: int, names: tuple[Any, Any, Any], schema: pa.Schema) -> pa.RecordBatch:
    listeners, artists, tracks = names
    songs = len(tracks)
    # log-uniform ranks are Zipf's law with exponent 1; a taste is every 200th song, so that it has its own hits
    user = np.minimum((len(listeners) * draw.beta(0.7, 2.0, rows)).astype(np.int64), len(listeners) - 1)
    rank = np.minimum(np.exp(draw.random(rows) * np.log(songs)).astype(np.int64), songs - 1)
    taste = (user * 7 + draw.integers(0, 3, rows)) % TASTES
    own = np.minimum(rank // TASTES * TASTES + taste, songs - 1)
    deep = np.minimum(
        (np.exp(draw.random(rows) * np.log(songs / TASTES)) - 1).astype(np.int64) * TASTES + taste, songs - 1
    )
    song = np.where(draw.random(rows) < _OF_THE_TASTE, np.where(draw.random(rows) < 0.5, own, deep), rank)
    moment = np.datetime64("2020-01-01", "s") + draw.integers(0, 730 * _DAY, rows).astype("timedelta64[s]")
    day, second = moment.astype("datetime64[D]"), (moment - moment.astype("datetime64[D]")).astype(np.int64)
    arrow: Any = pa
    clocks = arrow.array([f" {minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60)])
    columns = [
        listeners.take(pa.array(user)),
        artists.take(pa.array(song % len(artists))),
        tracks.take(pa.array(song)),
        pa.array(day.astype(str)),
        clocks.take(pa.array(second // 60)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def run(command: Sequence[str], checkout: Path, *, quiet: bool = False, limit: int = 0) -> Cost:
    """Run a command in a checkout until it ends; its output goes where ours goes, or nowhere where it is `quiet`.

    limit: seconds after which it is ended; 0: never.

    On Linux processes that it left behind, as PySpark does its JVM, are waited for and counted.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    began = time.perf_counter()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.chdir(checkout)
        signal.alarm(limit)
        if quiet:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execve(sys.executable, [sys.executable, *command], os.environ | {"PYTHONPATH": str(checkout)})
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    every = [used, *_left_behind()]
    cpu = sum(one.ru_utime + one.ru_stime for one in every)
    return Cost(wall, cpu, max(one.ru_maxrss for one in every) * 1024, os.waitstatus_to_exitcode(status))


def _left_behind() -> Iterator[resource.struct_rusage]:
    """What orphans of a command used, each once it has ended."""
    with suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)[2]


def stages(options: argparse.Namespace, history: Path, work: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Each stage that is asked for: as it is asked for, its name, and its command."""
    artifacts = ["--artifacts", str(work / "artifacts")]
    training = ["--data", str(history), "--trials", str(options.trials), *artifacts]
    all_of_them = {
        "read, fold, count": ["-c", _RATINGS, str(history)],
        "DuckDB counts": ["-c", _DUCKDB, str(history)],
        "Polars counts": ["-c", _POLARS, str(history)],
        f"main.py --trials {options.trials}": [
            *("main.py", *training, "--tracking-uri", f"sqlite:///{work}/mlflow.db"),
        ],
        "build_vector_db.py": ["build_vector_db.py", *artifacts],
        f"main.py --engine spark --trials {options.trials} --tune-on {options.tune_on}": [
            *("main.py", "--engine", "spark", "--work", str(work / "work"), "--tune-on", str(options.tune_on)),
            *("--data", str(history), "--trials", str(options.trials), "--artifacts", str(work / "of spark")),
            *("--tracking-uri", f"sqlite:///{work}/mlflow.db"),
        ],
    }
    short = dict(zip(STAGES, all_of_them.items(), strict=True))
    yield from ((stage, *short[stage]) for stage in options.stages)


def _row(name: str, cost: Cost) -> str:
    ended = "ended by --limit" if cost.code == -signal.SIGALRM else f"exit code {cost.code}"
    failed = f" ({ended})" if cost.code else ""
    return f"| {name}{failed} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak / 2**30:.2f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the history where it is not there, run the stages, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--listens", type=int, default=20_000_000)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where histories are kept (default: a temporary folder)")
    parser.add_argument("--before", type=Path, help="another state of this repository, told beside this one")
    parser.add_argument("--limit", type=int, default=900, help="seconds that the other state may take (default: 900)")
    parser.add_argument("--tune-on", type=int, default=20_000, help="of --engine spark (default: 20,000)")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES[:-1])
    options = parser.parse_args(arguments)
    rows = []
    with TemporaryDirectory() as temporary:
        history = (options.folder or Path(temporary)).resolve() / f"listens-{options.listens}.parquet"
        if not history.exists():
            write_history(history, options.listens)
        for stage, name, command in stages(options, history, Path(temporary)):
            if options.before and stage in _OF_BOTH:
                cost = run(command, options.before.resolve(), limit=options.limit)
                rows.append(_row(f"before: {name}", cost))
                print(rows[-1], flush=True)
            rows.append(_row(name, run(command, REPOSITORY)))
            print(rows[-1], flush=True)  # what was measured is told even if the last stage is ended
    print(f"\n{options.listens:,} listens, {os.cpu_count()} cores\n\n| stage | wall, s | CPU, s | peak memory, GiB |")
    print("|---|---|---|---|", *rows, sep="\n", flush=True)


if __name__ == "__main__":
    main()
