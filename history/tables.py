"""Tables of listens, CSV and Parquet: which rows are plays, and their columns as one part."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet

from errors import DataError
from history.arrow import Column, dictionary, encoded, joined_dictionaries
from history.cells import batches_of
from history.columns import Layout, known_names, layout_of
from history.dates import Ints
from history.formats.contract import NO_PLAY
from history.headers import beginning_of
from history.listens import NO_TIME
from history.moments import read_moments
from history.parts import TOO_SHORT, Part
from history.settings import ReadSettings
from history.sources import READ, NotHistory, Source
from history.tally import Tally

_MOST_PLAYS = 10**9  # more listens than this to one song is a fault of the file, not a taste
_TRUE = {"true", "1", "yes"}
D = TypeVar("D", bound=np.generic)
Kept = npt.NDArray[np.bool_]


def read_csv(source: Source, head: bytes, settings: ReadSettings, tally: Tally) -> Part:
    """A table of text. Raises DataError."""
    beginning = beginning_of(source, head, settings.encoding)
    tally.title = beginning.layout.title
    tally.notes += beginning.layout.notes
    gathered = Gathered(str(source), beginning.layout, settings, tally)
    for batch in batches_of(source, beginning, tally):
        gathered.add({role: batch.column(place) for role, place in beginning.layout.places.items()})
    return gathered.part()


def read_parquet(source: Source, settings: ReadSettings, tally: Tally) -> Part:
    """A Parquet file. Raises DataError."""
    if source.member is not None:
        raise DataError(f"{source} is Parquet in a zip: unpack it")
    with pyarrow.parquet.ParquetFile(source.path) as file:
        names = file.schema_arrow.names
        text = (
            [name for name in names if file.schema_arrow.field(name).type == pa.string()] if _each_once(names) else []
        )
    with pyarrow.parquet.ParquetFile(source.path, read_dictionary=text) as file:
        try:
            layout = layout_of(names)
        except ValueError as exc:
            raise DataError(f"{source} has {exc}: expected each once") from exc
        if layout is None:
            found = ", ".join(known_names(names)) or "none that is known"
            msg = f"{source} is a Parquet file without columns for artist and track (found {found}): expected {READ}"
            raise NotHistory(msg)
        tally.title = f"{layout.title}, Parquet"
        gathered = Gathered(str(source), layout, settings, tally)
        columns = {role: names[place] for role, place in layout.places.items()}
        for batch in file.iter_batches(batch_size=1 << 20, columns=list(dict.fromkeys(columns.values()))):
            gathered.add({role: as_text(str(source), role, batch.column(name)) for role, name in columns.items()})
    return gathered.part()


def _each_once(names: list[str]) -> bool:
    return len(set(names)) == len(names)


def as_text(where: str, role: str, column: Column) -> Column:
    """The column as a dictionary of strings; moments stay what they are."""
    kind = column.type
    if role in ("date", "clock") and pa.types.is_temporal(kind):
        return column
    if pa.types.is_dictionary(kind) and kind.value_type == pa.string() and column.null_count == 0:
        return column
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind):
        raise DataError(f"{where}: the column for {role} holds {kind}: expected text or numbers")
    return column.cast(pa.string()).fill_null("").dictionary_encode()


class Gathered:
    """Batches of a table's columns; rows that are no play are left out and counted. where: it, in messages."""

    def __init__(self, where: str, layout: Layout, settings: ReadSettings, tally: Tally) -> None:
        self._where = where
        self._layout = layout
        self._settings = settings
        self._tally = tally
        self._columns: dict[str, list[Column]] = {role: [] for role in layout.places}

    def add(self, columns: dict[str, Column]) -> None:
        """Gather a batch. columns: by role."""
        kept = np.ones(len(columns["artist"]), np.bool_)
        for reason, is_none in self._reasons(columns):
            self._tally.drop(reason, int((kept & is_none).sum()))
            kept &= ~is_none
        if not kept.all():
            rows = pa.array(np.flatnonzero(kept))
            columns = {role: column.take(rows) for role, column in columns.items()}
        for role, column in columns.items():
            self._columns[role].append(column)

    def _reasons(self, columns: dict[str, Column]) -> Iterator[tuple[str, Kept]]:
        if "event" in columns:
            yield NO_PLAY, ~_by_value(columns["event"], lambda text: text in ("", "PLAY_END"), np.bool_)
        if "media" in columns:
            yield "video", _by_value(columns["media"], lambda text: "VIDEO" in text.upper(), np.bool_)
        if "incognito" in columns:
            yield "private session", _by_value(columns["incognito"], lambda text: text.casefold() in _TRUE, np.bool_)
        for role, unit in (("played", 1000), ("played_seconds", 1)):
            if role in columns:
                yield TOO_SHORT, _shorter(columns[role], self._settings.min_seconds * unit)

    def part(self) -> Part:
        """All rows as columns. Raises DataError where bytes are no text, counts no numbers or dates no dates."""
        for role, parts in self._columns.items():
            self._columns[role] = [_text(parts)]
        columns = {role: parts[0] for role, parts in self._columns.items()}
        plays = self._plays(columns)
        seconds, fine = self._seconds(columns)
        return Part(columns.get("user"), columns["artist"], columns["track"], plays, seconds, fine)

    def _plays(self, columns: dict[str, Column]) -> Ints | None:
        if "plays" not in columns:
            return None
        plays = _by_value(columns["plays"], _count, np.int64)
        wrong = np.flatnonzero(plays < 0)
        if len(wrong):
            value = columns["plays"][int(wrong[0])].as_py()
            raise DataError(
                f"{self._where}: the column for plays holds {value[:40]!r}: expected how many listens the row stands "
                "for, a whole number such as 1 or 250"
            )
        return plays

    def _seconds(self, columns: dict[str, Column]) -> tuple[Ints | None, bool]:
        if "date" not in columns or self._settings.ignore_dates or not len(columns["artist"]):
            return None, False
        found = read_moments(self._where, columns["date"], columns.get("clock"))
        self._tally.unknown.update(found.unknown)
        self._tally.notes += found.notes
        if (found.seconds == NO_TIME).all():
            return None, False
        seconds = found.seconds
        if self._layout.ends:
            played = _by_value(columns["played"], lambda text: max(0.0, _number(text)) / 1000, np.float64)
            seconds = np.where(seconds == NO_TIME, NO_TIME, seconds - np.minimum(played, 86_400).astype(np.int64))
        return seconds, found.fine


def _text(parts: list[Column]) -> Column:
    """One column of strings, or of Arrow's moments. Raises ArrowInvalid where bytes are no text."""
    if not parts:
        return encoded([])
    if pa.types.is_temporal(parts[0].type):
        return pa.chunked_array(parts).combine_chunks()
    codes, values = joined_dictionaries(parts)
    # Parquet's strings may be none: the cast looks
    return dictionary(codes, values.cast(pa.binary()).cast(pa.string()))


def _by_value(column: Column, read: Callable[[str], object], dtype: type[D]) -> npt.NDArray[D]:
    """`read` of every row's text, computed once for each different text."""
    values = column.dictionary.to_pylist()
    of_value = np.fromiter((read(text.strip()) for text in values), dtype, len(values))
    codes: npt.NDArray[np.int32] = column.indices.to_numpy(zero_copy_only=False)
    return of_value[codes]


def _shorter(column: Column, least: float) -> Kept:
    """(rows,) which numbers are less."""
    return _by_value(column, lambda text: 0 <= _number(text) < least, np.bool_)


def _number(text: str) -> float:
    """A number, -1 where the text is none: what is not known is not too short."""
    try:
        number = float(text)
    except ValueError:
        return -1.0
    return number if number == number and abs(number) < 1e15 else -1.0


def _count(text: str) -> int:
    """A number of listens; -1 where the text is none."""
    number = _number(text)
    return int(number) if number == int(number) and 0 <= number <= _MOST_PLAYS else -1
