"""What goes wrong, one after the other, and how each is put right."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from artifact_set import ArtifactStore
from benchmarks.endurance.stack import Stack
from benchmarks.servers import REPOSITORY
from training.sample import read_songs, simulate

_DAMAGED = "20000101T000000Z"  # older than all others, for a new set is named after the newest


class Fault(NamedTuple):
    """happens: at its moment. ends: a third of the time until the next one later, where somebody puts it right."""

    name: str
    happens: Callable[[], object]
    ends: Callable[[], object] | None = None


class Sets(NamedTuple):
    """Versions of artifact sets: the first one serves from the start."""

    store: ArtifactStore
    first: str
    second: str


def write_history(folder: Path) -> Path:
    """The sample's simulated listeners as a Last.fm table."""
    sample = simulate(read_songs())
    columns = {"Username": sample.users, "Artist": sample.artists, "Track": sample.tracks}
    path = folder / "Last.fm_data.csv"
    values = {name: np.asarray(column.values)[column.codes] for name, column in columns.items()}
    pd.DataFrame(values).to_csv(path, index=True)
    return path


def make_sets(folder: Path, history: Path) -> Sets:
    """Two sets of the same songs, and a copy of one with a byte of its index turned over."""
    store = ArtifactStore(folder / "artifacts")
    for seed in (0, 1):
        train, build = _training(folder, ["--data", str(history)], trials=1, seed=seed)
        for command in ([*train, "--algorithms", "puresvd"], build):
            ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if ran.returncode:
                raise SystemExit(ran.stderr)
    first, second = store.versions()
    index = shutil.copytree(store.path(second), store.root / _DAMAGED) / "song_vectors.index"
    content = np.fromfile(index, np.uint8)
    content[len(content) // 2] ^= 1
    content.tofile(index)
    store.activate(first)
    return Sets(store, first, second)


class Retraining:
    """`make retrain` beside the load, from database and history; its priority is low, as in docker-compose.prod.yml."""

    def __init__(self, stack: Stack, history: Path, trials: int) -> None:
        self._commands = _training(stack.folder, ["--database", "--data", str(history)], trials, seed=2)
        self._stack = stack
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin; both commands one after the other."""
        train, build = (subprocess.list2cmdline(command) for command in self._commands)
        with (self._stack.folder / "retrain.log").open("wb") as log:
            shell = ["nice", "-n", "19", "sh", "-c", f"{train} && {build}"]
            self._process = subprocess.Popen(
                shell, cwd=self._stack.folder, env=self._stack.environment, stdout=log, stderr=log
            )

    def finish(self) -> int:
        """Wait for its end; the exit code."""
        assert self._process is not None
        return self._process.wait()


def planned(stack: Stack, sets: Sets, retraining: Retraining) -> list[Fault]:
    """In their order. A damaged set is activated by hand, as no command of ours would."""
    activate = sets.store.activate
    return [
        Fault("a worker killed", stack.kill_worker),
        Fault("a new artifact set", lambda: activate(sets.second)),
        Fault("a damaged set", lambda: activate(_DAMAGED), lambda: activate(sets.second)),
        Fault("PostgreSQL restarted", stack.restart_postgresql),
        Fault("Valkey killed, started again", stack.valkey.terminate, stack.valkey.start),
        Fault("nginx reloaded", stack.reload_nginx),
        Fault("gunicorn reloaded", lambda: stack.reload_replica(0), lambda: stack.reload_replica(1)),
        Fault("a retrain beside it", retraining.start),
    ]


def _training(folder: Path, listens: list[str], trials: int, seed: int) -> list[list[str]]:
    artifacts = ["--artifacts", str(folder / "artifacts")]
    train = [str(REPOSITORY / "main.py"), *listens, "--trials", str(trials), "--seed", str(seed)]
    tracking = ["--tracking-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    return [
        [sys.executable, *train, *artifacts, *tracking],
        [sys.executable, str(REPOSITORY / "build_vector_db.py"), *artifacts],
    ]
