"""The songs nearest to profiles, for thousands of cases among a million songs: products in blocks, nothing sorted."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from artifact_set.vectors import longest, to_index_vectors
from training.algorithms.contract import SongFactors
from training.data.listens import Counts

BLOCK_SONGS = 1 << 14  # scores of a block of cases and songs stay in the processor's cache
_BLOCK_CASES = 128
_NOTHING = 1e-6  # shorter vectors have no direction
_ROUNDING = np.float32(1.00001)  # what single precision may add to a product of lengths
Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Served:
    """Songs as the index ranks them; called with (m, k) seeds it returns the scores of all songs, (m, n).

    vectors: (n, d) float32. seed_weights: (n,) what a song counts where it is given; taste_weights: (d,) what a factor
    counts where one song is. All vectors of the index have length 1, so nearest by L2 is largest by inner product; the
    profile's own length changes no order, and the filling column is 0 in it.
    """

    vectors: Floats
    seed_weights: Floats | None = None
    taste_weights: Floats | None = None

    @classmethod
    def of(cls, model: SongFactors) -> "Served":
        """The vectors of a model as the index has them."""
        index = to_index_vectors(model.factors, model.similarity)
        return cls(np.ascontiguousarray(index[:, : model.factors.shape[1]]), model.seed_weights, model.taste_weights)

    def __call__(self, seeds: Counts) -> Floats:
        """The scores of all songs, (m, n)."""
        return self._profiles(seeds) @ self.vectors.T

    def _profiles(self, seeds: Counts) -> Floats:
        given = self.vectors[seeds]
        directions = given / np.maximum(np.linalg.norm(given, axis=-1, keepdims=True), _NOTHING)
        if self.seed_weights is not None:
            directions *= self.seed_weights[seeds][:, :, None]
        profiles: Floats = directions.mean(axis=1)
        if self.taste_weights is not None:
            profiles *= self.taste_weights ** np.float32(1 / seeds.shape[1])
        return profiles

    def nearest(self, seeds: Counts, top: int) -> Counts:
        """The `top` best songs for each of (m, k) seeds, (m, top), best first, the lower row among equals.

        Seeds are no answers. Expects more than top + k songs. Blocks of cases are computed on all cores, each alone,
        so that equal runs give equal answers.
        """
        starts = range(0, len(seeds), _BLOCK_CASES)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            blocks = pool.map(lambda start: self._block(seeds[start : start + _BLOCK_CASES], top), starts)
            return np.concatenate([np.empty((0, top), np.int64), *blocks])

    def _block(self, seeds: Counts, top: int) -> Counts:
        best = _Best(len(seeds), top)
        profiles = self._profiles(seeds)
        reach = np.linalg.norm(profiles, axis=1)
        for start, length in zip(range(0, len(self.vectors), BLOCK_SONGS), self._longest, strict=True):
            # no product is larger than that of the lengths (Cauchy and Schwarz): rare songs' are short
            cases = np.flatnonzero(reach * length * _ROUNDING > best.scores[:, -1])
            if len(cases):
                scores = profiles[cases] @ self.vectors[start : start + BLOCK_SONGS].T
                case, place = np.nonzero((seeds[cases] >= start) & (seeds[cases] < start + scores.shape[1]))
                scores[case, seeds[cases][case, place] - start] = -np.inf
                best.offer(cases, scores, start)
        return best.songs

    @cached_property
    def _longest(self) -> list[float]:
        """The length of the longest vector of each block of songs."""
        starts = range(0, len(self.vectors), BLOCK_SONGS)
        return [longest(self.vectors[start : start + BLOCK_SONGS]) for start in starts]


class _Best:
    """The best songs of m cases so far: songs and scores, (m, top)."""

    def __init__(self, count: int, top: int) -> None:
        self.songs = np.full((count, top), -1, np.int64)
        self.scores = np.full((count, top), -np.inf, np.float32)

    def offer(self, asked: Counts, scores: Floats, first: int) -> None:
        """Songs `first` and on for some cases, (a, c) scores. A song as good as one before it comes after it."""
        count, top = len(asked), self.songs.shape[1]
        least = self.scores[asked, -1]
        if not np.isfinite(least).all():  # of the first songs, those at least as good as their own best ones
            edge = min(top, scores.shape[1])
            least = np.nextafter(-np.partition(-scores, edge - 1, axis=1)[:, edge - 1], np.float32(-np.inf))
        case, place = np.nonzero(scores > least[:, None])
        if not len(case):
            return
        cases = np.concatenate([np.repeat(np.arange(count), top), case])
        songs = np.concatenate([self.songs[asked].ravel(), place + first])
        values = np.concatenate([self.scores[asked].ravel(), scores[case, place]])
        order = np.lexsort((songs, -values, cases))
        starts = np.searchsorted(cases[order], np.arange(count))
        kept = order[starts[:, None] + np.arange(top)]
        self.songs[asked], self.scores[asked] = songs[kept], values[kept]


@dataclass(frozen=True)
class Popular:
    """The most listened songs for everyone: the baseline. listeners: (n,), counted on what was learned from."""

    listeners: Counts

    def __call__(self, seeds: Counts) -> Floats:
        """The scores of all songs, (m, n)."""
        return np.broadcast_to(self.listeners.astype(np.float32), (len(seeds), len(self.listeners)))

    def nearest(self, seeds: Counts, top: int) -> Counts:
        """The same songs for all, without each one's seeds: (m, top)."""
        first = np.argsort(-self.listeners, kind="stable")[: top + seeds.shape[1]]
        is_seed = (first[None, :, None] == seeds[:, None, :]).any(axis=2)
        order = np.argsort(is_seed, axis=1, kind="stable")[:, :top]
        return np.asarray(first[order], np.int64)
