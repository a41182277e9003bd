"""What one file gave: columns of names, plays and moments, before files are joined and names are folded."""

from dataclasses import dataclass, field
from typing import TypeGuard

import numpy as np
import pyarrow as pa

from history.arrow import Column, encoded
from history.dates import Ints
from history.listens import NO_TIME
from history.moments import read_moments
from history.settings import ReadSettings
from history.tally import Tally

TOO_SHORT = "played too shortly"
NO_NAME = "no artist or no track"


@dataclass(frozen=True)
class Part:
    """n rows of a file. users, artists, tracks: dictionaries of strings, (n,); users None where the file names nobody.

    plays: (n,) or None for one a row. seconds: (n,) when a play began, since 1970, None where the file has no dates;
    fine: known to the minute.
    """

    users: Column
    artists: Column
    tracks: Column
    plays: Ints | None
    seconds: Ints | None
    fine: bool

    def __len__(self) -> int:
        return len(self.artists)


@dataclass
class Rows:
    """Plays of a JSON history, gathered one by one."""

    settings: ReadSettings
    tally: Tally
    listener: str  # of plays that name nobody
    file: str  # its own name, without those of the folder and the zip it came in
    users: list[str | None] = field(default_factory=list)
    artists: list[str] = field(default_factory=list)
    tracks: list[str] = field(default_factory=list)
    moments: list[str] = field(default_factory=list)
    played: list[float] = field(default_factory=list)  # seconds to take off where a moment is the end of a play

    def play(
        self,
        artist: object,
        track: object,
        moment: object,
        *,
        user: object = None,
        milliseconds: object = None,
        ended: bool = False,
    ) -> None:
        """One play, or one more row dropped. moment: a date or a Unix time. Values of other types are no names."""
        if not (isinstance(artist, str) and artist and isinstance(track, str) and track):
            self.tally.drop(NO_NAME)
            return
        length = milliseconds / 1000 if _is_number(milliseconds) else None
        if length is not None and length < self.settings.min_seconds:
            self.tally.drop(TOO_SHORT)
            return
        self.users.append(user if isinstance(user, str) and user else None)
        self.artists.append(artist)
        self.tracks.append(track)
        self.moments.append(moment if isinstance(moment, str) else f"{moment:.0f}" if _is_number(moment) else "")
        self.played.append(length if ended and length is not None and length < 86_400 else 0.0)

    def part(self) -> Part:
        """All plays as columns. Raises DataError where dates are not understood."""
        seconds, fine = None, False
        if not self.settings.ignore_dates and any(self.moments):
            found = read_moments(self.tally.file, pa.array(self.moments, pa.string()), None)
            played = np.array(self.played).round().astype(np.int64)
            seconds = np.where(found.seconds == NO_TIME, NO_TIME, found.seconds - played)
            self._begin_once(found.seconds, seconds)
            fine = found.fine
            self.tally.unknown.update(found.unknown)
            self.tally.notes += found.notes
        users = None
        if any(self.users):
            users = encoded([user or self.settings.user or self.listener for user in self.users])
        return Part(users, encoded(self.artists), encoded(self.tracks), None, seconds, fine)

    def _begin_once(self, ends: Ints, seconds: Ints) -> None:
        """Give the plays of one song that ended in one second one beginning: Spotify tells some with two lengths."""
        ended = np.flatnonzero((np.array(self.played) > 0) & (ends != NO_TIME))
        if not (ends[ended] % 60).any():  # where the minute alone is known, two plays may end in it
            return
        ended = ended[np.argsort(ends[ended], kind="stable")]
        same = np.concatenate(([False], np.diff(ends[ended]) == 0, [False]))
        first: dict[tuple[str | None, str, str, int], int] = {}
        for row in ended[same[1:] | same[:-1]].tolist():
            key = self.users[row], self.artists[row], self.tracks[row], int(ends[row])
            seconds[row] = first.setdefault(key, int(seconds[row]))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e20
