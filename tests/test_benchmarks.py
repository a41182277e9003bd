"""Benchmarks that need no data from elsewhere still run, with numbers too small to say anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.nightly

ALONE = {
    "defaults": "--trials 1",
    "durability": "",
    "hanging": "--seconds 1",
    "hidden": "--draws 1",
    "history": "--times 2",
    "http": "--songs 500 --factors 8 --seconds 0.2",
    "indexes": "--songs 5000 --dimensions 16 --factories Flat IVF16,Flat",
    "large_set": "--songs 5000 --dimensions 8",
    "memory": "--songs 20000 --users 200 --starts 1",
    "rules": "--draws 1",
    "scale": "--listens 100000 --trials 1 --stages read train build",
    "search": "--songs 2000 --queries 5 --texts 100",
    "sittings": "--histories 1 --trials 2",
    "storm": "--seconds 2",
    "swap": "--requests 2000 --swaps 2 --songs 500",
    "training": "--pairs 20000 --models ours SVD",
}
OF_A_SET = {
    "abuse": "",
    "bad_days": "",
    "imports": "--listens 2000",
    "typed": "",
    "up_next": "--queues 3",
}


def runs(name: str, line: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", f"benchmarks.{name}", *line]
    env = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-4000:]
    assert len(ran.stdout.splitlines()) > 1


@pytest.mark.parametrize("name", ALONE)
def test_a_benchmark_runs(name: str, tmp_path: Path) -> None:
    runs(name, ALONE[name].split(), tmp_path)


@pytest.mark.parametrize("name", OF_A_SET)
def test_a_benchmark_of_an_artifact_set_runs(name: str, artifacts: Path, tmp_path: Path) -> None:
    runs(name, ["--artifacts", str(artifacts), *OF_A_SET[name].split()], tmp_path)
