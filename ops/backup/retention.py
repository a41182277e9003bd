"""Which backups stay: the last few, and the newest of each of so many days, weeks and months that have one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ops.backup.manifest import BackupManifest


class Keep(NamedTuple):
    """How many backups stay whatever their age, and how many days, ISO weeks and months keep their newest one."""

    last: int = 3
    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def expired(backups: Sequence[BackupManifest], keep: Keep) -> list[BackupManifest]:
    """Backups that no rule keeps. backups: the oldest first; the newest one always stays."""
    periods: list[tuple[int, Callable[[BackupManifest], object]]] = [
        (keep.daily, lambda one: one.created_at.date()),
        (keep.weekly, lambda one: one.created_at.isocalendar()[:2]),
        (keep.monthly, lambda one: (one.created_at.year, one.created_at.month)),
    ]
    stay = {one.name for one in backups[-max(1, keep.last) :]}
    for count, period in periods:
        newest = {period(one): one.name for one in backups}  # a later one takes the place of an earlier
        stay.update(list(newest.values())[max(0, len(newest) - count) :])
    return [one for one in backups if one.name not in stay]
