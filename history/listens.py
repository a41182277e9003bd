"""Listening history in memory: columns of codes and numbers, one row an entry of the history."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from history.arrow import Column
from history.spellings import Spellings, spellings_of

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

NO_TIME = int(np.iinfo(np.int64).min)  # the moment of a listen that is not known


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
    dropped: reason to number of rows. seconds: (n,) the same as minutes, as exactly as the history knows it.
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
    seconds: Counts | None = None

    def __len__(self) -> int:
        return len(self.plays)

    @property
    def total(self) -> int:
        """All listens: every entry counted as often as it says."""
        return int(self.plays.sum())

    @property
    def user_count(self) -> int:
        """How many different users have an entry."""
        return int(np.count_nonzero(np.bincount(self.users.codes)))

    @property
    def unknown_moments(self) -> int:
        """How many entries of a dated history have no moment; they belong to no sitting."""
        return 0 if self.minutes is None else int((self.minutes == NO_TIME).sum())

    @cached_property
    def spellings(self) -> Spellings:
        """Every (artist, track) as it is written, and the song that it names."""
        return spellings_of(self.artists.codes, self.artists.values, self.tracks.codes, self.tracks.values)

    def rows(self, kept: npt.NDArray[np.bool_]) -> Self:
        """The history without the rows that are not kept. kept: (n,) bool."""
        if kept.all():
            return self
        part = type(self)(
            users=self.users.rows(kept),
            artists=self.artists.rows(kept),
            tracks=self.tracks.rows(kept),
            plays=self.plays[kept],
            minutes=None if self.minutes is None else self.minutes[kept],
            source=self.source,
            sha256=self.sha256,
            dropped=self.dropped,
            simulated=self.simulated,
            seconds=None if self.seconds is None else self.seconds[kept],
        )
        if "spellings" in self.__dict__:
            part.__dict__["spellings"] = self.spellings.rows(kept)  # folding a million names twice takes seconds
        return part
