"""The songs of one artifact set as an Arrow file that is read in place: row to song, song_id to row.

Rows are ordered by popularity, most listened first, so row 0 is the most popular song; the FAISS index, the
model's `qi` and the search index use the same rows. Nothing is unpacked into Python objects at opening: the
file is memory-mapped and workers share its pages.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.song import LONGEST_SONG_ID, Song, is_too_long, song_id
from catalog.text import fold, name_key

Rows = npt.NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.generic)

_COLUMNS: dict[str, pa.DataType] = {
    "artist": pa.dictionary(pa.int32(), pa.string()),  # a name once, and its number for each song
    "track": pa.string(),
    "plays": pa.int64(),
    "listeners": pa.int64(),
    "song_code": pa.int32(),  # rows with equal codes are versions of one song: remasters, live takes, "feat." or not
    "by_artist": pa.int32(),  # rows grouped by the artist's number, popular first within an artist
    "id_hash": pa.uint64(),  # sorted hashes of the song_ids …
    "id_row": pa.int32(),  # … and the row each one belongs to
}

_SCHEMA = pa.schema(_COLUMNS)


class CatalogError(Exception):
    """A catalog file that cannot be read or whose columns are not a catalog's."""


def _hash(key: str) -> int:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def write_table(
    path: Path,
    artists: Sequence[str],
    tracks: Sequence[str],
    plays: npt.NDArray[np.int64],
    listeners: npt.NDArray[np.int64],
) -> None:
    """Write the catalog of n songs, given in row order (all of length n).

    Raises ValueError where two rows have the same song_id, CatalogError where one is too long to be liked.
    """
    _refuse_too_long(artists, tracks)
    hashes = np.fromiter((_hash(song_id(a, t)) for a, t in zip(artists, tracks, strict=True)), np.uint64, len(artists))
    order = np.argsort(hashes, kind="stable")
    _refuse_twins(artists, tracks, hashes, order)
    artist_column = pa.array(artists, pa.string()).dictionary_encode()
    codes = artist_column.indices.to_numpy()
    columns: list[Any] = [
        artist_column,
        pa.array(tracks, pa.string()),
        plays,
        listeners,
        _song_codes(artists, tracks),
        np.argsort(codes, kind="stable").astype(np.int32),
        hashes[order],
        order.astype(np.int32),
    ]
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, _SCHEMA) as writer:
        arrays = [pa.array(column) if isinstance(column, np.ndarray) else column for column in columns]
        writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA))


def _refuse_too_long(artists: Sequence[str], tracks: Sequence[str]) -> None:
    for row, key in enumerate(map(song_id, artists, tracks)):
        if is_too_long(key):
            size = len(key.encode("utf-8", "surrogatepass"))
            msg = f"the song_id {key[:40]!r}… of row {row} has {size:,} bytes, expected {LONGEST_SONG_ID:,} at most: "
            raise CatalogError(msg + "shorten its names in the data, or leave it out")


def _song_codes(artists: Sequence[str], tracks: Sequence[str]) -> npt.NDArray[np.int32]:
    """(n,) equal for versions and spellings of one song by one artist."""
    names: dict[str, str] = {}
    for name in (*artists, *tracks):
        if name not in names:
            names[name] = name_key(fold(name))
    keys = [f"{names[artist]}\n{names[track]}" for artist, track in zip(artists, tracks, strict=True)]
    return np.asarray(pa.array(keys, pa.string()).dictionary_encode().indices, np.int32)


def _refuse_twins(artists: Sequence[str], tracks: Sequence[str], hashes: npt.NDArray[np.uint64], order: Rows) -> None:
    """Two rows with one song_id would make likes and answers ambiguous: ValueError."""
    in_order = hashes[order]
    for i in np.flatnonzero(in_order[1:] == in_order[:-1]):
        one, other = (song_id(artists[int(r)], tracks[int(r)]) for r in order[i : i + 2])
        if one == other:
            msg = f"the song_id {one!r} stands in two rows of the catalog"
            raise ValueError(msg)


class SongTable:
    """Read-only songs of one artifact set. `row` is the song's row in the FAISS index as well."""

    def __init__(self, batch: Any) -> None:  # noqa: ANN401  pyarrow publishes no types
        artists = batch.column("artist")
        self._artist = _Strings(artists.dictionary)
        self.artist_code = _numbers(artists.indices, np.int32)  # rows with equal codes are by the same artist
        self._track = _Strings(batch.column("track"))
        self.plays = _numbers(batch.column("plays"), np.int64)
        self.listeners = _numbers(batch.column("listeners"), np.int64)
        self.song_code = _numbers(batch.column("song_code"), np.int32)
        self._by_artist = _numbers(batch.column("by_artist"), np.int32)
        self._id_hash = _numbers(batch.column("id_hash"), np.uint64)
        self._id_row = _numbers(batch.column("id_row"), np.int32)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file written by `write_table`. Raises CatalogError where it is not one."""
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (OSError, pa.ArrowInvalid) as exc:
            msg = f"{path} cannot be read as a catalog ({exc}): rebuild with python build_vector_db.py"
            raise CatalogError(msg) from exc
        if table.schema != _SCHEMA:
            msg = f"{path} has the columns {table.schema.names}, expected {_SCHEMA.names}: rebuild it"
            raise CatalogError(msg)
        batches = table.to_batches()
        return cls(batches[0] if batches else pa.RecordBatch.from_pylist([], schema=_SCHEMA))

    def __len__(self) -> int:
        return len(self._track)

    def song(self, row: int) -> Song:
        """The song in a row. Raises IndexError outside 0 <= row < len."""
        artist, track = self._artist[int(self.artist_code[row])], self._track[row]
        return Song(song_id(artist, track), artist, track)

    def songs(self, rows: Iterable[int]) -> list[Song]:
        """The songs of several rows, in the order given. Raises IndexError outside 0 <= row < len."""
        return [self.song(row) for row in rows]

    def names(self) -> Iterator[tuple[str, str]]:
        """Artist and track of every song in row order, without all of them in memory at once."""
        return ((self._artist[code], self._track[row]) for row, code in enumerate(map(int, self.artist_code)))

    def row(self, key: str) -> int | None:
        """The row of a song_id, None where the catalog has no such song."""
        wanted = np.uint64(_hash(key))
        at = int(np.searchsorted(self._id_hash, wanted))
        while at < len(self._id_hash) and self._id_hash[at] == wanted:
            row = int(self._id_row[at])
            if self.song(row).song_id == key:
                return row
            at += 1
        return None

    def rows(self, keys: Iterable[str]) -> list[int]:
        """The rows of those song_ids that the catalog has, in the order given."""
        asked = list(keys)
        if not len(self) or not asked:
            return []
        hashes = np.fromiter(map(_hash, asked), np.uint64, len(asked))
        at = np.searchsorted(self._id_hash, hashes).clip(max=len(self) - 1)
        rows = self._id_row[at].tolist()
        equal = (self._id_hash[at] == hashes).tolist()
        # that the hash is there does not say that the song is: the name decides, and may stand behind its twin in hash
        found = (
            row if song.song_id == key else self.row(key)
            for key, row, song, maybe in zip(asked, rows, self.songs(rows), equal, strict=True)
            if maybe
        )
        return [row for row in found if row is not None]

    def rows_by_artist_of(self, row: int) -> npt.NDArray[np.int32]:
        """All rows of the artist of `row`, itself included, popular first."""
        code = int(self.artist_code[row])
        start, stop = (bisect_left(self._by_artist, bound, key=self._code_of) for bound in (code, code + 1))
        return self._by_artist[start:stop]

    def _code_of(self, row: int) -> int:
        return int(self.artist_code[row])


class _Strings:
    """A column of text in place: Arrow's own way to take a few values costs several times as much."""

    def __init__(self, column: Any) -> None:  # noqa: ANN401  as above
        _, ends, text = column.buffers()
        self._size = len(column)
        self._ends = memoryview(ends or b"").cast("B").cast("i")  # where each begins, and where the last one ends
        self._text = memoryview(text or b"").cast("B")

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, row: int) -> str:
        if not 0 <= row < self._size:
            raise IndexError(row)
        return str(self._text[self._ends[row] : self._ends[row + 1]], "utf-8")


def _numbers(column: Any, kind: type[_Number]) -> npt.NDArray[_Number]:  # noqa: ANN401  as above
    """The column in place. Arrow's own `to_numpy` imports pandas: 30 MB and a third of a second in each worker."""
    _, numbers = column.buffers()
    return np.frombuffer(numbers, kind, len(column)) if len(column) else np.empty(0, kind)
