"""Columns of dates and times of day to seconds since 1970, and the account of what was not understood."""

import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from errors import DataError
from history.arrow import Column
from history.arrow import compute as pc
from history.dates import DAY, NO_PART, Y2000, AmbiguousDates, Ints, read_texts
from history.listens import NO_TIME
from history.settings import IGNORE_DATES

_MANY = 20_000  # different texts, from which on Arrow is asked first whether all are ISO or Unix times
_MOST_UNREAD = 0.1  # of a column, above which its form is one that we do not know
_CURE = f"expected dates such as 2021-01-31 23:36, 31 Jan 2021 or Unix times; write them so{IGNORE_DATES}"
_TYPES = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True)
class Moments:
    """seconds: (rows,) since 1970, NO_TIME where unknown; fine: known to the minute at least, not to the day alone.

    unknown: why a moment is not known, and of how many rows. notes: what a person should know of it.
    """

    seconds: Ints
    fine: bool
    unknown: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Column:
    """What k different texts say.

    day, second: (k,) NO_PART where a text has none. blank, unread: (k,) which say nothing, and which were not
    understood. codes: (rows,) the text of each row, None where each row has its own.
    """

    day: Ints
    second: Ints
    blank: npt.NDArray[np.bool_]
    unread: npt.NDArray[np.bool_]
    codes: npt.NDArray[np.int32] | None = None

    def rows(self) -> "_Column":
        """The same, a text a row."""
        if self.codes is None:
            return self
        codes = self.codes
        return _Column(self.day[codes], self.second[codes], self.blank[codes], self.unread[codes])

    def plain_days(self) -> bool:
        """Whether all are days of the past after 1970, and nothing else."""
        today = int(time.time()) // DAY
        return bool((self.day > 0).all() and (self.day < today).all() and (self.second == NO_PART).all())

    def plain_times(self) -> bool:
        """Whether all are times of day, and nothing else."""
        return bool((self.second != NO_PART).all() and (self.day == NO_PART).all())


def read_moments(where: str, date: Column, clock: Column | None) -> Moments:
    """The moments of a file. date, clock: its columns, arrays of text (plain or dictionary) or of Arrow's own times.

    A date and a time of day may stand together or apart, in either column. Raises DataError where more than a tenth
    of a column is not understood, or where it can be read in two ways.
    """
    notes: list[str] = []
    first = _read(where, date, notes)
    if clock is None:
        return _joined(first, _counts(first), notes)
    second = _read(where, clock, notes)
    if first.codes is not None and second.codes is not None and first.plain_days() and second.plain_times():
        fine = bool(second.second.any())
        return Moments((first.day * DAY)[first.codes] + second.second[second.codes], fine)
    return _joined(_beside(first.rows(), second.rows()), None, notes)


def _counts(column: _Column) -> Ints | None:
    return None if column.codes is None else np.bincount(column.codes, minlength=len(column.day))


def _beside(first: _Column, second: _Column) -> _Column:
    """The day and the time of day of two columns, whichever has them."""
    day = np.where(first.day != NO_PART, first.day, second.day)
    clock = first.second
    midnight = bool((clock[clock != NO_PART] == 0).all())  # a date that was saved as a moment
    other = (second.second != NO_PART) & (midnight | (clock == NO_PART))
    return _Column(day, np.where(other, second.second, clock), first.blank & second.blank, first.unread | second.unread)


def _joined(column: _Column, rows: Ints | None, notes: list[str]) -> Moments:
    """The moments of a column. rows: how many rows have each of its texts, None for one."""
    day, clock, unread = column.day, column.second, column.unread
    fine = bool(((clock != NO_PART) & (clock != 0)).any())  # Excel and SQL write a day as its midnight
    known = (day != NO_PART) & ((clock != NO_PART) | (not fine)) & ~unread
    seconds = np.where(known, np.where(known, day, 0) * DAY + np.where(known & fine, clock, 0), NO_TIME)
    epoch = known & (day <= 0)
    future = known & (seconds > int(time.time()) + DAY)
    seconds[epoch | future] = NO_TIME
    unknown = Counter[str]()
    for reason, texts in (
        ("date not understood", unread),
        ("without a date", (day == NO_PART) & ~unread),
        ("without a time of day", (day != NO_PART) & ~known & ~unread),
        ("1970 or before", epoch),
        ("in the future", future),
    ):
        if count := int(texts.sum() if rows is None else rows[texts].sum()):
            unknown[reason] = count
    return Moments(seconds if column.codes is None else seconds[column.codes], fine, unknown, tuple(notes))


def _read(where: str, column: Column, notes: list[str]) -> _Column:
    if pa.types.is_temporal(column.type):
        return _from_arrow(column)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes: npt.NDArray[np.int32] = column.indices.to_numpy(zero_copy_only=False)
    values = column.dictionary
    quick = _quick(values) if len(values) >= _MANY else None
    if quick is not None:
        nothing = np.zeros(len(quick), np.bool_)
        return _Column(quick // DAY, quick % DAY, nothing, nothing, codes)
    texts = values.to_pylist()
    try:
        parts = read_texts(texts)
    except AmbiguousDates as exc:
        raise DataError(f"{where}: {exc}: {_CURE}") from exc
    blank = np.array([not text.strip() for text in texts], np.bool_)
    found = _Column(parts.day, parts.second, blank, parts.unread, codes)
    _account(where, texts, found, parts.form, notes)
    return found


def _account(where: str, texts: list[str], column: _Column, form: str, notes: list[str]) -> None:
    """Say what was not understood. Raises DataError where that is more than a tenth."""
    if column.codes is None or not column.unread.any():
        return
    rows = np.bincount(column.codes, minlength=len(texts))
    unread, filled = int(rows[column.unread].sum()), int(rows[~column.blank].sum())
    example = texts[int(np.flatnonzero(column.unread)[0])][:40]
    if unread > _MOST_UNREAD * filled:
        msg = f"{where}: {unread:,} of {filled:,} dates are not understood, e.g. {example!r} (found: {form}): {_CURE}"
        raise DataError(msg)
    if unread:
        notes.append(f"{unread:,} of {filled:,} dates are not understood, e.g. {example!r}")


def _quick(values: Column) -> Ints | None:
    """Seconds of texts that are all Unix times or all ISO 8601; None where they are not, or not all."""
    try:
        numbers = pc.cast(values, pa.int64()).to_numpy(zero_copy_only=False)
        size = np.abs(numbers).max(initial=0)
        if numbers.min(initial=0) >= 0 and 10**8 <= size < 10**14:
            seconds = np.asarray(numbers // (1 if size < 10**11 else 1000), np.int64)
            return np.where(seconds < Y2000, 0, seconds)
        return None
    except pa.ArrowInvalid:
        pass
    for kind in (pa.timestamp("s"), pa.timestamp("s", "UTC"), pa.timestamp("ms"), pa.timestamp("ms", "UTC")):
        try:
            moments = pc.cast(values, kind)
        except pa.ArrowInvalid:
            continue
        return np.asarray(pc.cast(moments, pa.int64()).to_numpy() // _TYPES[kind.unit], np.int64)
    return None


def _from_arrow(column: Column) -> _Column:
    """Arrow's timestamps (with a zone they are UTC), dates and times of day."""
    kind = column.type
    blank = pc.is_null(column).to_numpy(zero_copy_only=False)
    if pa.types.is_time(kind):
        numbers = _numbers(column, pa.int64() if kind.bit_width == 64 else pa.int32()) // _TYPES[kind.unit]
        return _Column(np.full(len(column), NO_PART), np.where(blank, NO_PART, numbers), blank, ~blank & False)
    if pa.types.is_date(kind):
        numbers = _numbers(column, pa.int64() if kind.bit_width == 64 else pa.int32())
        day = numbers // (DAY * 1000) if kind.bit_width == 64 else numbers
        return _Column(np.where(blank, NO_PART, day), np.full(len(column), NO_PART), blank, ~blank & False)
    if not pa.types.is_timestamp(kind):
        nothing = np.full(len(column), NO_PART)
        return _Column(nothing, nothing, blank, ~blank)
    seconds = _numbers(column, pa.int64()) // _TYPES[kind.unit]
    return _Column(
        np.where(blank, NO_PART, seconds // DAY), np.where(blank, NO_PART, seconds % DAY), blank, ~blank & False
    )


def _numbers(column: Column, kind: pa.DataType) -> Ints:
    return np.asarray(pc.fill_null(pc.cast(column, kind), 0).to_numpy(zero_copy_only=False), np.int64)
