"""The walk in the README, every command as it stands there, over the built-in sample."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Server, serving

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def _transcript() -> list[tuple[str, str]]:
    """(command, shown output) pairs."""
    block = README.split("<!-- transcript -->")[1].split("<!-- /transcript -->")[0]
    parts = re.split(r"^\$ ", block.split("```console\n")[1].split("\n```")[0], flags=re.MULTILINE)[1:]
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1].strip() if "\n" in part else "") for part in parts]


@pytest.fixture(scope="module")
def sample(sample_artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("walk"), {"ARTIFACTS_DIR": str(sample_artifacts)}) as server:
        yield server


def _shape(value: object) -> object:
    """What a JSON answer is made of, without its values; a list is as its first entry."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def test_the_readmes_walk_works_and_answers_as_shown(sample: Server, tmp_path: Path) -> None:
    transcript = _transcript()
    assert len(transcript) >= 8
    mark = "----- next"
    script = "\n".join(f"{command}\necho; echo '{mark}'" for command, _ in transcript)
    address = sample.url.removeprefix("http://")
    ran = subprocess.run(
        ["bash", "-e", "-c", script.replace("localhost:8000", address)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    for (command, shown), answer in zip(transcript, ran.stdout.split(mark), strict=False):
        if shown:
            assert _shape(json.loads(answer)) == _shape(json.loads(shown)), command
