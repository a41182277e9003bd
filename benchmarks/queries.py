"""The 300 queries that people might type over the built-in catalog, with the song each one means.

`tests/catalog/queries.csv` was written by hand before the engine was run on it; a query that means two songs equally
is not in it, one that the engine misses stays.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from catalog.search import CatalogSearch, write_search
from catalog.song import song_id
from catalog.table import SongTable, write_table

_ROOT = Path(__file__).parents[1]
_QUERIES = _ROOT / "tests/catalog/queries.csv"
_CATALOG = _ROOT / "training/sample/catalog"


class TypedQuery(NamedTuple):
    """What was typed, the song that was meant, and what is special about it."""

    query: str
    song_id: str
    kind: str


class Hit(NamedTuple):
    """Where the song that was meant stands among the answers: 1 is the first, 0 is not among the first 20."""

    typed: TypedQuery
    place: int


def typed_queries() -> list[TypedQuery]:
    """The set, in its own order."""
    with _QUERIES.open(encoding="utf-8", newline="") as file:
        return [TypedQuery(**line) for line in csv.DictReader(file)]


def _sample_names() -> Iterator[tuple[int, str, str]]:
    for path in sorted(_CATALOG.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                yield int(line["popularity"]), line["artist"], line["track"]


def open_sample(folder: Path) -> tuple[SongTable, CatalogSearch]:
    """The built-in catalog, most popular first, written to an empty folder and opened."""
    songs = {song_id(artist, track): (plays, artist, track) for plays, artist, track in _sample_names()}
    plays, artists, tracks = zip(*sorted(songs.values(), key=lambda song: -song[0]), strict=True)
    counts = np.array(plays, np.int64)
    write_table(folder / "catalog.arrow", artists, tracks, counts, counts)
    table = SongTable.open(folder / "catalog.arrow")
    write_search(folder / "search", table)
    return table, CatalogSearch.open(folder / "search", table)


def places(songs: SongTable, search: CatalogSearch) -> list[Hit]:
    """Ask every query and say where the song that was meant stands."""
    hits = []
    for typed in typed_queries():
        row = songs.row(typed.song_id)
        rows = search.search(typed.query, 20).rows
        hits.append(Hit(typed, rows.index(row) + 1 if row in rows else 0))
    return hits


def hit_rate(hits: list[Hit], first: int) -> float:
    """The share of queries whose song is among the first so many answers."""
    return sum(1 <= hit.place <= first for hit in hits) / len(hits)
