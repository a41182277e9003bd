"""An endless queue: how far it wanders from its first song, whether it keeps its rules, and what a call costs.

    python -m benchmarks.up_next [--artifacts DIR] [--queues N]

Each queue begins with one song, drawn from the whole catalog, and is continued 50 times by 10 songs, as an app does:
the last 20 songs as `recent`, all before them as `exclude`. Nearness is the cosine between a song and the first one;
beside it stands what the catalog has at that place of its songs sorted by it.
The costs are those of HTTP requests to one process, one after the other, of 20 songs each; no answer of `similar` is
a kept one.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import numpy as np

from artifact_set import ArtifactStore, open_set
from benchmarks.servers import running, uvicorn
from serving.ranking.up_next import up_next
from serving.runtime.live_artifacts import LoadedArtifacts, load

_CALLS, _EACH, _ROW = 50, 10, 20
_SHOWN = (1, 2, 5, 10, 20, 30, 40, 50)
_ASKED = 500


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the curve, the broken rules and the costs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--artifacts", type=Path, default=Path("artifacts"))
    parser.add_argument("--queues", type=int, default=50)
    options = parser.parse_args(arguments)
    loaded = load(open_set(ArtifactStore(options.artifacts).path_of_current()))
    songs = len(loaded.artifacts.songs)
    starts = np.random.default_rng(0).choice(songs, min(options.queues, songs), replace=False).tolist()
    queues = [_endless(loaded, start) for start in starts]
    print(f"{len(queues)} queues of {len(queues[0])} songs from {songs:,}\n")
    nearest = [_nearest(loaded, queue) for queue in queues]
    print("| call | nearness to the first song | the most there is |\n|---|---|---|")
    for call in _SHOWN:
        ours, most = (np.mean([_nearness(loaded, line, call) for line in lines]) for lines in (queues, nearest))
        print(f"| {call} | {ours:.3f} | {most:.3f} |")
    print()
    for rule, broken in _broken(loaded, queues).items():
        print(f"{rule}: {broken}")
    _costs(options.artifacts.resolve(), loaded, queues)


def _endless(loaded: LoadedArtifacts, start: int) -> list[int]:
    queue = [start]
    for _ in range(_CALLS):
        recent, before = queue[-_ROW:], queue[:-_ROW]
        queue += up_next(loaded.artifacts.songs, loaded.recommender, recent, _EACH, before).ranking.rows
    return queue


def _nearest(loaded: LoadedArtifacts, queue: list[int]) -> list[int]:
    """The first song and those nearest to it, by no rule: a queue that does not wander, and holds one taste alone."""
    songs = loaded.recommender.directions_of(list(range(len(loaded.artifacts.songs))))
    order = np.argsort(-(songs @ songs[queue[0]]), kind="stable")
    return [queue[0], *order[order != queue[0]][: len(queue) - 1].tolist()]


def _nearness(loaded: LoadedArtifacts, queue: list[int], call: int) -> float:
    of_call = queue[1 + (call - 1) * _EACH : 1 + call * _EACH]
    first, *others = loaded.recommender.directions_of([queue[0], *of_call])
    return float(np.mean([first @ other for other in others]))


def _broken(loaded: LoadedArtifacts, queues: list[list[int]]) -> dict[str, int]:
    """How often each rule is broken in all queues."""
    songs = loaded.artifacts.songs
    artists = [songs.artist_code[queue].tolist() for queue in queues]
    windows = (line[i : i + _ROW] for line in artists for i in range(len(line) - _ROW + 1))
    return {
        "songs that come twice": sum(len(queue) - len(set(queue)) for queue in queues),
        "versions of a song that came": sum(len(queue) - len(set(songs.song_code[queue].tolist())) for queue in queues),
        "rows of 20 songs with more than 2 by one artist": sum(max(Counter(row).values()) > 2 for row in windows),
    }


def _costs(artifacts: Path, loaded: LoadedArtifacts, queues: list[list[int]]) -> None:
    names = [[song.song_id for song in loaded.artifacts.songs.songs(queue)] for queue in queues]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"ARTIFACTS_DIR": str(artifacts), "METRICS_ADDRESS": "", "LOG_LEVEL": "WARNING"}
        settings |= {"DATABASE_URL": f"sqlite:///{folder}/redux.db"}
        with (
            running(uvicorn("api:app"), Path(folder), settings, "/health") as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        ):
            calls: dict[str, Callable[[int], httpx.Response]] = {
                "GET similar": lambda n: _similar(http, names, n),
                "POST next, one song": lambda n: _next(http, names, n, 1),
                "POST next, a queue of 500": lambda n: _next(http, names, n, 500),
            }
            print("\n| call | p50 | p99 |\n|---|---|---|")
            for name, call in calls.items():
                p50, p99 = np.percentile([_milliseconds(call, n) for n in range(_ASKED)], [50, 99])
                print(f"| {name} | {p50:.1f} ms | {p99:.1f} ms |")


def _similar(http: httpx.Client, names: list[list[str]], n: int) -> httpx.Response:
    queue = names[n % len(names)]
    return http.get("/recommendations/similar", params={"song_id": queue[n % len(queue)], "exclude": f"call {n}"})


def _next(http: httpx.Client, names: list[list[str]], n: int, length: int) -> httpx.Response:
    queue = names[n % len(names)][: length - n % 2 or 1]
    body = json.dumps({"recent": queue[-_ROW:], "exclude": queue[:-_ROW]})
    return http.post("/recommendations/next", content=body, headers={"Content-Type": "application/json"})


def _milliseconds(call: Callable[[int], httpx.Response], n: int) -> float:
    started = time.perf_counter()
    answer = call(n)
    taken = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise SystemExit(answer.text)
    return taken


if __name__ == "__main__":
    main()
