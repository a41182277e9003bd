"""Every command on a disk that takes no more: one line, exit code 1, nothing half-written, and it goes on afterwards.

A limit on the size of files stands in for the disk: the system refuses to write beyond it in the same way.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_set import ArtifactStore, open_set
from artifact_set.builder import build
from tests import camps
from tests.conftest import REPOSITORY


def _run(most: int, folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """A command of ours that can write files of at most so many bytes."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def _one_line(done: "subprocess.CompletedProcess[str]", program: str) -> str:
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert done.returncode == 1, done.stderr
    assert len(said) == 1, done.stderr
    assert said[0].startswith(program)
    return said[0]


def _drafts(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.name.endswith(".draft") or path.name.startswith(".new")]


@pytest.mark.parametrize("most", [0, 200, 600, 2500])
def test_the_index_builder(tmp_path: Path, most: int) -> None:
    camps.train(tmp_path)
    done = _run(most, tmp_path, str(REPOSITORY / "build_vector_db.py"), "--artifacts", str(tmp_path))
    assert "the disk is full or cannot be written" in _one_line(done, "build_vector_db.py: ")
    assert _drafts(tmp_path) == []
    assert ArtifactStore(tmp_path).versions() == []
    assert build(ArtifactStore(tmp_path)).activated


@pytest.mark.parametrize("most", [100, 1000])
def test_a_pull(tmp_path: Path, most: int) -> None:
    folder = camps.complete(tmp_path / "here")
    url = f"file://{tmp_path / 'remote'}"
    command = ["-m", "artifact_set", "--artifacts"]
    assert _run(1 << 30, tmp_path, *command, str(tmp_path / "here"), "publish", url).returncode == 0
    done = _run(most, tmp_path, *command, str(tmp_path / "there"), "pull", url)
    assert "the disk is full or cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert ArtifactStore(tmp_path / "there").versions() == []
    assert _run(1 << 30, tmp_path, *command, str(tmp_path / "there"), "pull", url).returncode == 0
    assert open_set(tmp_path / "there" / folder.name).version == folder.name


@pytest.mark.parametrize("root", ["/proc/nowhere", "/dev/null/artifacts"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, root: str) -> None:
    camps.complete(tmp_path / "here")
    url = f"file://{tmp_path / 'remote'}"
    assert _run(1 << 30, tmp_path, "-m", "artifact_set", "--artifacts", "here", "publish", url).returncode == 0
    done = _run(1 << 30, tmp_path, "-m", "artifact_set", "--artifacts", root, "pull", url)
    assert root.split("/")[1] in _one_line(done, "artifact_set: ")


def test_training_whose_trials_cannot_be_recorded(tmp_path: Path) -> None:
    train = [str(REPOSITORY / "main.py"), "--artifacts", str(tmp_path / "artifacts"), "--trials", "1"]
    done = _run(20_000, tmp_path, *train, "--algorithms", "puresvd", "--sample-size", "500")
    assert "--tracking-uri" in _one_line(done, "main.py: ")
    assert not (tmp_path / "artifacts").exists()


def test_training_whose_model_cannot_be_saved(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("a file where the folder of versions should be")
    train = [str(REPOSITORY / "main.py"), "--artifacts", str(tmp_path / "artifacts"), "--trials", "1"]
    done = _run(1 << 30, tmp_path, *train, "--algorithms", "puresvd", "--sample-size", "500")
    assert "nothing is saved" in _one_line(done, "main.py: ")
