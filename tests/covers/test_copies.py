"""Copies on disk: bounded, the least recently used goes first."""

import os
from pathlib import Path

from covers.copies import Copies


def _key(number: int) -> str:
    return f"{number:032x}"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_copy_is_found_again_by_its_key_and_width(tmp_path: Path) -> None:
    copies = Copies(tmp_path, 1000)
    copies.put(_key(1), 300, b"x")
    path = copies.find(_key(1), 300)
    assert path is not None
    assert path.read_bytes() == b"x"
    assert copies.find(_key(1), 600) is None
    assert copies.find(_key(2), 300) is None


def test_the_folder_stays_within_its_bound_and_nothing_half_written_stays(tmp_path: Path) -> None:
    copies = Copies(tmp_path, 10_000)
    for number in range(200):
        copies.put(_key(number), 600, b"x" * 200)
        assert _size(tmp_path) <= 10_000
    assert not list(tmp_path.rglob(".*"))


def test_what_was_used_last_stays(tmp_path: Path) -> None:
    copies = Copies(tmp_path, 2000)
    for number in range(8):
        path = copies.put(_key(number), 600, b"x" * 200)
        os.utime(path, (number, number))  # long ago, one after the other
    assert copies.find(_key(0), 600)  # used now
    copies.put(_key(8), 600, b"x" * 200)
    copies.put(_key(9), 600, b"x" * 200)
    assert copies.find(_key(0), 600)
    assert copies.find(_key(9), 600)
    assert not copies.find(_key(1), 600)


def test_another_start_keeps_to_the_bound_too(tmp_path: Path) -> None:
    for number in range(50):
        Copies(tmp_path, 2000).put(_key(number), 600, b"x" * 200)
    assert _size(tmp_path) <= 2000
