"""The songs of one artifact set as an Arrow file that is read in place: row to song, song_id to row.

Rows are ordered by popularity, most listened first, so row 0 is the most popular song; the FAISS index, the
model's `qi` and the search index use the same rows. Nothing is unpacked into Python objects at opening: the
file is memory-mapped and workers share its pages.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.columns import Hashed, Strings, hash_of, hashes_of, numbers
from catalog.folding import song_ids
from catalog.names import song_key
from catalog.song import Song, song_id
from catalog.table_file import OLD_SCHEMA, SCHEMA, CatalogError, write_table
from catalog.text import LONGEST_NAME

Rows = npt.NDArray[np.int64]
_Codes = npt.NDArray[np.int32]

__all__ = ["CatalogError", "SongTable", "write_table"]


class SongTable:
    """Read-only songs of one artifact set. `row` is the song's row in the FAISS index as well."""

    def __init__(self, batch: Any) -> None:  # noqa: ANN401  pyarrow publishes no types
        self._columns = batch
        artists = batch.column("artist")
        self._artist = Strings(artists.dictionary)
        self._spelling = numbers(artists.indices, np.int32)
        self._track = Strings(batch.column("track"))
        self.plays = numbers(batch.column("plays"), np.int64)
        self.listeners = numbers(batch.column("listeners"), np.int64)
        self.song_code = numbers(batch.column("song_code"), np.int32)
        self._by_artist = numbers(batch.column("by_artist"), np.int32)
        self._ids = Hashed(batch.column("id_hash"), batch.column("id_row"))
        self.artist_code = self._spelling  # rows with equal codes are by the same artist, however it is spelled
        self._credits: tuple[_Codes, _Codes] | None = None
        self._aliases: Hashed | None = None
        if "aliases" in batch.schema.names:
            self._open_added(batch)

    def _open_added(self, batch: Any) -> None:  # noqa: ANN401  as above
        self.artist_code = numbers(batch.column("artist_code"), np.int32)
        listed = batch.column("credits")
        self._credits = numbers(listed.offsets, np.int32), numbers(listed.values, np.int32)
        self._keys = Hashed(batch.column("key_hash"), batch.column("key_row"))
        hashes, rows, ids = batch.column("aliases").values.flatten()
        self._aliases, self._alias_ids = Hashed(hashes, rows), Strings(ids)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file written by `write_table`. Raises CatalogError where it is not one."""
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (OSError, pa.ArrowInvalid) as exc:
            msg = f"{path} cannot be read as a catalog ({exc}): rebuild with python build_vector_db.py"
            raise CatalogError(msg) from exc
        if table.schema not in (SCHEMA, OLD_SCHEMA):
            msg = f"{path} has the columns {table.schema.names}, expected {SCHEMA.names}: rebuild it"
            raise CatalogError(msg)
        batches = table.to_batches()
        return cls(batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema))

    def __len__(self) -> int:
        return len(self._track)

    @property
    def popularity(self) -> npt.NDArray[np.int64]:
        """(n,) how many listen to each song; how often it is played, where all songs have as many listeners."""
        alike = len(self) > 0 and int(self.listeners[0]) == int(self.listeners[-1])
        return self.plays if alike else self.listeners

    def song(self, row: int) -> Song:
        """The song in a row. Raises IndexError outside 0 <= row < len."""
        artist, track = self._artist[int(self._spelling[row])], self._track[row]
        return Song(song_id(artist, track), artist, track)

    def songs(self, rows: Iterable[int]) -> list[Song]:
        """The songs of several rows, in the order given. Raises IndexError outside 0 <= row < len."""
        return [self.song(row) for row in rows]

    def song_ids(self) -> Any:  # noqa: ANN401  as above
        """The song_ids of all songs in row order: a string array, (n,)."""
        return song_ids(self._columns.column("artist").cast(pa.string()), self._columns.column("track"))

    def names(self) -> Iterator[tuple[str, str]]:
        """Artist and track of every song in row order, without all of them in memory at once."""
        return ((self._artist[code], self._track[row]) for row, code in enumerate(map(int, self._spelling)))

    def row(self, key: str) -> int | None:
        """The row of a song: by its song_id, by an alias, or by a spelling that folds to the same; None without one.

        A name that folds to several songs' names means the most listened of them.
        """
        row = self.exact_row(key)
        if row is None and self._aliases is not None:
            folded = hash_of(song_key(key)) if len(key) <= LONGEST_NAME else None
            row = self._aliased(key)
            if row is None and folded is not None:
                row = min(self._keys.rows_of(folded), default=None)
        return row

    def exact_row(self, key: str) -> int | None:
        """The row of the very song_id, None where no song is called so."""
        return next((row for row in self._ids.rows_of(hash_of(key)) if self.song(row).song_id == key), None)

    def _aliased(self, key: str) -> int | None:
        """The row that the very spelling is an alias of."""
        if self._aliases is None:
            return None
        places = self._aliases.places_of(hash_of(key))
        return next((self._aliases.row_at(place) for place in places if self._alias_ids[place] == key), None)

    def song_ids_of(self, row: int) -> set[str]:
        """All song_ids that the history has for the song of a row."""
        aliases = [] if self._aliases is None else self._aliases.places_of_row(row)
        return {self.song(row).song_id, *(self._alias_ids[place] for place in aliases)}

    def spelled(self, key: str) -> int | None:
        """The row of a song_id or of an alias as the history spells it, nothing folded."""
        row = self.exact_row(key)
        return self._aliased(key) if row is None else row

    def rows(self, keys: Iterable[str]) -> list[int]:
        """The rows of those song_ids that the catalog has under any spelling, each once, in the order given."""
        return list(dict.fromkeys(row for row in self.row_of_each(list(keys)) if row is not None))

    def row_of_each(self, keys: Sequence[str]) -> list[int | None]:
        """What `row` gives for each of many song_ids, faster than one after the other."""
        if not len(self) or not keys:
            return [None] * len(keys)
        rows, there = self._ids.first_of(hashes_of(keys))
        # that the hash is there does not say that the song is: the name decides
        return [
            row if maybe and self.song(row).song_id == key else self.row(key)
            for key, row, maybe in zip(keys, rows, there, strict=True)
        ]

    def credits(self, row: int) -> Sequence[int]:
        """Codes of the artists that a song counts for: its own, or those that a joint credit names."""
        if self._credits is None:
            return (int(self.artist_code[row]),)
        ends, codes = self._credits
        listed: list[int] = codes[ends[row] : ends[row + 1]].tolist()
        return listed

    def rows_by_artist_of(self, row: int) -> npt.NDArray[np.int32]:
        """All rows of the artist of `row`, itself included, popular first."""
        code = int(self.artist_code[row])
        start, stop = (bisect_left(self._by_artist, bound, key=self._code_of) for bound in (code, code + 1))
        return self._by_artist[start:stop]

    def spellings_of_artist(self, row: int) -> set[str]:
        """The names under which the catalog has the artist of `row`."""
        return {self._artist[code] for code in np.unique(self._spelling[self.rows_by_artist_of(row)]).tolist()}

    def versions_of(self, row: int) -> npt.NDArray[np.int32]:
        """All rows that are a version of the song of `row`, itself included, popular first."""
        theirs = self.rows_by_artist_of(row)
        return np.asarray(theirs[self.song_code[theirs] == self.song_code[row]])

    def _code_of(self, row: int) -> int:
        return int(self.artist_code[row])
