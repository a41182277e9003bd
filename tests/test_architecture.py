"""The rules of the house, read off the imports themselves."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"api", "artifact_set", "build_vector_db", "catalog", "db", "main", "models", "serving", "training"}

MAY_IMPORT = {
    "catalog": set[str](),
    "artifact_set": {"catalog"},
    "artifact_set/__main__.py": {"artifact_set", "serving"},  # the command reads the same settings as the API
    "models.py": set[str](),
    "db.py": {"models", "serving"},
    "training": {"artifact_set", "catalog"},
    "main.py": {"artifact_set", "catalog", "training", "serving"},
    "serving": {"artifact_set", "catalog", "db", "models"},
    "api.py": {"artifact_set", "db", "models", "serving"},
    "build_vector_db.py": {"artifact_set", "serving"},
}


def _imported(path: Path) -> set[str]:
    """Names of modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found.add(node.module or "")
    return found


def _files(room: str) -> list[Path]:
    path = ROOT / room
    return (
        [path]
        if path.is_file()
        else sorted(p for p in path.rglob("*.py") if str(p.relative_to(ROOT)) not in MAY_IMPORT)
    )


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_the_architecture_allows(room: str) -> None:
    files = _files(room)
    assert files
    itself = room.split("/")[0].removesuffix(".py")
    for path in files:
        rooms = {name.split(".")[0] for name in _imported(path)} & OURS
        assert rooms - {itself} <= MAY_IMPORT[room], path


@pytest.mark.parametrize("door", ["main.py", "build_vector_db.py", "artifact_set/__main__.py"])
def test_doors_take_settings_from_serving_and_nothing_else(door: str) -> None:
    assert {n for n in _imported(ROOT / door) if n.startswith("serving")} <= {"serving.settings", "serving.errors"}


@pytest.mark.parametrize("wing", ["serving", "training"])
def test_the_wings_never_import_each_other(wing: str) -> None:
    other = "training" if wing == "serving" else "serving"
    for path in _files(wing):
        assert not [n for n in _imported(path) if n.split(".")[0] == other], path


def test_only_settings_read_the_environment() -> None:
    readers = [
        path
        for path in ROOT.rglob("*.py")
        if not path.is_relative_to(ROOT / "tests")
        and path.name != "gunicorn.conf.py"  # tells a library a folder that it takes from the environment only
        and not path.is_relative_to(ROOT / "benchmarks")
        and not any(part.startswith(".") or part == "node_modules" for part in path.relative_to(ROOT).parts)
        and any(word in path.read_text(encoding="utf-8") for word in ("os.environ", "os.getenv", "getenv("))
    ]
    assert readers == []


def test_only_the_door_knows_the_edge() -> None:
    inside = [path for path in _files("serving") if "edge" not in path.parts]
    assert not [path for path in inside if any(name.startswith("serving.edge") for name in _imported(path))]
