"""Listening history in memory: columns of codes and numbers, one row an entry of the history."""

from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Column: TypeAlias = Any  # a pyarrow array of strings, plain or dictionary-encoded: more than its stubs describe

NO_TIME = int(np.iinfo(np.int64).min)  # the minute of a listen whose date is not known


@dataclass(frozen=True)
class Names:
    """A column of names: `values[codes[row]]` is the row's name, a string array of each name once."""

    codes: Codes
    values: Column

    def rows(self, kept: npt.NDArray[np.bool_]) -> Self:
        """The column without the rows that are not kept."""
        return type(self)(self.codes[kept], self.values)


@dataclass(frozen=True)
class Listens:
    """n entries of a listening history, and what became of the entries that could not be used.

    plays: (n,) how many listens an entry stands for, at least 1. minutes: (n,) when the listen began, in minutes
    since 1970 (the history's own clock), NO_TIME where unknown; None where the history has no dates at all.
    dropped: reason to number of rows.
    """

    users: Names
    artists: Names
    tracks: Names
    plays: Counts
    minutes: Counts | None
    source: str
    sha256: str
    dropped: dict[str, int] = field(default_factory=dict)
    simulated: bool = False

    def __len__(self) -> int:
        return len(self.plays)

    @property
    def total(self) -> int:
        """All listens: every entry counted as often as it says."""
        return int(self.plays.sum())

    @property
    def user_count(self) -> int:
        """How many different users have an entry."""
        return len(np.unique(self.users.codes))

    def rows(self, kept: npt.NDArray[np.bool_]) -> Self:
        """The history without the rows that are not kept. kept: (n,) bool."""
        return type(self)(
            users=self.users.rows(kept),
            artists=self.artists.rows(kept),
            tracks=self.tracks.rows(kept),
            plays=self.plays[kept],
            minutes=None if self.minutes is None else self.minutes[kept],
            source=self.source,
            sha256=self.sha256,
            dropped=self.dropped,
            simulated=self.simulated,
        )
