"""The image `serve`: its own requirements are enough, agree with the full ones, and have nothing that learns."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, environment, eventually, serving, sign_up
from tests.serving.two_camps import rock

ALONE = Path(__file__).parent / "serve_alone"
LEARN = {"mlflow", "optuna", "scikit-surprise", "scikit-learn", "pandas"}


def _pinned(name: str) -> dict[str, str]:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def test_what_serves_has_the_versions_of_the_whole() -> None:
    assert _pinned("requirements-serve.txt").items() <= _pinned("requirements.txt").items()


def test_what_serves_cannot_learn() -> None:
    assert _pinned("requirements.txt").keys() >= LEARN
    assert not _pinned("requirements-serve.txt").keys() & LEARN


@pytest.mark.parametrize("library", ["mlflow", "optuna", "surprise", "sklearn", "pandas", "sudachipy", "pytest"])
def test_other_libraries_are_hidden_where_what_serves_is_alone(library: str) -> None:
    done = _python("-c", f"import {library}")
    assert f"No module named {library!r}: requirements-serve.txt does not name it" in done.stderr


@pytest.mark.parametrize(
    "command", ["-m artifact_set --help", "-m ops.admin --help", "metadata.py --help", "-m alembic --help"]
)
def test_an_operators_command_needs_no_other_library(command: str) -> None:
    done = _python(*command.split())
    assert done.returncode == 0, done.stderr


def test_the_files_and_libraries_of_the_image_serve_listeners(artifacts: Path, tmp_path: Path) -> None:
    _copy_of_the_image(tmp_path)
    settings = {"ARTIFACTS_DIR": str(artifacts), "PYTHONPATH": f"{ALONE}:{tmp_path}"}
    with serving(tmp_path, settings, _command) as server, server.client() as http:
        listener = sign_up(http)
        seeds = {"seeds": [rock(n) for n in range(3)]}
        assert listener.http.post("/recommendations/cold-start", json=seeds).json()["items"]
        assert listener.http.get("/recommendations/categories").json()["shelves"]
        assert listener.http.get("/catalog/search", params={"q": rock(1)}).json()["items"]
        history = ("history.csv", b"Username,Artist,Track\n" + b"me,Muse,Starlight\n" * 9)
        job = listener.http.post("/me/imports", files={"files": history}).json()["id"]
        eventually(lambda: listener.http.get(f"/me/imports/{job}").json()["state"] == "done")
        listener.http.close()
    assert "Traceback" not in server.log.read_text()


def _copy_of_the_image(folder: Path) -> None:
    """What the Dockerfile copies from here into the stage that serves."""
    stage = (REPOSITORY / "Dockerfile").read_text().split("FROM base AS serve-code\n")[1].split("\nFROM")[0]
    for sources, target in re.findall(r"^COPY (?!--from)(.+) (\S+)$", stage, re.MULTILINE):
        for source in sources.split():
            if (REPOSITORY / source).is_dir():
                shutil.copytree(REPOSITORY / source, folder / target)
            else:
                shutil.copy(REPOSITORY / source, folder / target)


def _command(port: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "api:app"]


def _python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    env = environment({"PYTHONPATH": f"{ALONE}:{REPOSITORY}"})
    return subprocess.run(
        [sys.executable, *arguments], cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False
    )
