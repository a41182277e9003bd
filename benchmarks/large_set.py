"""A set of very many songs: built, verified, started and asked, with what each step takes.

    python -m benchmarks.large_set --songs 10000000 --dimensions 64 --factory IVF4096,SQ8

Names and vectors are synthetic. Each step is a process of its own. CPU is that of its whole tree, memory the most that
its largest process held. The server has two workers; every request asks for another song or types another text, one
after the other on one connection. PSS counts a page that n processes share as 1/n in each.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

from artifact_set import ArtifactStore
from benchmarks.scale import REPOSITORY, run
from benchmarks.servers import gunicorn, started
from catalog.song import Song
from catalog.table import SongTable
from tests.processes import pss

WORKERS = 2
_REQUESTS = 500
_TRAINED = """
import sys
from pathlib import Path
from benchmarks.synthetic import write_synthetic
write_synthetic(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
"""


def milliseconds(ask: Callable[[Song], object], songs: Sequence[Song]) -> tuple[float, float]:
    """The median and the 95th percentile of a question about each song."""
    took = []
    for song in songs:
        began = time.perf_counter()
        ask(song)
        took.append((time.perf_counter() - began) * 1000)
    median, high = np.percentile(took, [50, 95])
    return float(median), float(high)


def serve(artifacts: Path, folder: Path) -> list[str]:
    """Start the server and ask it; a line for each figure."""
    songs = SongTable.open(ArtifactStore(artifacts).path_of_current() / "catalog.arrow")
    drawn = list(songs.songs(np.random.default_rng(1).integers(0, len(songs), _REQUESTS).tolist()))
    settings = {"ARTIFACTS_DIR": str(artifacts), "API_SECRET_KEY": "k" * 40}
    began = time.perf_counter()
    with started(gunicorn("api:app", WORKERS), folder, settings, "/health") as server:
        lines = [f"start with {WORKERS} workers: {time.perf_counter() - began:.1f} s"]
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:

            def similar(song: Song) -> None:
                client.get("/recommendations/similar", params={"song_id": song.song_id}).raise_for_status()

            def named(song: Song) -> None:
                client.get("/catalog/search", params={"q": f"{song.track} {song.artist}"}).raise_for_status()

            def begun(song: Song) -> None:
                client.get("/catalog/search", params={"q": song.track[: 4 + len(song.track) % 5]}).raise_for_status()

            def mistyped(song: Song) -> None:
                client.get("/catalog/search", params={"q": song.track[:3] + song.track[4:]}).raise_for_status()

            for ask in (similar, named, begun, mistyped):
                median, high = milliseconds(ask, drawn)
                lines.append(f"{ask.__name__}: p50 {median:.1f} ms, p95 {high:.1f} ms")
        lines.append(f"total PSS: {pss(server.process.pid) / 2**30:.2f} GiB")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the steps and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--songs", type=int, default=10_000_000)
    parser.add_argument("--dimensions", type=int, default=64)
    parser.add_argument("--factory", default="Flat")
    parser.add_argument("--folder", type=Path, help="where the set is kept (default: a temporary folder)")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        artifacts = folder / "artifacts"
        steps = {
            "write the trained model": ["-c", _TRAINED, str(artifacts), str(options.songs), str(options.dimensions)],
            "build": ["build_vector_db.py", "--artifacts", str(artifacts), "--factory", options.factory, "--force"],
            "verify": ["-m", "artifact_set", "--artifacts", str(artifacts), "verify"],
        }
        print(f"{options.songs:,} songs x {options.dimensions}, {options.factory}, {os.cpu_count()} cores\n")
        print("| step | wall, s | CPU, s | peak memory, GiB |\n|---|---|---|---|", flush=True)
        for name, command in steps.items():
            cost = run(command, REPOSITORY, quiet=True)
            print(f"| {name} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak / 2**30:.2f} |", flush=True)
            if cost.code:
                raise SystemExit(f"{name} ended with exit code {cost.code}")
        size = sum(path.stat().st_size for path in artifacts.rglob("*") if path.is_file() and not path.is_symlink())
        print(f"\nthe set: {size / 2**30:.2f} GiB", *serve(artifacts, folder), sep="\n")


if __name__ == "__main__":
    main()
