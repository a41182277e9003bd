"""`puresvd`: a truncated SVD of the listener-song matrix in which an unplayed song counts as its true rating, 0.

One family holds what worked best in the literature and in our measurements (docs/model.md):

    Z = diag(|x_u|^-a) X diag((n_j^b + h)^-1/2),   Z ~ U S V^T,   song j = row j of V S^c, its length to the power l

X holds ratings log10(plays + 1), or 1 a song played, or BM25 weights of the plays; |x_u| is the length of a
listener's row and n_j the squared length of song j's column, in listeners. a = 0, b = 0 is PureSVD (Cremonesi et
al. 2010), b > 0 scales the columns as EigenRec does (Nikolakopoulos et al. 2019). The shrinkage h makes Z^T Z the
cosine of two songs' listeners, shrunk towards 0 where few listeners vouch for it: n_j + h apart for each song, so
that the matrix stays a product and no song x song matrix is ever made. c > 1 trusts the strong directions more.
l = 0 serves directions alone (cosine); a longer vector is a song more is known of, which matters with one seed.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import optuna

from training.algorithms.contract import Parameters, SongFactors
from training.algorithms.factorisation import Factorisation, factorise
from training.data.ratings import Matrix, rating

MOST_FACTORS: Final = 512

_FEWEST_FACTORS = 8
_USUAL_FACTORS = 128
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
        """What led on the data we measured, the same without play counts, and plain PureSVD with scaled columns."""
        most = most_factors(plays)
        best: Parameters = {
            "weighting": "log",
            "row_exponent": 0.5,
            "song_exponent": 1.0,
            "shrinkage": 100.0,
            "factors": min(64, most),
            "singular_exponent": 1.4,
            "length_exponent": 0.4,
        }
        uncounted: Parameters = best | {"weighting": "binary"}
        classic: Parameters = best | {
            "row_exponent": 0.0,
            "shrinkage": 0.0,
            "singular_exponent": 1.0,
            "length_exponent": 0.0,
        }
        return [best, uncounted, classic]

    def suggest(self, trial: optuna.Trial, plays: Matrix) -> Parameters:
        """What the factorisation needs on a coarse grid, so that trials meet on it; the rest freely."""
        most = most_factors(plays)
        return {
            "weighting": trial.suggest_categorical("weighting", ["log", "binary", "bm25"]),
            "row_exponent": trial.suggest_categorical("row_exponent", [0.0, 0.5, 1.0]),
            "song_exponent": trial.suggest_categorical("song_exponent", [0.7, 0.85, 1.0]),
            "shrinkage": trial.suggest_categorical("shrinkage", [0.0, 10.0, 30.0, 100.0, 300.0]),
            "factors": trial.suggest_int("factors", min(_FEWEST_FACTORS, most), most, log=True),
            "singular_exponent": trial.suggest_float("singular_exponent", 0.5, 2.5),
            "length_exponent": trial.suggest_float("length_exponent", 0.0, 1.0),
        }

    def fit(self, plays: Matrix, parameters: Parameters, seed: int) -> SongFactors:
        """Factorise, or take the factorisation an earlier trial made of the same matrix, and shape the vectors."""
        p = parameters
        factors = int(p["factors"])
        parts = self._factorised(plays, p, factors, seed)
        trust = parts.strength[:factors] ** float(p["singular_exponent"])
        # in single precision throughout: a million songs are filled into memory once, not four times
        vectors = parts.vectors[:, :factors] * trust.astype(np.float32)
        length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        power = float(p["length_exponent"])
        vectors *= np.power(length, power - 1.0, out=np.zeros_like(length), where=length > 0.0)[:, None]
        return SongFactors(vectors, "cosine" if power == 0.0 else "inner_product")

    def _factorised(self, plays: Matrix, p: Parameters, factors: int, seed: int) -> Factorisation:
        # the matrix is kept beside its factors: its id stays its own while it lives
        key = (id(plays), seed, p["weighting"], p["row_exponent"], p["song_exponent"], p["shrinkage"])
        kept = self._kept.get(key)
        if kept is None or len(kept[1].strength) < factors:
            # a second question about one matrix means a search: more factors now spare its trials one of their own
            searching = any(matrix is plays for matrix, _ in self._kept.values())
            wanted = max(factors, _USUAL_FACTORS) if searching else factors
            made = factorise(scaled(plays, p), min(most_factors(plays), wanted), seed)
            self._kept[key] = kept = (plays, made)
            self._forget()
        return kept[1]

    def _forget(self) -> None:
        while len(self._kept) > 1 and sum(f.vectors.nbytes for _, f in self._kept.values()) > _CACHE_BYTES:
            del self._kept[next(iter(self._kept))]


def most_factors(plays: Matrix) -> int:
    """How many factors the data allows: below both sides of the matrix, 512 at most, 1 at least."""
    return max(1, min(MOST_FACTORS, min(plays.shape) - 1))


def scaled(plays: Matrix, p: Parameters) -> Matrix:
    """The matrix Z of the module's formula: (rows, n) float32 CSR."""
    z = weighted(plays, str(p["weighting"]))
    row = np.repeat(np.arange(z.shape[0]), np.diff(z.indptr))
    length: Floats = np.sqrt(np.bincount(row, z.data**2, z.shape[0]))
    z.data *= _power(length, -float(p["row_exponent"]))[row]
    column = np.bincount(z.indices, z.data**2, z.shape[1]).astype(np.float64)
    # measured in listeners, whatever the weights: a shrinkage of 30 is 30 listeners
    column *= z.nnz / max(column.sum(), np.finfo(np.float64).tiny)
    shrunk = _power(column, float(p["song_exponent"])) + float(p["shrinkage"])
    z.data *= _power(shrunk, -0.5)[z.indices]
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
