"""One history learned in memory and on Spark: how alike the versions are, and whether kills change anything.

    python -m benchmarks.same_on_spark [--data LISTENS.csv.gz] [--trials 20] [--folder DIR]

`main.py` runs in memory, then three times on Spark: whole, whole again, and killed twice, each time with all its
processes, once its listens and once its blocks are kept. The sets of memory and of the first run on Spark are then
built, verified and served, and both servers are asked for the same songs. Exit code 1 where a version is not what it
should be. Needs requirements-spark.txt and Java 17.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np

from artifact_set import ArtifactStore
from artifact_set.manifest import CATALOG, TrainingRecord
from artifact_set.trained import read_trained
from benchmarks.relevance.histories import HETREC
from benchmarks.scale import REPOSITORY, run
from benchmarks.servers import running, uvicorn
from catalog.table import SongTable
from history import ReadSettings, read_history
from training.algorithms.puresvd import PureSVD
from training.data.ratings import to_ratings

_KILLED_AT = ("listens.json", "blocks.json")
_NEARNESS = 1e-5
_NDCG = 0.02  # of its value
_ASKED, _PAGE = 200, 20
_CORES = "local[2]"
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


class Version(NamedTuple):
    """What a run has written. vectors: (songs, factors) float32."""

    catalog: bytes
    vectors: Floats
    songs: SongTable
    record: TrainingRecord
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, compare, serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HETREC, help="a history (default: HetRec's)")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where all of it is kept (default: a temporary folder)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        line = ["--data", str(options.data.resolve()), "--trials", str(options.trials)]
        line += ["--tracking-uri", f"sqlite:///{folder}/mlflow.db"]
        memory = _learned(folder / "memory", [*line, "--algorithms", "puresvd"])
        once, again = (_learned(folder / name, [*line, *_spark(folder / name)]) for name in ("spark", "again"))
        killed = _killed(folder / "killed", [*line, *_spark(folder / "killed")])
        as_it_should = _compared(options.data, memory, once, again, killed)
        _serve(folder)
    return int(not as_it_should)


def _spark(folder: Path) -> list[str]:
    return ["--engine", "spark", "--master", _CORES, "--work", str(folder / "work")]


def _learned(folder: Path, line: list[str]) -> Version:
    cost = run(["main.py", *line, "--artifacts", str(folder / "artifacts")], REPOSITORY, quiet=True)
    if cost.code:
        raise SystemExit(f"main.py ended with exit code {cost.code}")
    store = ArtifactStore(folder / "artifacts")
    (version,) = store.waiting()
    path = store.root / version
    model, songs, record = read_trained(path)
    return Version((path / CATALOG).read_bytes(), model.qi, songs, record, cost.wall)


def _killed(folder: Path, line: list[str]) -> Version:
    """Ended once each of its checkpoints is there, then run to its end."""
    for checkpoint in _KILLED_AT:
        command = [sys.executable, "main.py", *line, "--artifacts", str(folder / "artifacts")]
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, start_new_session=True)
        while not (folder / "work" / checkpoint).exists():
            if process.poll() is not None:
                raise SystemExit(f"main.py ended with exit code {process.returncode} before {checkpoint} was there")
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return _learned(folder, line)


def _compared(data: Path, memory: Version, once: Version, again: Version, killed: Version) -> bool:
    """Print how alike they are; whether that is as it should be."""
    for name, one in (("in memory", memory), ("on Spark", once), ("again", again), ("killed twice", killed)):
        print(f"{name}: NDCG@20 {one.record.metrics['ndcg@20']:.4f}, {len(one.songs):,} songs, {one.seconds:.0f} s")
    # as a share of the largest number, for so single precision counts
    same = _by_memory(data, once.record)
    difference = float(np.abs(same - once.vectors).max() / np.abs(same).max())
    ratio = once.record.metrics["ndcg@20"] / memory.record.metrics["ndcg@20"]
    alike = {
        "catalog of memory and Spark equal, byte by byte": memory.catalog == once.catalog,
        f"vectors of memory with Spark's parameters within {_NEARNESS}: {difference:.1e}": difference <= _NEARNESS,
        f"NDCG@20 within {_NDCG:.0%}: ratio {ratio:.4f}": abs(ratio - 1) <= _NDCG,
        "two runs on Spark, equal bits": _equal(once, again),
        "killed twice, equal bits": _equal(once, killed),
    }
    for what, holds in alike.items():
        print(f"{what}: {'yes' if holds else 'NO'}")
    return all(alike.values())


def _by_memory(data: Path, record: TrainingRecord) -> Floats:
    """What memory learns with the parameters of a run on Spark, whose search divided listeners in another way."""
    plays = to_ratings(read_history([data], ReadSettings())[0], "user").plays
    parameters = {name: value for name, value in record.parameters.items() if isinstance(value, int | float | str)}
    return PureSVD().fit(plays, parameters, seed=int(parameters["seed"])).factors


def _equal(one: Version, other: Version) -> bool:
    return one.catalog == other.catalog and one.vectors.tobytes() == other.vectors.tobytes()


def _serve(folder: Path) -> None:
    """Build, verify and serve both sets, and compare what they answer."""
    stores = [ArtifactStore(folder / name / "artifacts") for name in ("memory", "spark")]
    for store in stores:
        where = ["--artifacts", str(store.root)]
        for command in (["build_vector_db.py", *where], ["-m", "artifact_set", *where, "verify"]):
            if run(command, REPOSITORY, quiet=True).code:
                raise SystemExit(f"{' '.join(command)} failed")
    songs = SongTable.open(stores[0].path_of_current() / CATALOG)
    rows = np.random.default_rng(0).choice(len(songs), min(_ASKED, len(songs)), replace=False)
    names = [song.song_id for song in songs.songs(rows.tolist())]
    ours, its = (_answers(store, names, folder / store.root.parent.name) for store in stores)
    shared = np.mean([len(set(a) & set(b)) / max(1, len(a)) for a, b in zip(ours, its, strict=True)])
    print(f"similar songs of {len(names)} songs, asked of both servers: {shared:.1%} of the first {_PAGE} are the same")


def _answers(store: ArtifactStore, names: Sequence[str], folder: Path) -> list[list[str]]:
    settings = {"ARTIFACTS_DIR": str(store.root), "API_SECRET_KEY": "k" * 40}
    with (
        running(uvicorn("api:app"), folder, settings, "/health") as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        asked = [
            http.get("/recommendations/similar", params={"song_id": name, "limit": _PAGE}).raise_for_status().json()
            for name in names
        ]
    return [[song["song_id"] for song in answer["items"]] for answer in asked]


if __name__ == "__main__":
    sys.exit(main())
