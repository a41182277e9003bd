"""Other processes, which may end while they are looked at."""

import os
import re
import select
from contextlib import suppress
from pathlib import Path

_PATIENCE = 120  # seconds
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def ends_soon(pid: int) -> bool:
    """Whether a process ends before a test would be given up."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], _PATIENCE)[0])
    finally:
        os.close(handle)


def children(pid: int) -> list[int]:
    """The processes that any thread of a process has started and not outlived."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in _read(task).split()]


def command(pid: int) -> list[str]:
    """What a process was started with; empty where it has ended."""
    return _read(Path(f"/proc/{pid}/cmdline")).split("\0")[:-1]


def pss(parent: int) -> int:
    """Bytes that a process and its children really occupy: a page that n processes share counts 1/n in each."""
    rollups = (_read(Path(f"/proc/{pid}/smaps_rollup")) for pid in (parent, *children(parent)))
    return 1024 * sum(int(found) for rollup in rollups for found in _PSS.findall(rollup))


def _read(path: Path) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return path.read_text()
    return ""
