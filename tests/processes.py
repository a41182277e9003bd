"""Processes that are nobody's child here."""

import os
import select
from pathlib import Path

_PATIENCE = 120  # seconds


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
    """The child processes of a process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]
