"""Who is learned from and who is asked: whole listeners are held out, so that those asked were never seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from training.data.listens import Counts
from training.data.ratings import Matrix

SEED_COUNTS = (5, 3, 1)  # how many of a listener's songs are given; the rest of theirs is to be found

# Listeners that a fold, or the final number, asks at most: the standard error of their mean NDCG is then about 0.006.
# Those who could be asked as well are learned from.
MOST_ASKED = 2000

_TEST_SHARE = 0.2
_FEWEST_ASKED = 10  # fewer listeners than this measure nothing
_FEWEST_FOR_TEST = 100  # fewer than this cannot be spared for a final number besides those that choose the model


@dataclass(frozen=True)
class Floor:
    """A listener is asked only with so many songs of so many listeners each; rarer songs cannot be predicted."""

    songs: int
    listeners: int


# The first is the field's custom for the HetRec data; the others let small histories be measured at all.
FLOORS = (Floor(10, 5), Floor(6, 2), Floor(2, 1))


@dataclass(frozen=True)
class Cases:
    """m questions. seeds: (m, k) columns given; relevant: (m, n) bool CSR, the listener's other songs."""

    seeds: Counts
    relevant: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.seeds)


@dataclass(frozen=True)
class Split:
    """Rows to learn from and rows to ask. heard: (asked, n) CSR, what can be asked of each.

    seed_counts: how many songs are given, most first; the same in all splits of a history, so that numbers compare.
    """

    learned: Counts
    heard: Matrix
    seed_counts: tuple[int, ...]

    def cases(self, k: int, draws: int, seed: int) -> Cases:
        """Questions with k seed songs drawn at random from each listener who has more, `draws` times over."""
        return draw_cases(self.heard, k, draws, seed)


@dataclass(frozen=True)
class Holdout:
    """How a history is divided. `folds` choose the model; `test` gives the final number.

    Without `folds` there are too few listeners to measure anything. Where `separate` is False there are too few
    to spare: the final number then comes from the listeners that chose the model, and flatters it.
    """

    folds: list[Split]
    test: Split | None
    separate: bool
    floor: Floor


def divide(plays: Matrix, folds: int, seed: int) -> Holdout:
    """Hold out 20 % of the listeners for the final number and, of the others, a share for each fold in turn.

    Of the final number, and of each fold, 2,000 listeners at most are held out; all others are learned from. Fewer
    listeners than folds have a fold each.
    """
    floor, heard, eligible = _eligible(plays)
    if len(eligible) < _FEWEST_ASKED:
        return Holdout([], None, separate=False, floor=floor)
    order = np.random.default_rng(seed).permutation(eligible)
    separate = len(order) >= _FEWEST_FOR_TEST
    test = order[: min(int(_TEST_SHARE * len(order)), MOST_ASKED)] if separate else order[:0]
    rest = order[len(test) :]
    size = min(max(1, len(rest) // max(folds, round(1 / _TEST_SHARE))), MOST_ASKED)
    of_folds = [rest[i * size : (i + 1) * size] for i in range(min(folds, len(rest) // size))]
    counts = _seed_counts(heard, [*of_folds, test] if separate else of_folds)
    everyone = np.setdiff1d(np.arange(plays.shape[0]), test)
    splits = [Split(np.setdiff1d(everyone, asked), heard[np.sort(asked)], counts) for asked in of_folds]
    final = Split(everyone, heard[np.sort(test)], counts) if separate else None
    return Holdout(splits, final, separate, floor)


def _seed_counts(heard: Matrix, asked: Sequence[Counts]) -> tuple[int, ...]:
    """Those that leave a song to be found by somebody of each split."""
    songs = np.diff(heard.indptr)
    longest = min(int(songs[rows].max()) for rows in asked)
    return tuple(k for k in SEED_COUNTS if k < longest)


def _eligible(plays: Matrix) -> tuple[Floor, Matrix, Counts]:
    """The first floor with enough listeners, what they heard of songs above it, and who they are."""
    for floor in FLOORS:
        heard = _above(plays, floor.listeners)
        eligible = np.flatnonzero(np.diff(heard.indptr) >= floor.songs)
        if len(eligible) >= _FEWEST_FOR_TEST // 2:
            break
    return floor, heard, eligible


def _above(plays: Matrix, listeners: int) -> Matrix:
    """The matrix with the songs of fewer listeners emptied; their columns stay."""
    known = np.bincount(plays.indices, minlength=plays.shape[1]) >= listeners
    kept: Matrix = plays.copy()
    kept.data = kept.data * known[kept.indices]
    kept.eliminate_zeros()
    return kept


def draw_cases(heard: Matrix, k: int, draws: int, seed: int) -> Cases:
    """Questions with k seed songs each; listeners without a song besides are left out."""
    draw = np.random.default_rng([seed, k])
    enough = np.flatnonzero(np.diff(heard.indptr) > k)
    asked = np.tile(enough, draws)
    seeds = np.array(list(_drawn(heard, asked, k, draw)), np.int64).reshape(len(asked), k)
    relevant = sp.csr_matrix(heard[asked].astype(bool))
    given = sp.csr_matrix(
        (np.ones(seeds.size, bool), (np.repeat(np.arange(len(asked)), k), seeds.ravel())), shape=relevant.shape
    )
    rest = sp.csr_matrix(relevant > given)
    return Cases(seeds, rest)


def _drawn(heard: Matrix, asked: Counts, k: int, draw: np.random.Generator) -> Iterator[Counts]:
    for row in asked:
        songs = heard.indices[heard.indptr[row] : heard.indptr[row + 1]]
        yield draw.choice(songs, k, replace=False)
