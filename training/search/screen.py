"""Many shapes of one factorisation, scored on all folds by dense products alone.

What is scored is NDCG@20 relative to popularity's, over 5, 3 and 1 seeds: the same questions as a full measurement,
asked of fewer listeners and among fewer songs where there are very many. Only songs with as many listeners as an
answer must have compete here; the best of each matrix is then measured among all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from training.algorithms import Parameters
from training.algorithms.factorisation import Factorisation
from training.algorithms.shape import placed
from training.data.listens import Counts
from training.data.splits import Cases, Floor, Split
from training.report.evaluation import AT, mean_ratio
from training.search.trials import Fold

_MOST_ASKED = 400  # listeners of a fold
_MOST_SONGS = 4000
Floats: TypeAlias = npt.NDArray[np.float32]
Doubles: TypeAlias = npt.NDArray[np.float64]

_NOTHING = np.float32(np.finfo(np.float32).tiny)
_DISCOUNTS = 1.0 / np.log2(np.arange(2, AT + 2))


@dataclass(frozen=True)
class _Pairs:
    """(case, column) pairs."""

    case: Counts
    column: Counts

    def at(self, column: Counts) -> "_Pairs":
        """The pairs in other columns, `column` (n,) by old one, without those that have none (-1)."""
        there = column[self.column]
        return _Pairs(self.case[there >= 0], there[there >= 0])


class Questions:
    """A fold's questions with all numbers of seeds, and the songs that compete for their answers.

    songs: (c,) columns of the history; asked: the cases in order, one entry a number of seeds; starts: the
    first case of each; seed_counts: (m, 1) of each case.
    """

    def __init__(self, fold: Fold, floor: Floor, draws: int, seed: int) -> None:
        split = _thinned(fold.split, seed)
        every = [split.cases(k, draws, seed) for k in split.seed_counts]
        self.asked = [cases for cases in every if len(cases)]
        starts = np.cumsum([0, *(len(cases) for cases in self.asked)])
        self.count = int(starts[-1])
        seeds = _joined([_given(cases) for cases in self.asked], starts)
        relevant = _joined([_sought(cases) for cases in self.asked], starts)
        self.songs, column = _competing(fold.listeners, floor, seeds)
        self.seeds, self._relevant = seeds.at(column), relevant.at(column)
        self.seed_counts = np.bincount(seeds.case, minlength=self.count).astype(np.float32)[:, None]
        sought = np.bincount(relevant.case, minlength=self.count)
        self._ideal = np.cumsum(_DISCOUNTS)[np.minimum(sought, AT) - 1]
        self.listeners = fold.listeners[self.songs]
        self.starts = starts[:-1]
        listeners = self.listeners + np.linspace(0.5, 0.0, len(self.songs))  # the first of equals comes first
        popular = self.ndcg(np.tile(listeners.astype(np.float32), (self.count, 1)))
        self._popularity = self._means(popular)

    def value(self, ndcg: Doubles) -> Doubles:
        """The objective, (shapes,), of (shapes, m) NDCGs."""
        return mean_ratio(self._means(ndcg), self._popularity)

    def _means(self, ndcg: Doubles) -> Doubles:
        """The means of each number of seeds, (…, numbers)."""
        sums = np.add.reduceat(ndcg, self.starts, axis=-1)
        return np.asarray(sums / np.diff([*self.starts, self.count]))

    def ndcg(self, scores: Floats) -> Doubles:
        """NDCG@20 of each case, (m,). scores: (m, c), overwritten.

        Only what is at least as good as a case's twentieth is looked at, and nothing is sorted. Songs of one score
        all have the last of their places.
        """
        scores[self.seeds.case, self.seeds.column] = -np.inf
        first = max(0, scores.shape[1] - AT)
        best = np.partition(scores, first, axis=1)[:, first:]
        own = scores[self._relevant.case, self._relevant.column]
        # a song of which nothing is known scores 0, and so does every song where nothing is known of the seeds
        hit = own >= np.maximum(best.min(axis=1), _NOTHING)[self._relevant.case]
        case = self._relevant.case[hit]
        ahead = (best[case] >= own[hit, None]).sum(axis=1) - 1
        return np.asarray(np.bincount(case, _DISCOUNTS[ahead], self.count) / self._ideal)


def _thinned(split: Split, seed: int) -> Split:
    asked = split.heard.shape[0]
    if asked <= _MOST_ASKED:
        return split
    kept = np.random.default_rng(seed).choice(asked, _MOST_ASKED, replace=False)
    return replace(split, heard=split.heard[np.sort(kept)])


def _given(cases: Cases) -> _Pairs:
    count, k = cases.seeds.shape
    return _Pairs(np.repeat(np.arange(count), k), cases.seeds.ravel())


def _sought(cases: Cases) -> _Pairs:
    relevant = cases.relevant.tocoo()
    return _Pairs(relevant.row.astype(np.int64), relevant.col.astype(np.int64))


def _joined(parts: list[_Pairs], starts: Counts) -> _Pairs:
    """The pairs of several lists of cases as those of one list."""
    case = [part.case + start for part, start in zip(parts, starts[:-1], strict=True)]
    return _Pairs(np.concatenate(case), np.concatenate([part.column for part in parts]))


def _competing(listeners: Counts, floor: Floor, seeds: _Pairs) -> tuple[Counts, Counts]:
    """The songs that are looked at, (c,), and for each song its place among them or -1, (n,)."""
    known = np.flatnonzero(listeners >= floor.listeners)
    most = known[np.argsort(-listeners[known], kind="stable")[:_MOST_SONGS]]
    songs = np.union1d(most, seeds.column)
    column = np.full(len(listeners), -1, np.int64)
    column[songs] = np.arange(len(songs))
    return songs, column


def values(questions: Questions, parts: Factorisation, shapes: Sequence[Parameters]) -> Doubles:
    """NDCG@20 of each case for each shape, (shapes, m). Shapes with the same directions and seeds share a product."""
    own = Factorisation(parts.vectors[questions.songs], parts.strength)
    found = np.empty((len(shapes), questions.count))
    for same_directions in _grouped(shapes, ("factors", "filter", "singular_exponent", "ridge")):
        songs = placed(own, questions.listeners, shapes[same_directions[0]])
        for same_seeds in _grouped(shapes, ("breadth", "seed_exponent", "seed_length_exponent"), same_directions):
            say = songs.say(shapes[same_seeds[0]])[questions.seeds.column]
            place = (questions.seeds.case, questions.seeds.column)
            given = sp.csr_matrix((say, place), shape=(questions.count, len(questions.songs)))
            profiles = np.asarray(given @ songs.directions)
            tastes = songs.breadth(shapes[same_seeds[0]])
            if tastes is not None:
                profiles *= tastes ** (1 / questions.seed_counts)
            scores = profiles @ songs.directions.T
            for i in same_seeds:
                found[i] = questions.ndcg(scores * songs.reach(shapes[i]))
    return found


def _grouped(
    shapes: Sequence[Parameters], names: tuple[str, ...], among: Sequence[int] | None = None
) -> Iterator[list[int]]:
    """Places of shapes that agree in some parameters."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for i in range(len(shapes)) if among is None else among:
        groups.setdefault(tuple(shapes[i].get(name) for name in names), []).append(i)
    yield from groups.values()
