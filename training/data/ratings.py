"""From listens to what is learned: a sparse matrix of play counts, one row a listener or a sitting, and its songs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from catalog.song import song_id
from errors import DataError, UsageError
from history.distinct import distinct, numbered
from history.spellings import NamedSongs
from training.data.listens import NO_TIME, Column, Counts, Listens
from training.data.sessions import sittings

Kind = Literal["user", "session"]
Rows = Literal["auto", "user", "session"]
Matrix = sp.csr_matrix

ROW_NAMES: Final[Mapping[Kind, str]] = {"user": "listener", "session": "sitting"}  # who is asked, in words

_FEWEST_ROWS = 3  # listeners or sittings, below which nothing tells which songs go together
FEW_USERS = 50  # with fewer, a matrix of users has too few rows to learn which songs go together


@dataclass(frozen=True)
class Songs:
    """The catalog in row order: most listeners first, then most plays, then song_id. All of length n.

    artists, tracks: string arrays. aliases: (m,) song_ids by which other rows of the history call songs, and
    alias_rows: (m,) the rows of these songs.
    """

    artists: Column
    tracks: Column
    plays: Counts
    listeners: Counts
    aliases: Column
    alias_rows: Counts

    def song_id(self, row: int) -> str:
        """The song_id of a row."""
        return song_id(self.artists[row].as_py(), self.tracks[row].as_py())

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
    kind: Kind
    users: int
    pairs: int

    @property
    def total(self) -> int:
        """All listens that were counted: of a sample its own."""
        return int(self.songs.plays.sum())


def rating(plays: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The rating of a song played so often: log10(plays + 1), 0 for a song never played."""
    return np.log10(np.asarray(plays, np.float64) + 1.0)


def to_ratings(listens: Listens, rows: Rows = "auto", sample_size: int | None = None, seed: int = 0) -> Ratings:
    """Count plays per row and song. sample_size: keep so many (user, song) pairs, drawn at random with `seed`.

    rows: "user" one row a user, "session" one row a sitting, "auto" sittings where there are fewer than
    50 users and at least half of the listens have a moment. Raises UsageError where sittings are asked of listens
    without dates.
    """
    kind = _kind(listens, rows)
    song, catalog = listens.spellings.named(listens.plays)
    pair = listens.users.codes.astype(np.int64) * len(catalog.song_ids) + song
    if sample_size is not None:
        kept = np.isin(pair, _sample(distinct(pair), sample_size, seed))
        return to_ratings(listens.rows(kept), kind)
    pairs = distinct(pair)
    songs, column = _in_order(catalog, song, pairs, listens.plays)
    row = _row(listens, kind)
    known = row >= 0
    return Ratings(
        plays=_matrix(row[known], column[song[known]], listens.plays[known], len(songs)),
        songs=songs,
        kind=kind,
        users=listens.user_count,
        pairs=len(pairs),
    )


def refuse_too_little(source: str, rows: int, kind: Kind) -> None:
    """Raise DataError where there are too few rows for any model, before minutes are spent on one."""
    if rows < _FEWEST_ROWS:
        many = "s" if rows > 1 else ""
        sittings = "" if kind == "session" else " and no sittings"
        raise DataError(
            f"{source}: {rows} {ROW_NAMES[kind]}{many}{sittings}: nothing in it tells which songs go together. "
            f"Expected {_FEWEST_ROWS} or more: add histories of other people, or an export that has dates"
        )


def _kind(listens: Listens, rows: Rows) -> Kind:
    dated = listens.minutes is not None
    if rows == "session" and not dated:
        raise UsageError(
            f"{listens.source} has no dates: --rows session needs the columns Date and Time; use --rows user"
        )
    if rows == "auto":
        return "session" if listens.user_count < FEW_USERS and _mostly_dated(listens) else "user"
    return rows


def _mostly_dated(listens: Listens) -> bool:
    """Whether at least half of the listens have a moment: what has none is learned from by no sitting."""
    if listens.minutes is None:
        return False
    return 2 * int(listens.plays[listens.minutes != NO_TIME].sum()) >= listens.total


def _row(listens: Listens, kind: Kind) -> Counts:
    """The row of each listen, -1 where a listen has no time and so no sitting."""
    if kind == "session" and listens.minutes is not None:
        return sittings(listens.users.codes, listens.minutes)
    return numbered(listens.users.codes)[1]


def _sample(pairs: Counts, size: int, seed: int) -> Counts:
    if size >= len(pairs):
        return pairs
    return np.random.default_rng(seed).choice(pairs, size, replace=False, shuffle=False)


def _take(column: Column, places: Counts) -> Column:
    return column.take(pa.array(places))


def _in_order(catalog: NamedSongs, song: Counts, pairs: Counts, plays: Counts) -> tuple[Songs, Counts]:
    """The songs in catalog order and the column of each song code. pairs: each (user, song) once."""
    total = np.bincount(song, weights=plays, minlength=len(catalog.song_ids)).astype(np.int64)
    listeners = np.bincount(pairs % len(catalog.song_ids), minlength=len(catalog.song_ids))
    columns: Any = {"listeners": listeners, "plays": total, "song_id": catalog.song_ids}
    order = pc.sort_indices(
        pa.table(columns), sort_keys=[("listeners", "descending"), ("plays", "descending"), ("song_id", "ascending")]
    ).to_numpy()
    column = np.empty(len(order), np.int64)
    column[order] = np.arange(len(order))
    songs = Songs(
        _take(catalog.artists, order),
        _take(catalog.tracks, order),
        total[order],
        listeners[order],
        catalog.aliases,
        column[catalog.alias_song],
    )
    return songs, column


def _matrix(row: Counts, column: Counts, plays: Counts, songs: int) -> Matrix:
    shape = (int(row.max(initial=-1)) + 1, songs)
    matrix = sp.coo_matrix((plays.astype(np.float64), (row, column)), shape=shape).tocsr()
    matrix.sum_duplicates()
    return matrix
