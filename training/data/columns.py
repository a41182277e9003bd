"""From batches of text to a `Listens`: what is checked, what is dropped, what is counted."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from errors import DataError
from training.data.dates import day_minutes, minute_of_day
from training.data.listens import NO_TIME, Codes, Column, Counts, Listens, Names

REQUIRED = ("Username", "Artist", "Track")
COUNT_NAMES = ("Plays", "play_count")
WHEN = ("Date", "Time")

_MOST_PLAYS = 10**9  # more listens than this to one song is a fault of the file, not a taste
Kept = npt.NDArray[np.bool_]
D = TypeVar("D", bound=np.generic)


class ListensBuilder:
    """Takes record batches whose columns are dictionaries of strings and gathers the usable rows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dropped: Counter[str] = Counter()
        self._names: dict[str, list[Column]] = {name: [] for name in REQUIRED}
        self._plays: list[Counts] = []
        self._minutes: list[Counts] = []
        self._dated = False

    def drop(self, reason: str, rows: int) -> None:
        """Count rows that cannot be used."""
        if rows:
            self._dropped[reason] += rows

    def add(self, batch: pa.RecordBatch) -> None:
        """Gather a batch's usable rows. Raises DataError where a count of plays is none."""
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        kept = np.ones(len(batch), np.bool_)
        for name in REQUIRED:
            empty = ~_by_value(columns[name], lambda text: bool(text.strip()), np.bool_)
            self.drop(f"empty {name}", int((kept & empty).sum()))
            kept &= ~empty
        plays = self._plays_of(columns, kept)
        self.drop("0 plays", int((kept & (plays == 0)).sum()))
        kept &= plays > 0
        taken = np.flatnonzero(kept)
        taken_column: Column = pa.array(taken)
        for name in REQUIRED:
            self._names[name].append(columns[name].take(taken_column))
        self._plays.append(plays[taken])
        self._minutes.append(self._minutes_of(columns)[taken])

    def _plays_of(self, columns: dict[str, Column], kept: Kept) -> Counts:
        name = next((name for name in COUNT_NAMES if name in columns), None)
        if name is None:
            return np.ones(len(kept), np.int64)
        plays = _by_value(columns[name], _count, np.int64)
        wrong = np.flatnonzero(kept & (plays < 0))
        if len(wrong):
            value = columns[name][int(wrong[0])].as_py()
            raise DataError(
                f"{self._path}: column {name} holds {value!r}: expected how many listens the row stands for, "
                "a whole number such as 1 or 250"
            )
        return plays

    def _minutes_of(self, columns: dict[str, Column]) -> Counts:
        if "Date" not in columns:
            return np.full(len(columns["Track"]), NO_TIME)
        self._dated = True
        day = _by_value(columns["Date"], lambda text: _or_no_time(day_minutes(text)), np.int64)
        if "Time" not in columns:
            return day
        minute = _by_value(columns["Time"], lambda text: _or_no_time(minute_of_day(text)), np.int64)
        known = (day != NO_TIME) & (minute != NO_TIME)
        return np.where(known, day + np.where(known, minute, 0), NO_TIME)

    def listens(self, sha256: str) -> Listens:
        """Everything gathered. Raises DataError where no row was usable."""
        if not sum(len(part) for part in self._plays):
            why = "; ".join(f"{reason}: {rows:,}" for reason, rows in self._dropped.items()) or "only a header"
            raise DataError(f"{self._path} has no usable row ({why}): expected a user, an artist and a track a row")
        users, artists, tracks = (_unified(self._names.pop(name)) for name in REQUIRED)
        minutes = np.concatenate(self._minutes) if self._dated else None
        return Listens(
            users=users,
            artists=artists,
            tracks=tracks,
            plays=np.concatenate(self._plays),
            minutes=None if minutes is None or (minutes == NO_TIME).all() else minutes,
            source=self._path.name,
            sha256=sha256,
            dropped=dict(self._dropped),
        )


def _by_value(column: Column, read: Callable[[str], object], dtype: type[D]) -> npt.NDArray[D]:
    """`read` of every row's text, computed once for each different text."""
    values = column.dictionary.to_pylist()
    of_value = np.fromiter((read(text) for text in values), dtype, len(values))
    codes: Codes = column.indices.to_numpy(zero_copy_only=False)
    return of_value[codes]


def _unified(parts: list[Column]) -> Names:
    column: Any = pa.chunked_array(parts).unify_dictionaries()
    codes = np.concatenate([part.indices.to_numpy(zero_copy_only=False) for part in column.chunks])
    return Names(codes.astype(np.int32, copy=False), column.chunk(0).dictionary)


def _count(text: str) -> int:
    """A number of listens; -1 where the text is none."""
    try:
        number = float(text)
        return int(number) if number == int(number) and 0 <= number <= _MOST_PLAYS else -1
    except (ValueError, OverflowError):
        return -1


def _or_no_time(minutes: int | None) -> int:
    return NO_TIME if minutes is None else minutes
