"""From listens to what is learned: a sparse matrix of play counts, one row a listener or a sitting, and its songs."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from errors import UsageError
from training.data.listens import Column, Counts, Listens
from training.data.sessions import sittings

Rows = Literal["auto", "user", "session"]
Matrix = sp.csr_matrix

FEW_USERS = 50  # with fewer, a matrix of users has too few rows to learn which songs go together


@dataclass(frozen=True)
class Songs:
    """The catalog in row order: most listeners first, then most plays, then song_id. All of length n."""

    artists: list[str]
    tracks: list[str]
    plays: Counts
    listeners: Counts

    def __len__(self) -> int:
        return len(self.artists)


@dataclass(frozen=True)
class Ratings:
    """What training learns from.

    plays: (rows, n) CSR of float64 play counts, each at least 1; the columns are `songs` in order. kind: what a
    row is. pairs: how many different (user, song) pairs the listens held.
    """

    plays: Matrix
    songs: Songs
    kind: Literal["user", "session"]
    users: int
    pairs: int


def rating(plays: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The rating of a song played so often: log10(plays + 1), 0 for a song never played."""
    return np.log10(np.asarray(plays, np.float64) + 1.0)


def to_ratings(listens: Listens, rows: Rows = "auto", sample_size: int | None = None, seed: int = 0) -> Ratings:
    """Count plays per row and song. sample_size: keep so many (user, song) pairs, drawn at random with `seed`.

    rows: "user" one row a user, "session" one row a sitting, "auto" sittings where there are fewer than
    50 users and the listens have dates. Raises UsageError where sittings are asked of listens without dates.
    """
    kind = _kind(listens, rows)
    song, catalog = _songs(listens)
    pair = listens.users.codes.astype(np.int64) * len(catalog) + song
    if sample_size is not None:
        kept = np.isin(pair, _sample(np.unique(pair), sample_size, seed))
        return to_ratings(listens.rows(kept), kind)
    songs, column = _in_order(catalog, song, pair, listens.plays)
    row = _row(listens, kind)
    known = row >= 0
    return Ratings(
        plays=_matrix(row[known], column[song[known]], listens.plays[known], len(songs)),
        songs=songs,
        kind=kind,
        users=listens.user_count,
        pairs=len(np.unique(pair)),
    )


def _kind(listens: Listens, rows: Rows) -> Literal["user", "session"]:
    dated = listens.minutes is not None
    if rows == "session" and not dated:
        raise UsageError(
            f"{listens.source} has no dates: --rows session needs the columns Date and Time; use --rows user"
        )
    if rows == "auto":
        return "session" if dated and listens.user_count < FEW_USERS else "user"
    return rows


def _row(listens: Listens, kind: Literal["user", "session"]) -> Counts:
    """The row of each listen, -1 where a listen has no time and so no sitting."""
    if kind == "session" and listens.minutes is not None:
        return sittings(listens.users.codes, listens.minutes)
    return np.unique(listens.users.codes, return_inverse=True)[1]


def _sample(pairs: Counts, size: int, seed: int) -> Counts:
    if size >= len(pairs):
        return pairs
    return np.random.default_rng(seed).choice(pairs, size, replace=False, shuffle=False)


@dataclass(frozen=True)
class _Catalog:
    """Songs by code: song_id, artist and track. (n,) each."""

    song_id: Column
    artist: Column
    track: Column

    def __len__(self) -> int:
        return len(self.song_id)


def _songs(listens: Listens) -> tuple[Counts, _Catalog]:
    """The code of each listen's song, (listens,), and the songs by code.

    "A - B" by "C" and "A" with "B - C" have one song_id: they are one song, named as its most played spelling.
    """
    track_count = len(listens.tracks.values)
    spelling, code = np.unique(
        listens.artists.codes.astype(np.int64) * track_count + listens.tracks.codes, return_inverse=True
    )
    artist = _take(listens.artists.values, spelling // track_count)
    track = _take(listens.tracks.values, spelling % track_count)
    ids: Any = pc.binary_join_element_wise(artist, track, " - ").dictionary_encode()
    song_of = ids.indices.to_numpy().astype(np.int64)
    plays = np.bincount(code, weights=listens.plays, minlength=len(spelling))
    by_plays = np.argsort(plays, kind="stable")
    most_played = np.empty(len(ids.dictionary), np.int64)
    most_played[song_of[by_plays]] = by_plays  # the last one written is the most played
    return song_of[code], _Catalog(ids.dictionary, _take(artist, most_played), _take(track, most_played))


def _take(column: Column, places: Counts) -> Column:
    return column.take(pa.array(places))


def _in_order(catalog: _Catalog, song: Counts, pair: Counts, plays: Counts) -> tuple[Songs, Counts]:
    """The songs in catalog order and the column of each song code."""
    total = np.bincount(song, weights=plays, minlength=len(catalog)).astype(np.int64)
    listeners = np.bincount(np.unique(pair) % len(catalog), minlength=len(catalog))
    columns: Any = {"listeners": listeners, "plays": total, "song_id": catalog.song_id}
    order = pc.sort_indices(
        pa.table(columns), sort_keys=[("listeners", "descending"), ("plays", "descending"), ("song_id", "ascending")]
    ).to_numpy()
    column = np.empty(len(order), np.int64)
    column[order] = np.arange(len(order))
    songs = Songs(
        _take(catalog.artist, order).to_pylist(),
        _take(catalog.track, order).to_pylist(),
        total[order],
        listeners[order],
    )
    return songs, column


def _matrix(row: Counts, column: Counts, plays: Counts, songs: int) -> Matrix:
    shape = (int(row.max(initial=-1)) + 1, songs)
    matrix = sp.coo_matrix((plays.astype(np.float64), (row, column)), shape=shape).tocsr()
    matrix.sum_duplicates()
    return matrix
