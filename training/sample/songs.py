"""The hand-made catalog in catalog/<genre>.csv: about 1,500 real songs, popularity 0..100, neighbouring genres."""

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from errors import DataError

FOLDER = Path(__file__).with_name("catalog")
_COLUMNS = ("artist", "track", "album", "year", "language", "popularity", "also")
Floats = npt.NDArray[np.float64]

_AT_HOME, _VISITING = 1.0, 0.5  # how much a song belongs to its own genre and to those it is `also` of


@dataclass(frozen=True)
class SampleSongs:
    """n songs of g genres. belongs: (n, g) from 0 to 1. popularity: (n,) in 0..1. year: (n,)."""

    artists: list[str]
    tracks: list[str]
    languages: list[str]
    genres: list[str]
    belongs: Floats
    popularity: Floats
    year: Floats
    sha256: str

    def __len__(self) -> int:
        return len(self.artists)

    @classmethod
    def of(cls, rows: list[dict[str, str]], sha256: str) -> Self:
        """Songs of catalog rows that have a `genre` as well as the columns of a file."""
        genres = sorted({row["genre"] for row in rows})
        place = {genre: i for i, genre in enumerate(genres)}
        belongs = np.zeros((len(rows), len(genres)))
        for i, row in enumerate(rows):
            for other in re.findall(r"\w+", row["also"]):
                if other in place:
                    belongs[i, place[other]] = _VISITING
            belongs[i, place[row["genre"]]] = _AT_HOME
        return cls(
            artists=[row["artist"] for row in rows],
            tracks=[row["track"] for row in rows],
            languages=[row["language"] for row in rows],
            genres=genres,
            belongs=belongs,
            popularity=np.array([float(row["popularity"]) for row in rows]) / 100.0,
            year=np.array([float(row["year"]) for row in rows]),
            sha256=sha256,
        )


def read_songs(folder: Path = FOLDER) -> SampleSongs:
    """The songs of all genres; one that stands in several files is taken once, its genres together.

    Raises DataError where a file's columns are not a catalog's or a number is none.
    """
    digest = hashlib.sha256()
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.read_bytes())
        for row in _rows(path):
            first = rows.setdefault((row["artist"], row["track"]), row)
            if first is not row:
                first["also"] = f"{first['also']} {row['genre']} {row['also']}"
    if not rows:
        raise DataError(f"{folder} holds no catalog: expected one CSV a genre with {', '.join(_COLUMNS)}")
    return SampleSongs.of(list(rows.values()), digest.hexdigest())


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise DataError(f"{path} has the columns {reader.fieldnames}: expected {', '.join(_COLUMNS)}")
        rows = [row | {"genre": path.stem} for row in reader]
    for line, row in enumerate(rows, start=2):
        if not (row["popularity"].isdigit() and row["year"].isdigit() and row["artist"] and row["track"]):
            raise DataError(f"{path}, line {line}: expected an artist, a track, a year and a popularity, whole numbers")
    return rows
