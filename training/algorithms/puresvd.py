"""`puresvd`: a truncated SVD of the listener-song matrix in which an unplayed song counts as its true rating, 0.

One family holds what worked best in the literature and in our measurements (docs/model.md):

    Z = diag(|x_u|^-a) X diag((n_j^b + h)^-1/2),   Z ~ U S V^T

X holds ratings log10(plays + 1), or 1 a song played, or BM25 weights of the plays; |x_u| is the length of a
listener's row and n_j the squared length of song j's column, in listeners. a = 0, b = 0 is PureSVD (Cremonesi et
al. 2010), b > 0 scales the columns as EigenRec does (Nikolakopoulos et al. 2019). The shrinkage h makes Z^T Z the
cosine of two songs' listeners, shrunk towards 0 where few listeners vouch for it: n_j + h apart for each song, so
that the matrix stays a product and no song x song matrix is ever made.

What follows the factorisation, a song's direction and two numbers for its length, is in training/algorithms/shape.py.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import optuna

from training.algorithms import grid
from training.algorithms.contract import Parameters, SongFactors
from training.algorithms.factorisation import Factorisation, factorise
from training.algorithms.shape import placed, shaped
from training.data.ratings import Matrix, rating

_BM25_K1 = 1.2
_CACHE_BYTES = 512 << 20
Floats: TypeAlias = npt.NDArray[np.float64]


class PureSVD:
    """The family above. Trials that differ only in what follows the factorisation share it."""

    name = "puresvd"
    has_rmse = False
    slow = False

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[Matrix, Factorisation]] = {}

    def defaults(self, plays: Matrix) -> list[Parameters]:
        """What suits the histories we measured, best compromise first, within what the data allow."""
        return [grid.within(parameters, most_factors(plays)) for parameters in grid.STARTS]

    def suggest(self, trial: optuna.Trial, plays: Matrix) -> Parameters:
        """A point of the grid."""
        return grid.suggest(trial, most_factors(plays))

    def fit(self, plays: Matrix, parameters: Parameters, seed: int) -> SongFactors:
        """Factorise, or take the factorisation an earlier trial made of the same matrix, and shape the vectors."""
        parts = self.factorised(plays, parameters, int(parameters["factors"]), seed)
        return shaped(placed(parts, listeners_of(plays), parameters), parameters)

    def factorised(self, plays: Matrix, p: Parameters, factors: int, seed: int) -> Factorisation:
        """At least so many triplets of the matrix Z, those of an earlier call where there are enough."""
        # the matrix is kept beside its factors: its id stays its own while it lives
        key = (id(plays), seed, p["weighting"], p["row_exponent"], p["song_exponent"], p["shrinkage"])
        kept = self._kept.get(key)
        if kept is None or len(kept[1].strength) < factors:
            made = factorise(scaled(plays, p), min(most_factors(plays), factors), seed)
            self._kept[key] = kept = (plays, made)
            self._forget(key[1:])
        return kept[1]

    def _forget(self, newest: tuple[object, ...]) -> None:
        """Drop the oldest where they are large, but none of the newest parameters: they are measured on all folds."""
        older = [key for key in self._kept if key[1:] != newest]
        while older and sum(f.vectors.nbytes for _, f in self._kept.values()) > _CACHE_BYTES:
            del self._kept[older.pop(0)]


def most_factors(plays: Matrix) -> int:
    """How many factors the data allows: below both sides of the matrix, 512 at most, 1 at least."""
    return most_factors_of(plays.shape)


def most_factors_of(shape: tuple[int, int]) -> int:
    """As `most_factors`, of the matrix's shape."""
    return max(1, min(grid.MOST_FACTORS, min(shape) - 1))


def listeners_of(plays: Matrix) -> npt.NDArray[np.int64]:
    """How many rows have each song, (n,)."""
    return np.bincount(plays.indices, minlength=plays.shape[1]).astype(np.int64)


def scaled(plays: Matrix, p: Parameters) -> Matrix:
    """The matrix Z of the module's formula: (rows, n) float32 CSR."""
    z = with_rows_scaled(plays, p)
    return with_columns_scaled(z, column_scale(column_squares(z), z.nnz, p))


def with_rows_scaled(plays: Matrix, p: Parameters) -> Matrix:
    """The plays as weights, each row by a power of its length: what of Z a listener decides alone."""
    z = weighted(plays, str(p["weighting"]))
    row = np.repeat(np.arange(z.shape[0]), np.diff(z.indptr))
    length: Floats = np.sqrt(np.bincount(row, z.data**2, z.shape[0]))
    z.data *= _power(length, -float(p["row_exponent"]))[row]
    return z


def column_squares(z: Matrix) -> Floats:
    """The squared length of each column, (n,)."""
    return np.bincount(z.indices, z.data**2, z.shape[1]).astype(np.float64)


def column_scale(squares: Floats, pairs: int, p: Parameters) -> Floats:
    """What each column of Z is multiplied by, (n,). squares: (n,) its squared length; pairs: how many entries all have.

    Squares are measured in listeners, whatever the weights: a shrinkage of 30 is 30 listeners.
    """
    listeners = squares * (pairs / max(squares.sum(), np.finfo(np.float64).tiny))
    shrunk = _power(listeners, float(p["song_exponent"])) + float(p["shrinkage"])
    return _power(shrunk, -0.5)


def with_columns_scaled(z: Matrix, scale: Floats) -> Matrix:
    """Z in single precision; it takes over `z`. scale: (n,)."""
    z.data *= scale[z.indices]
    return z.astype(np.float32)


def _power(values: Floats, exponent: float) -> Floats:
    """Values ** exponent, 0 where a value is 0."""
    return np.power(values, exponent, out=np.zeros_like(values), where=values > 0.0)


def weighted(plays: Matrix, weighting: str) -> Matrix:
    """The plays as weights: "log" the ratings, "binary" 1, "bm25" saturated by how much a listener plays at all.

    BM25's term frequency with k1 = 1.2 and b = 1 (Robertson and Zaragoza 2009), plays taken relative to the
    listener's mean.
    """
    x: Matrix = plays.copy()
    if weighting == "log":
        x.data = rating(x.data)
    elif weighting == "binary":
        x.data = np.ones_like(x.data)
    else:
        count = np.diff(x.indptr)
        mean = np.asarray(x.sum(axis=1)).ravel() / np.maximum(count, 1)
        relative = x.data / np.repeat(mean, count)
        x.data = relative * (_BM25_K1 + 1.0) / (relative + _BM25_K1)
    return x
