"""What makes a row of songs pleasant besides nearness: one version of a song, no artist too often.

What each rule costs in NDCG: `python -m benchmarks.rules`.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from catalog.table import SongTable
from serving.ranking.recommender import Ranking

CHOICE = 6  # candidates for each place, so that the rules have something to choose from
A_ROW = 20  # songs within which
SAME_ARTIST = 2  # at most so many are by one artist, where there is enough choice …
OWN_ARTIST = 3  # … and by the artist of the one song that was asked about

Codes = npt.NDArray[np.int32]
Credits = Callable[[int], Sequence[int]]


def tidy(candidates: Ranking, songs: SongTable, k: int, taken: Collection[int], about: int | None = None) -> Ranking:
    """The best k of some 6 k candidates by both rules.

    taken: rows that stand elsewhere, or were asked about; about: the row, where one song alone was asked about.
    """
    single = one_version(candidates, songs.song_code, taken)
    return spread(single, songs.credits, k, () if about is None else songs.credits(about))


def one_version(candidates: Ranking, song_code: Codes, taken: Collection[int] = ()) -> Ranking:
    """The candidates without further versions of one song (remaster, live take, "feat." or not).

    song_code: (n,) by row, equal for versions of a song; taken: rows whose songs stand elsewhere already.
    """
    seen = set(_of_rows(song_code, taken))
    kept: list[int] = []
    for place, code in enumerate(_of_rows(song_code, candidates.rows)):
        if code not in seen:
            seen.add(code)
            kept.append(place)
    return candidates.at(kept)


def spread(candidates: Ranking, credits_of: Credits, k: int, own: Collection[int] = ()) -> Ranking:
    """The best k candidates, at most 2 of an artist in each row of 20; more only where nothing else is left.

    credits_of: the codes of the artists that a row counts for, each of a joint credit; own: codes of those who may
    have 3.
    """
    artists = cache(lambda place: credits_of(candidates.rows[place]))  # of the first few places alone, as a rule
    waiting = list(range(len(candidates.rows)))
    chosen: list[int] = []
    while waiting and len(chosen) < k:
        row, waiting = _fill_row(waiting, artists, min(A_ROW, k - len(chosen)), own)
        chosen += row
    return candidates.at(chosen)


def _fill_row(waiting: list[int], artists: Credits, places: int, own: Collection[int]) -> tuple[list[int], list[int]]:
    """The next songs for one row, best first, and those that go on waiting. artists: the codes by place."""
    seen: dict[int, int] = {}
    first: list[int] = []
    spare: list[int] = []
    for i in waiting:
        room = all(seen.get(artist, 0) < (OWN_ARTIST if artist in own else SAME_ARTIST) for artist in artists(i))
        (first if room else spare).append(i)
        if room:
            seen.update((artist, seen.get(artist, 0) + 1) for artist in artists(i))
        if len(first) == places:
            break
    row = sorted(first + spare[: places - len(first)])
    placed = set(row)
    return row, [i for i in waiting if i not in placed]


def _of_rows(codes: Codes, rows: Collection[int]) -> list[int]:
    found: list[int] = codes[np.fromiter(rows, np.int64, len(rows))].tolist()
    return found
