"""What the README and .env.example promise is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api import create_app
from settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"^```\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def _table(heading: str) -> list[list[str]]:
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


def test_the_readme_lists_every_setting_with_its_default() -> None:
    documented = {name: default for name, default, _ in _table("Settings")}
    assert set(documented) == {name.upper() for name in Settings.model_fields}
    for name, default in documented.items():
        value = Settings.model_fields[name.lower()].default
        assert default == (",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)), name


def test_env_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    keys = [line.split("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(keys) == sorted(name.upper() for name in Settings.model_fields)
    for key in keys:
        monkeypatch.delenv(key, raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_the_readme_lists_every_call() -> None:
    paths = create_app(Settings(_env_file=None)).openapi()["paths"]
    served = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {row[0] for row in _table("The API")} == served


def test_make_targets_of_the_readme_are_there() -> None:
    named = {word for line in COMMANDS if line.startswith("make ") for word in line.split()[1:]}
    assert named >= {"run", "test"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {name for name in named if not re.search(rf"^{name}:.*##", makefile, re.MULTILINE)} == set()


@pytest.mark.parametrize(
    "script", ["main.py", "build_vector_db.py", "metadata.py prefetch", "metadata.py show", "-m artifact_set"]
)
def test_scripts_know_every_option_the_readme_gives_them(script: str) -> None:
    calls = re.findall(rf"python {re.escape(script)}([^`\n#]*)", README)
    assert calls
    shown = subprocess.run(
        [sys.executable, *script.split(), "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for call in calls:
        words = re.findall(r"--[\w-]+", call) + re.findall(r"^ (list|rollback|verify|activate)\b", call)
        assert all(word in shown for word in words), call


def test_every_file_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
