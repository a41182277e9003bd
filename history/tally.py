"""What became of each file's rows: read, dropped by reason, without a moment, from when to when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from errors import DataError
from history.dates import Ints

HEAD = ["file", "format", "listens", "dropped", "no moment", "first", "last"]
NOT_READ = "not listening history"
AT_FAULT = "at fault"


@dataclass
class Tally:
    """The account of one file. first, last: seconds since 1970, None where it has no dates."""

    file: str
    title: str = NOT_READ
    listens: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    named_by_file: str | None = None  # the listener, where only the file's name says who it is
    fault: str | None = None
    first: int | None = None
    last: int | None = None

    def refuse(self, fault: DataError) -> None:
        """The file cannot be used."""
        self.title, self.fault = AT_FAULT, str(fault)

    def leave_zip(self) -> None:
        """The file is a zip deeper than one in another, or a damaged one."""
        self.title = "zip"
        self.notes.append("a zip deeper than one in another, or a damaged one, is not opened: unpack it")
        self.drop("zip that is not opened")

    def drop(self, reason: str, rows: int = 1) -> None:
        """Count rows that are not learned from."""
        if rows:
            self.dropped[reason] += rows

    def span(self, seconds: Ints, unknown: int) -> None:
        """Take in the first and the last of the known moments."""
        known = seconds[seconds != unknown]
        if len(known):
            self.first, self.last = int(np.min(known)), int(np.max(known))

    def row(self) -> list[str]:
        """The file's line of the report's table."""
        return [
            self.file,
            self.title,
            f"{self.listens:,}",
            _counted(self.dropped),
            _counted(self.unknown),
            _day(self.first),
            _day(self.last),
        ]


def total(tallies: Iterable[Tally]) -> dict[str, int]:
    """Dropped rows of all files by reason."""
    together = Counter[str]()
    for tally in tallies:
        together.update(tally.dropped)
    return dict(together)


def _counted(reasons: Counter[str]) -> str:
    return "; ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())


def _day(seconds: int | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
