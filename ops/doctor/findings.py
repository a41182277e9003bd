"""What a check finds: how bad it is, what was seen, and what to do about it."""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from settings import Settings


class Level(IntEnum):
    """How bad a finding is; the worst one is the command's exit code."""

    OK = 0
    WARNING = 1  # it works, and something about it is at risk
    FAULT = 2  # it does not start, or does not answer, or loses what it should keep


class Finding(NamedTuple):
    """One line. cure: what to do, empty where nothing is."""

    check: str
    level: Level
    seen: str
    cure: str = ""


Check = Callable[[Settings], Iterator[Finding]]


def ok(check: str, seen: str) -> Finding:
    """Nothing is to be done."""
    return Finding(check, Level.OK, seen)


def warning(check: str, seen: str, cure: str) -> Finding:
    """Something is at risk."""
    return Finding(check, Level.WARNING, seen, cure)


def fault(check: str, seen: str, cure: str) -> Finding:
    """Something does not work."""
    return Finding(check, Level.FAULT, seen, cure)


def split(check: str, message: str) -> Finding:
    """A fault out of one of our own messages, which end with the cure after a colon where they know one."""
    seen, _, cure = message.rpartition(": ")
    return fault(check, seen, cure) if seen else fault(check, message, "")
