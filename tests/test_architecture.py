"""What the import contracts in pyproject.toml cannot read: the single files at the top of the tree."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    *("api", "artifact_set", "build_vector_db", "catalog", "covers", "db", "errors", "history", "main", "metadata"),
    *("migrations", "models", "serving", "setting_types", "settings", "threads", "training"),
}
MAY_IMPORT = {
    "errors.py": set[str](),
    "setting_types.py": set[str](),
    "settings.py": {"errors", "setting_types"},
    "models.py": set[str](),
    "threads.py": {"errors"},
    "db.py": {"errors", "threads"},
    "api.py": {"artifact_set", "covers", "db", "errors", "models", "serving", "settings"},
    "main.py": {"artifact_set", "catalog", "db", "errors", "history", "settings", "training"},
    "build_vector_db.py": {"artifact_set", "errors", "settings"},
    "metadata.py": {"covers", "errors", "settings"},
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


@pytest.mark.parametrize("file", MAY_IMPORT)
def test_a_file_at_the_top_imports_only_what_lies_below(file: str) -> None:
    rooms = {name.split(".")[0] for name in _imported(ROOT / file)} & ROOMS
    assert rooms <= MAY_IMPORT[file]


def test_every_file_at_the_top_is_known() -> None:
    assert {path.name for path in ROOT.glob("*.py")} - {"gunicorn.conf.py"} == set(MAY_IMPORT)


def test_only_settings_read_the_environment() -> None:
    readers = [
        path
        for path in ROOT.rglob("*.py")
        if not path.is_relative_to(ROOT / "tests")
        and path.name != "gunicorn.conf.py"  # tells a library a folder that it takes from the environment only
        and path.name != "subprocess_verification.py"  # hands on what an interpreter needs to find its libraries
        and path != ROOT / "training/spark/session.py"  # tells Spark which Python, which it takes from there only
        and path.name != "of_postgresql.py"  # adds a password to what its programs get
        and not path.is_relative_to(ROOT / "benchmarks")
        and not any(part.startswith(".") or part == "node_modules" for part in path.relative_to(ROOT).parts)
        and any(word in path.read_text(encoding="utf-8") for word in ("os.environ", "os.getenv", "getenv("))
    ]
    assert readers == []
