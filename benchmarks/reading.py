"""How long a large history takes to be read and folded, beside DuckDB's plain aggregation of the same file.

`python -m benchmarks.reading --rows 20000000` writes a seeded history (100,000 users, 1,000,000 songs, Zipf) as
Parquet and as gzipped CSV, then reads each in a process of its own: once with `history.read_history` up to the named
songs of every listen, once with DuckDB's `select Username, Artist, Track, count(*) … group by all`, which folds and
checks nothing.
"""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

_USERS, _SONGS, _ARTISTS = 100_000, 1_000_000, 80_000
_BLOCK = 1_000_000
_DAY = 86_400


def write(folder: Path, rows: int) -> list[Path]:
    """A history as Parquet and as gzipped CSV in the Kaggle layout."""
    draw = np.random.default_rng(0)
    paths = [folder / "listens.parquet", folder / "listens.csv.gz"]
    schema = pa.schema(dict.fromkeys(("Username", "Artist", "Track", "Date", "Time"), pa.string()))
    with (
        pyarrow.parquet.ParquetWriter(paths[0], schema) as parquet,
        pa.CompressedOutputStream(str(paths[1]), "gzip") as zipped,
        pyarrow.csv.CSVWriter(cast("IO[bytes]", zipped), schema) as table,
    ):
        for start in range(0, rows, _BLOCK):
            batch = _batch(draw, min(_BLOCK, rows - start), schema)
            parquet.write_batch(batch)
            table.write_batch(batch)
    return paths


def _batch(draw: np.random.Generator, rows: int, schema: pa.Schema) -> pa.RecordBatch:
    song = np.minimum((_SONGS ** draw.random(rows)).astype(np.int64), _SONGS - 1)  # log-uniform: Zipf with exponent 1
    user = draw.integers(0, _USERS, rows)
    moment = np.datetime64("2020-01-01", "s") + draw.integers(0, 730 * _DAY, rows).astype("timedelta64[s]")
    day, second = moment.astype("datetime64[D]"), (moment - moment.astype("datetime64[D]")).astype(np.int64)
    arrow: Any = pa
    clocks = arrow.array([f" {minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60)])
    columns = [
        arrow.array([f"listener{i:06d}" for i in range(_USERS)]).take(pa.array(user)),
        arrow.array([f"Artist {i:05d} & the Band" for i in range(_ARTISTS)]).take(pa.array(song % _ARTISTS)),
        arrow.array([f"A song with a title, no {i}" for i in range(_SONGS)]).take(pa.array(song)),
        pa.array(day.astype(str)),
        clocks.take(pa.array(second // 60)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def read(path: Path) -> str:
    """Read and fold a history; what was found."""
    from history import ReadSettings, read_history

    listens, _ = read_history([path], ReadSettings())
    song, songs = listens.spellings.named(listens.plays)
    return f"{listens.total:,} listens, {listens.user_count:,} users, {len(songs.song_ids):,} songs, {len(song):,} rows"


def aggregate(path: Path) -> str:
    """DuckDB's plain aggregation; what was found."""
    import duckdb

    source = "read_csv(?, header = true, all_varchar = true)" if path.name.endswith(".csv.gz") else "read_parquet(?)"
    query = f"select Username, Artist, Track, count(*) as plays from {source} group by all"
    connection = duckdb.connect()
    found = connection.execute(f"select sum(plays), count(*) from ({query})", [str(path)]).fetchone()
    return f"{found[0]:,} listens, {found[1]:,} groups" if found else ""


def main() -> None:
    """Print seconds and memory of both for each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--folder", type=Path, help="where the files are kept (a temporary folder)")
    parser.add_argument("--only", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        what, path = options.only
        began = time.perf_counter()
        found = {"history": read, "duckdb": aggregate}[what](Path(path))
        cpu = time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        took = f"{time.perf_counter() - began:7.1f} s {cpu:7.1f} s of CPU {peak:6.2f} GB"
        print(f"{what:8} {Path(path).name:16} {took}   {found}", flush=True)
        return
    with TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        paths = [folder / "listens.parquet", folder / "listens.csv.gz"]
        for path in paths if all(path.exists() for path in paths) else write(folder, options.rows):
            for what in ("duckdb", "history"):
                subprocess.run([sys.executable, "-m", "benchmarks.reading", "--only", what, str(path)], check=True)


if __name__ == "__main__":
    main()
