"""The space songs live in: vectors of unit length in a FAISS index, and the profile that queries it.

Nearest by L2 among vectors of one length is nearest by cosine. Where a song's length means something (how much
is known of it), nearest should be the largest inner product: one more dimension, sqrt(M^2 - |v|^2) on the songs
and 0 on the query, makes the two the same (Bachrach et al. 2014, "Speeding up the Xbox recommender system").
Dividing by M as well keeps one rule for both: every vector in the index has length 1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import faiss
import numpy as np
import numpy.typing as npt

from errors import DamagedSet

Similarity = Literal["cosine", "inner_product"]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BLOCK = 1 << 16  # songs
_NOTHING = 1e-6  # a mean this short has no direction worth following


def longest(factors: npt.NDArray[np.floating]) -> float:
    """The length of the longest of (n, d) factors."""
    return float(np.sqrt(np.einsum("ij,ij->i", factors, factors).max(initial=0.0)))


def to_index_vectors(factors: npt.NDArray[np.floating], similarity: Similarity, scale: float | None = None) -> Floats:
    """Unit vectors for the index: (n, d) factors in, float32 (n, d) or (n, d + 1) out.

    There is one more column where something must fill a vector up to length 1: under "inner_product", and under
    "cosine" only where a song has no factors at all (its column is then 1, which keeps it away from every query).
    scale: the M of "inner_product", where `factors` are only some of a model's rows.
    """
    length = np.sqrt(np.einsum("ij,ij->i", factors, factors, dtype=np.float64))
    if similarity == "cosine":
        unit, filled = length, bool((length == 0).any())
    else:
        largest = scale or float(length.max(initial=0.0))
        unit, filled = np.full(len(factors), max(largest, np.finfo(np.float64).tiny)), True
    vectors = np.empty((len(factors), factors.shape[1] + filled), np.float32)
    for start in range(0, len(factors), _BLOCK):  # in double precision, but never all of them
        rows = slice(start, start + _BLOCK)
        scaled = np.divide(
            factors[rows], unit[rows, None], out=np.zeros(factors[rows].shape), where=unit[rows, None] != 0
        )
        vectors[rows, : factors.shape[1]] = scaled
        if filled:
            vectors[rows, -1] = np.sqrt(np.clip(1.0 - np.square(scaled).sum(axis=1), 0.0, 1.0))
    if filled and similarity == "cosine":
        vectors[:, -1] = length == 0
    return vectors


def save_vectors(path: Path, vectors: Floats) -> None:
    """Write float32 numbers, (n, d) vectors or (n,) weights, so that `open_vectors` can map them."""
    with path.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)


def open_vectors(path: Path) -> Floats:
    """What `save_vectors` wrote, mapped. Raises DamagedSet."""
    try:
        return np.asanyarray(np.load(path, mmap_mode="r", allow_pickle=False), np.float32)
    except (OSError, ValueError) as exc:
        msg = f"{path} cannot be read as vectors ({exc}): rebuild with python build_vector_db.py"
        raise DamagedSet(msg) from exc


class SongVectors:
    """Songs' unit vectors behind a FAISS index; rows in, rows and scores out.

    `factors` is the number of the model's factors d: what an index of D > d dimensions has behind them is the filling
    column, and zeros. `exact` are the vectors themselves, (n, D), where the index does not hold them exactly.
    `seed_weights` (n,) say how much each song counts where it is given, `taste_weights` (d,) how much each factor does
    in the profile of one song, and to the power 1/k in that of k; without them all count alike.
    """

    def __init__(
        self,
        index: faiss.Index,
        factors: int,
        exact: Floats | None = None,
        seed_weights: Floats | None = None,
        taste_weights: Floats | None = None,
    ) -> None:
        self.index = index
        self._factors = factors
        self._exact = exact
        self._seed_weights = seed_weights
        self._taste_weights = taste_weights

    def vectors_of(self, rows: Sequence[int] | Ints) -> Floats:
        """The unit vectors of some rows, (len(rows), D) float32."""
        wanted = np.asarray(rows, np.int64)
        if self._exact is not None:
            return np.array(self._exact[wanted])
        return np.asarray(self.index.reconstruct_batch(wanted), np.float32)

    def __len__(self) -> int:
        return int(self.index.ntotal)

    @property
    def size(self) -> int:
        """How many numbers an exact search reads."""
        return int(self.index.ntotal * self.index.d)

    def directions_of(self, rows: Sequence[int] | Ints) -> Floats:
        """Where some songs point, whatever is known of them: unit length, 0 in the filling column; 0 for an unknown."""
        vectors = self.vectors_of(rows)
        vectors[:, self._factors :] = 0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, _NOTHING), np.float32)

    def profile(self, rows: Sequence[int] | Ints, weights: Sequence[float] | None = None) -> Floats | None:
        """The weighted mean of songs' directions as a query: float32, unit length, 0 in the filling column.

        Directions, for a song's length says how much is known of it, and is counted on the songs that answer: a weight
        of 2 then means twice the say, and one below 0 points away from its song. Where the model says that some songs
        tell more of a taste, each weight is multiplied by its song's; where it says that few songs tell of broad tastes
        alone, these count more. Songs that are not liked count only while those that are count more. None where there
        is nothing to go by: no rows, none that is liked, or songs of which nothing is known.
        """
        if len(rows) == 0:
            return None
        directions = self.directions_of(rows)
        told = self._told(rows, weights)
        if told.sum() <= 0:
            told = told.clip(min=0)
        if not told.any():
            return None
        mean = np.average(directions, axis=0, weights=told)
        if float(np.linalg.norm(mean)) < _NOTHING:
            return None
        if self._taste_weights is not None:
            mean[: self._factors] *= self._taste_weights ** (1 / _songs_worth(len(rows), weights))
        length = float(np.linalg.norm(mean))
        return (mean / length).astype(np.float32) if length > 0 else None

    def _told(self, rows: Sequence[int] | Ints, weights: Sequence[float] | None) -> Doubles:
        """What each row counts in a profile: its weight times its song's own, where songs have one."""
        given = np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64)
        return given if self._seed_weights is None else given * self._seed_weights[np.asarray(rows, np.int64)]

    def nearest(self, query: Floats, k: int) -> tuple[Ints, Floats]:
        """The k rows nearest to a unit query and their scores, best first: the cosine cut to 0..1.

        Among unit vectors |q - v|^2 = 2 - 2 cos(q, v), so the cosine is 1 - d/2 of FAISS's squared distance d.
        """
        return self.nearest_to_each(query.reshape(1, -1), k)[0]

    def nearest_to_each(self, queries: Floats, k: int) -> list[tuple[Ints, Floats]]:
        """`nearest` for each of (m, d) unit queries, in one search of the index."""
        distances, rows = self.index.search(queries, min(k, len(self)))
        scores = np.clip(1.0 - distances / 2.0, 0.0, 1.0)
        return [(row[row >= 0], score[row >= 0]) for row, score in zip(rows, scores, strict=True)]


def _songs_worth(count: int, weights: Sequence[float] | None) -> float:
    """How many liked songs of equal weight tell as much: Kish's effective sample size, (sum w)^2 / sum w^2."""
    if weights is None:
        return float(count)
    liked = np.clip(weights, 0, None)
    return float(liked.sum()) ** 2 / float(np.square(liked).sum())
