"""A catalog of a few songs for tests: written as the index builder writes it, opened as a worker opens it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from catalog.resolve import Match, resolve
from catalog.search import CatalogSearch, write_search
from catalog.table import SongTable, write_table


class Shelf(NamedTuple):
    folder: Path
    songs: SongTable
    search: CatalogSearch

    def found(self, q: str, limit: int = 20, offset: int = 0) -> list[str]:
        """What a listener sees who types q."""
        return [song.song_id for song in self.songs.songs(self.search.search(q, limit, offset).rows)]

    def match(self, wanted: str | tuple[str, str]) -> Match | None:
        return resolve(self.songs, self.search, wanted)

    def resolved(self, wanted: str | tuple[str, str]) -> str | None:
        match = self.match(wanted)
        return None if match is None else self.songs.song(match.row).song_id


def shelf(folder: Path, names: list[tuple[str, str]]) -> Shelf:
    """Songs of (artist, track), the most popular first."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = np.arange(len(names), 0, -1, dtype=np.int64)
    write_table(folder / "catalog.arrow", [a for a, _ in names], [t for _, t in names], counts, counts)
    songs = SongTable.open(folder / "catalog.arrow")
    write_search(folder / "search", songs)
    return Shelf(folder, songs, CatalogSearch.open(folder / "search", songs))
