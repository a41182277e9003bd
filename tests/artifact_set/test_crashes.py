"""A crash at any moment leaves what served before, whole; two builders at once do not mix their files.

The child process kills itself with SIGKILL at its n-th change to the disk (Python's audit events tell of each),
for n = 1, 2, 3 … until it gets through.
"""

import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from artifact_set import ArtifactStore, open_set
from artifact_set.builder import build
from tests import camps

_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.mkdir", "shutil.rmtree"}

spawning = multiprocessing.get_context("forkserver")
spawning.set_forkserver_preload(["tests.camps"])


def _die_at(change: int) -> None:
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in _CHANGES or writes:
            seen += 1
            if seen == change:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _train(root: Path, change: int) -> None:
    _die_at(change)
    camps.train(root)


def _build(root: Path, change: int) -> None:
    _die_at(change)
    build(ArtifactStore(root))


def _run(target: object, *arguments: object) -> BaseProcess:
    process = spawning.Process(target=target, args=arguments)  # type: ignore[arg-type]
    process.start()
    return process


def _finish(process: BaseProcess) -> bool:
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


def test_a_build_killed_at_any_step_leaves_the_old_set_serving(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    old = camps.complete(tmp_path).name
    new = camps.train(tmp_path).name
    deaths = 0
    while not _finish(_run(_build, tmp_path, deaths + 1)):
        deaths += 1
        assert store.current() in (old, new)
        assert open_set(store.path_of_current()).version == store.current()
        for version in store.versions():
            open_set(store.path(version))
        if new in store.versions():
            break  # the manifest stands: only the activation is left, and a further build would be a new version
    assert deaths >= 8
    store.activate(new)
    assert open_set(store.path_of_current()).version == new
    assert not [p.name for p in (tmp_path / new).iterdir() if p.name.startswith(".")]


def test_training_killed_at_any_step_leaves_no_half_version(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    deaths = 0
    while not _finish(_run(_train, tmp_path, deaths + 1)):
        deaths += 1
        assert store.versions() == []
        for version in store.waiting():
            assert {p.name for p in (tmp_path / version).iterdir()} == {
                "best_model.pkl",
                "catalog.arrow",
                "training.json",
            }
    assert deaths >= 3
    assert build(store).activated


@pytest.mark.parametrize("waiting", [True, False])
def test_builds_at_the_same_time_all_end_in_sound_sets(tmp_path: Path, waiting: bool) -> None:
    store = ArtifactStore(tmp_path)
    camps.train(tmp_path) if waiting else camps.complete(tmp_path)
    processes = [_run(_build, tmp_path, 0) for _ in range(4)]
    assert all(_finish(process) for process in processes)
    assert len(store.versions()) >= 4
    for version in store.versions():
        assert open_set(store.path(version)).version == version
    assert store.current() in store.versions()
