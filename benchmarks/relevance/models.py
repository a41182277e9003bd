"""How the peers learn: from (rows, n) play counts to a function from seeds (m, k) to scores (m, n) of all songs.

Listeners are never known to a peer: it sees their seeds alone, as the app does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import optuna
import scipy.sparse as sp
from scipy import linalg

from training.algorithms import Parameters, algorithm
from training.data.listens import Counts
from training.data.ratings import Matrix, rating
from training.report.evaluation import Score, by_popularity, served

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class History:
    """What a peer learns from, and what of it many of its choices share. plays: (rows, n)."""

    plays: Matrix

    @cached_property
    def binary(self) -> Matrix:
        """1 for a song that was played."""
        ones: Matrix = self.plays.astype(np.float32)
        ones.data = np.ones_like(ones.data)
        return ones

    @cached_property
    def common(self) -> Floats:
        """How many listeners two songs share, (n, n)."""
        return np.asarray((self.binary.T @ self.binary).todense(), np.float32)

    @cached_property
    def listeners(self) -> Floats:
        """How many each song has, (n,)."""
        return self.common.diagonal().copy()


def _sum_of_rows(rows_of: Callable[[Counts], Floats]) -> Score:
    """Scores by an item-item matrix: the sum of the seeds' rows. rows_of: (m,) songs to their rows, (m, n)."""

    def score(seeds: Counts) -> Floats:
        songs, place = np.unique(seeds, return_inverse=True)
        case = np.repeat(np.arange(len(seeds)), seeds.shape[1])
        given = sp.csr_matrix((np.ones(seeds.size, np.float32), (case, place.ravel())))
        return np.asarray(given @ rows_of(songs))

    return score


def _nearest_only(weights: Floats, neighbours: int) -> Floats:
    """Each song's row cut to its strongest neighbours, in place."""
    if neighbours < weights.shape[1]:
        first = weights.shape[1] - neighbours
        weights[weights < np.partition(weights, first, axis=1)[:, first, None]] = 0.0
    return weights


def popularity(history: History, _: Parameters, __: int) -> Score:
    """What most listeners have."""
    plays = history.plays
    return by_popularity(np.bincount(plays.indices, minlength=plays.shape[1]))


def item_knn(history: History, p: Parameters, _: int) -> Score:
    """Cosine of listeners with shrinkage; alpha moves the norm from the target (0) to the seed (1)."""
    return _sum_of_rows(lambda songs: _item_knn_rows(history, p, songs))


def _item_knn_rows(history: History, p: Parameters, songs: Counts) -> Floats:
    alpha, count = np.float32(p["alpha"]), history.listeners
    weights = np.outer(count[songs] ** alpha, count ** (1 - alpha))
    weights += np.float32(p["shrinkage"])
    np.divide(history.common[songs], weights, out=weights)
    weights[np.arange(len(songs)), songs] = 0.0
    return _nearest_only(weights, int(p["neighbours"]))


def two_stages(history: History, p: Parameters, _: int) -> Score:
    """ItemKNN, whose scores are then multiplied by a power of the answers' popularity."""
    popularity = np.maximum(history.listeners, 1.0) ** np.float32(p["popularity"])
    return _sum_of_rows(lambda songs: _item_knn_rows(history, p, songs) * popularity)


def rp3beta(history: History, p: Parameters, _: int) -> Score:
    """A random walk of three steps, its targets' popularity to the power -beta (Paudel et al. 2017)."""
    x = history.binary
    row, column = (np.maximum(np.asarray(x.sum(axis=axis)).ravel(), 1.0) for axis in (1, 0))
    alpha = float(p["alpha"])
    to_songs = sp.csr_matrix(sp.diags_array(row**-alpha) @ x)
    to_listeners = sp.csr_matrix(sp.diags_array(column**-alpha) @ x.T)
    penalty = (column ** float(p["beta"])).astype(np.float32)

    def rows_of(songs: Counts) -> Floats:
        weights = np.asarray((to_listeners[songs] @ to_songs).todense(), np.float32)
        weights /= penalty
        weights[np.arange(len(songs)), songs] = 0.0
        return _nearest_only(weights, int(p["neighbours"]))

    return _sum_of_rows(rows_of)


def ease(history: History, p: Parameters, _: int) -> Score:
    """EASE^R (Steck 2019)."""
    return _regression(history.common, np.full(len(history.common), float(p["l2"])))


def edlae(history: History, p: Parameters, _: int) -> Score:
    """EDLAE of full rank (Steck 2020): ridge regression with dropout p, which is a ridge in proportion to a song."""
    dropout = float(p["dropout"])
    ridge = float(p["l2"]) + dropout / (1.0 - dropout) * history.listeners
    return _regression(history.common, ridge)


def _regression(common: Floats, ridge: npt.NDArray[np.floating]) -> Score:
    """Scores by each song's regression on all others; ridge: (n,)."""
    gram = common.astype(np.float64)
    gram[np.diag_indices_from(gram)] += ridge
    inverse = linalg.inv(gram, assume_a="pos")
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0.0)
    return _sum_of_rows(lambda songs: weights[songs])


def ials(history: History, p: Parameters, seed: int) -> Score:
    """Implicit ALS (Hu, Koren and Volinsky 2008); an unseen listener's factors are solved for from the seeds."""
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=int(p["factors"]),
        regularization=float(p["regularization"]),
        alpha=float(p["alpha"]),
        iterations=int(p["iterations"]),
        random_state=seed,
    )
    weights: Matrix = history.binary.copy()
    if p["weighting"] == "log":
        weights.data = rating(history.plays.data)
    model.fit(weights.astype(np.float32), show_progress=False)
    usual = float(weights.data.mean())

    def score(seeds: Counts) -> npt.NDArray[np.floating]:
        given = np.full(seeds.size, usual, np.float32)
        place = (np.repeat(np.arange(len(seeds)), seeds.shape[1]), seeds.ravel())
        listeners = sp.csr_matrix((given, place), shape=(len(seeds), history.plays.shape[1]))
        factors: npt.NDArray[np.float32] = model.recalculate_user(np.arange(len(seeds)), listeners)
        songs: npt.NDArray[np.float32] = model.item_factors
        return factors @ songs.T

    return score


def bpr(history: History, p: Parameters, seed: int) -> Score:
    """BPR (Rendle et al. 2009); it cannot fold a listener in, so the mean of the seeds' factors stands for one."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    from implicit.recommender_base import ModelFitError

    model = BayesianPersonalizedRanking(
        factors=int(p["factors"]),
        learning_rate=float(p["learning_rate"]),
        regularization=float(p["regularization"]),
        iterations=int(p["iterations"]),
        random_state=seed,
    )
    try:
        model.fit(history.binary, show_progress=False)
    except ModelFitError as exc:  # too large a learning rate for these data: a trial that leads nowhere
        raise optuna.TrialPruned from exc
    songs: npt.NDArray[np.float32] = model.item_factors

    def score(seeds: Counts) -> npt.NDArray[np.floating]:
        profile: npt.NDArray[np.float32] = songs[seeds].mean(axis=1)
        profile[:, -1] = float(p["bias"])  # the last column of the songs is their bias
        return profile @ songs.T

    return score


def svd(history: History, p: Parameters, seed: int) -> Score:
    """Surprise's SVD, as served."""
    return served(algorithm("svd").fit(history.plays, p, seed))
