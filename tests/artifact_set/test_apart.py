"""Verifying in another process says what verifying here says, and says so when that process is no more."""

import multiprocessing
import os
import shutil
from pathlib import Path
from typing import Literal

import pytest

from artifact_set import ArtifactError, VerifyingApart
from artifact_set.errors import DamagedSet
from artifact_set.opened import verify_set
from tests import camps


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return camps.complete(tmp_path_factory.mktemp("artifacts"))


# forking is for a process without threads: other tests may have left some here
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_verdict_is_the_one_given_here(sound: Path, tmp_path: Path, method: Literal["fork", "spawn"]) -> None:
    assert VerifyingApart(sound, method).manifest() == verify_set(sound)
    damaged = shutil.copytree(sound, tmp_path / sound.name)
    (damaged / "best_model.pkl").write_bytes(b"\0")
    with pytest.raises(DamagedSet, match=r"best_model\.pkl has 1 bytes"):
        VerifyingApart(damaged, method).manifest()


def test_a_process_that_is_killed_gives_no_verdict(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")  # it waits for somebody to write into it
    before = set(multiprocessing.active_children())
    verifying = VerifyingApart(tmp_path, "spawn")
    (process,) = set(multiprocessing.active_children()) - before
    process.kill()
    with pytest.raises(ArtifactError, match="could not be verified"):
        verifying.manifest()
