"""Verifying in another process says what verifying here says, and says so when that process is no more."""

import multiprocessing
import os
import pickle
import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from artifact_set import ArtifactError, VerifyingApart, files
from artifact_set.manifest import FileEntry, Manifest
from artifact_set.opened import verify_set
from artifact_set.trained import plain_svd
from errors import DamagedSet, RefusedPickle
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


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_what_the_model_does_not_share_with_the_index_is_found(
    sound: Path, tmp_path: Path, method: Literal["fork", "spawn"]
) -> None:
    other = shutil.copytree(sound, tmp_path / sound.name)
    _replace_model(other, pickle.dumps(plain_svd(["a", "b"], np.eye(2))))
    with pytest.raises(DamagedSet, match=r"best_model\.pkl has 2 songs, song_vectors\.index 7 vectors"):
        VerifyingApart(other, method).manifest()
    _replace_model(other, pickle.dumps(os.getcwd))
    with pytest.raises(RefusedPickle, match=r"best_model\.pkl is refused: it asks for posix\.getcwd"):
        VerifyingApart(other, method).manifest()


def _replace_model(folder: Path, content: bytes) -> None:
    """With a manifest that vouches for it."""
    (folder / "best_model.pkl").write_bytes(content)
    entry = FileEntry(sha256=files.sha256(folder / "best_model.pkl"), bytes=len(content))
    manifest = Manifest.read(folder / "manifest.json")
    changed = manifest.model_copy(update={"files": manifest.files | {"best_model.pkl": entry}})
    (folder / "manifest.json").write_text(changed.to_json())


def test_a_process_that_is_killed_gives_no_verdict(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")  # it waits for somebody to write into it
    before = set(multiprocessing.active_children())
    verifying = VerifyingApart(tmp_path, "spawn")
    (process,) = set(multiprocessing.active_children()) - before
    process.kill()
    with pytest.raises(ArtifactError, match="could not be verified"):
        verifying.manifest()
