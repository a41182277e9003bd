"""Recommendations as rows and scores. It knows vectors and popularity; no HTTP, no SQL, no names."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from artifact_set import SongVectors

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

_KNOWN = 1000  # songs that are popular enough to begin with
_TOUR = 300  # of them are visited
_NONE: Mapping[int, float] = {}
_WIDER = 4  # how much further to look when too little is left after exclusions


class Ranking(NamedTuple):
    """Rows, best first, and for each a score in 0..1. fell_back: the first source had nothing."""

    rows: list[int]
    scores: list[float]
    fell_back: bool = False

    def at(self, places: Sequence[int]) -> "Ranking":
        """What stands at some places of it."""
        return self._replace(rows=[self.rows[i] for i in places], scores=[self.scores[i] for i in places])


NOTHING = Ranking([], [])


class Recommender:
    """Nearest songs in one artifact set. listeners: (n,) how many people play each row, most first.

    Where all songs have as many (one listener's history), how often each is played stands for it.
    """

    def __init__(self, vectors: SongVectors, listeners: npt.NDArray[np.int64]) -> None:
        self._vectors = vectors
        self._listeners = listeners

    @cached_property
    def long_tail(self) -> int:
        """The first row after the short head: the fewest songs that have half of all listeners.

        Celma, "Music Recommendation and Discovery in the Long Tail" (2008), divides a catalog there.
        """
        heard = np.cumsum(self._listeners)
        return int(np.searchsorted(heard, heard[-1] / 2)) + 1 if len(heard) else 0

    def similar(self, row: int, k: int, exclude: Collection[int] = ()) -> Ranking:
        """The k songs nearest to a song, never itself or an excluded one; popular ones where nothing is known of it."""
        left_out = {row, *exclude}
        return _first_filled(
            lambda: self._nearest([row], [1.0], k, left_out),
            lambda: self.popular(k, left_out),
        )

    def similar_to_each(self, rows: Sequence[int], k: int, exclude: Collection[int] = ()) -> list[Ranking]:
        """For each of some songs the k nearest, never itself or an excluded one: one scan of the index for all.

        Fewer, or none, where exclusions leave no more of what is near or nothing is known of the song.
        """
        if not rows:
            return []
        queries = [self._vectors.profile([row]) for row in rows]
        known = [query for query in queries if query is not None]
        near = iter(self._vectors.nearest_to_each(np.array(known), k + len(exclude) + 1) if known else [])
        found = (next(near) if query is not None else None for query in queries)
        return [
            NOTHING if answer is None else _without(answer, {row, *exclude}, k)
            for row, answer in zip(rows, found, strict=True)
        ]

    def for_profile(
        self,
        seeds: Sequence[int],
        likes: Sequence[int],
        liked_weight: float,
        k: int,
        exclude: Collection[int] = (),
        first_row: int = 0,
        listened: Mapping[int, float] = _NONE,
    ) -> Ranking:
        """The k songs nearest to the weighted mean of seeds (weight 1), likes (liked_weight) and songs played.

        listened: the weight of each row played, below 0 where it was skipped rather than played. Each weight is
        multiplied by how much the artifact set says its song tells, where it says so (rare songs more); skips that
        outweigh all else count nothing. Never a seed, a like, a song of `listened`, an excluded row or one before
        `first_row`. The order of seeds and likes does not matter. Empty where there is no profile: no songs, or none of
        which anything is known.
        """
        # float sums depend on their order, so there is only one
        rows = sorted(seeds) + sorted(likes) + sorted(listened)
        weights = [1.0] * len(seeds) + [liked_weight] * len(likes) + [listened[row] for row in sorted(listened)]
        return self._nearest(rows, weights, k, {*rows, *exclude}, first_row)

    def recommend(
        self, seeds: Sequence[int], likes: Sequence[int], liked_weight: float, k: int, exclude: Collection[int] = ()
    ) -> Ranking:
        """`for_profile`, and the most popular songs where there is no profile."""
        return _first_filled(
            lambda: self.for_profile(seeds, likes, liked_weight, k, exclude),
            lambda: self.popular(k, {*seeds, *likes, *exclude}),
        )

    def nearest_to(
        self, rows: Sequence[int], weights: Sequence[float], k: int, exclude: Collection[int] = ()
    ) -> Ranking:
        """The k songs nearest to the weighted mean of rows; popular ones where nothing is known of them."""
        return _first_filled(
            lambda: self._nearest(rows, weights, k, {*rows, *exclude}),
            lambda: self.popular(k, {*rows, *exclude}),
        )

    @cached_property
    def varied(self) -> list[int]:
        """Known songs, each far from all before it: a tour of the catalog, the most popular song first.

        Farthest-first traversal (Gonzalez 1985) of the popular songs, where popularity counts as much as distance.
        """
        popular = self.directions_of(range(min(len(self._vectors), _KNOWN)))
        known = np.flatnonzero(popular.any(axis=1))
        directions = popular[known]
        fame = np.sqrt(self._listeners[known] / max(1, int(self._listeners[0])))
        away = np.ones(len(known))
        tour: list[int] = []
        for _ in range(min(len(known), _TOUR)):
            at = int(np.argmax(away * fame))
            tour.append(int(known[at]))
            away = np.minimum(away, 1 - directions @ directions[at])
            away[at] = -1  # never again
        return tour

    def directions_of(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """Where some songs point, (len(rows), d): unit length, or 0 where nothing is known of a song."""
        return self._vectors.directions_of(rows)

    def popular(self, k: int, exclude: Collection[int] = ()) -> Ranking:
        """The k most listened songs that are not excluded."""
        first = range(min(len(self._vectors), k + len(exclude)))
        return self.by_popularity([row for row in first if row not in exclude][:k])

    def by_popularity(self, rows: Sequence[int]) -> Ranking:
        """These rows, scored by their listeners against those of the most popular song."""
        most = max(1, int(self._listeners[0])) if len(self._listeners) else 1
        return Ranking(list(rows), [float(self._listeners[row] / most) for row in rows])

    def _nearest(
        self, rows: Sequence[int], weights: Sequence[float], k: int, exclude: Collection[int], first_row: int = 0
    ) -> Ranking:
        if not any(weights):
            return NOTHING
        query = self._vectors.profile(rows, weights)
        if query is None:
            return NOTHING
        reach = k + len(exclude)
        while True:
            ranking = _without(self._vectors.nearest(query, reach), exclude, k, first_row)
            if len(ranking.rows) == k or reach >= len(self._vectors):
                return ranking
            reach *= _WIDER


def _without(answer: tuple[Rows, Scores], left_out: Collection[int], k: int, first_row: int = 0) -> Ranking:
    """The first k that are not left out and not before `first_row`."""
    rows, scores = answer[0].tolist(), answer[1].tolist()
    kept = [i for i, row in enumerate(rows) if row >= first_row and row not in left_out][:k]
    return Ranking(rows, scores).at(kept)


def _first_filled(*sources: Callable[[], Ranking]) -> Ranking:
    """The answer of the first source that has one."""
    for place, source in enumerate(sources):
        ranking = source()
        if ranking.rows:
            return ranking._replace(fell_back=place > 0)
    return NOTHING
