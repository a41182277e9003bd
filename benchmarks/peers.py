"""The field: recommenders that others would reach for, each with the search space its users give it.

A peer learns from (rows, n) play counts and returns a function from seeds (m, k) to scores (m, n) of all songs.
Listeners are never known to it: it sees their seeds alone, as the app does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import faiss
import numpy as np
import numpy.typing as npt
import optuna
import scipy.sparse as sp
from scipy import linalg

from artifact_set import SongVectors, to_index_vectors
from training.algorithms import Parameters, algorithm
from training.algorithms.contract import SongFactors
from training.data.listens import Counts
from training.data.ratings import Matrix, rating
from training.report.evaluation import Score, by_popularity, served

Floats = npt.NDArray[np.float32]
Suggest = Callable[[optuna.Trial], Parameters]


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


Learn = Callable[[History, Parameters, int], Score]


@dataclass(frozen=True)
class Peer:
    """One recommender of the comparison. dear: each choice costs an inverse or an iterative fit."""

    name: str
    suggest: Suggest
    learn: Learn
    first: tuple[Parameters, ...] = ()  # tried first, as its documentation has them
    dear: bool = False


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


def _popularity(history: History, _: Parameters, __: int) -> Score:
    plays = history.plays
    return by_popularity(np.bincount(plays.indices, minlength=plays.shape[1]))


def _item_knn(history: History, p: Parameters, _: int) -> Score:
    """Cosine of listeners with shrinkage; alpha moves the norm from the target (0) to the seed (1)."""
    return _sum_of_rows(lambda songs: _item_knn_rows(history, p, songs))


def _item_knn_rows(history: History, p: Parameters, songs: Counts) -> Floats:
    alpha, count = np.float32(p["alpha"]), history.listeners
    weights = np.outer(count[songs] ** alpha, count ** (1 - alpha))
    weights += np.float32(p["shrinkage"])
    np.divide(history.common[songs], weights, out=weights)
    weights[np.arange(len(songs)), songs] = 0.0
    return _nearest_only(weights, int(p["neighbours"]))


def _two_stages(history: History, p: Parameters, _: int) -> Score:
    """ItemKNN, whose scores are then multiplied by a power of the answers' popularity."""
    popularity = np.maximum(history.listeners, 1.0) ** np.float32(p["popularity"])
    return _sum_of_rows(lambda songs: _item_knn_rows(history, p, songs) * popularity)


def _rp3beta(history: History, p: Parameters, _: int) -> Score:
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


def _ease(history: History, p: Parameters, _: int) -> Score:
    """EASE^R (Steck 2019)."""
    return _regression(history.common, np.full(len(history.common), float(p["l2"])))


def _edlae(history: History, p: Parameters, _: int) -> Score:
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


def _ials(history: History, p: Parameters, seed: int) -> Score:
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


def _bpr(history: History, p: Parameters, seed: int) -> Score:
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


def _svd(history: History, p: Parameters, seed: int) -> Score:
    return served(algorithm("svd").fit(history.plays, p, seed))


def through_faiss(model: SongFactors) -> Callable[[Counts, int], Counts]:
    """Answers, (m, at) rows, exactly as the API finds them: SongVectors over an IndexFlatL2, the seeds taken out."""
    vectors = to_index_vectors(model.factors, model.similarity)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    songs = SongVectors(index, factors=model.factors.shape[1], seed_weights=model.seed_weights)

    def answer(seeds: Counts, at: int) -> Counts:
        found = np.full((len(seeds), at), -1, np.int64)
        for place, given in enumerate(seeds):
            query = songs.profile(given)
            if query is None:
                continue
            rows, _ = songs.nearest(query, at + len(given))
            kept = rows[~np.isin(rows, given)][:at]
            found[place, : len(kept)] = kept
        return found

    return answer


def _suggest_nothing(_: optuna.Trial) -> Parameters:
    return {}


def _suggest_item_knn(trial: optuna.Trial) -> Parameters:
    return {
        "shrinkage": trial.suggest_float("shrinkage", 0.1, 200.0, log=True),
        "alpha": trial.suggest_float("alpha", 0.3, 1.0),
        "neighbours": trial.suggest_int("neighbours", 20, 2000, log=True),
    }


def _suggest_two_stages(trial: optuna.Trial) -> Parameters:
    return _suggest_item_knn(trial) | {"popularity": trial.suggest_float("popularity", -0.3, 0.6)}


def _suggest_rp3beta(trial: optuna.Trial) -> Parameters:
    return {
        "alpha": trial.suggest_float("alpha", 0.3, 1.5),
        "beta": trial.suggest_float("beta", 0.0, 0.8),
        "neighbours": trial.suggest_int("neighbours", 20, 2000, log=True),
    }


def _suggest_ease(trial: optuna.Trial) -> Parameters:
    return {"l2": trial.suggest_float("l2", 10.0, 10_000.0, log=True)}


def _suggest_edlae(trial: optuna.Trial) -> Parameters:
    return _suggest_ease(trial) | {"dropout": trial.suggest_float("dropout", 0.05, 0.95)}


def _suggest_ials(trial: optuna.Trial) -> Parameters:
    return {
        "factors": trial.suggest_int("factors", 16, 256, log=True),
        "regularization": trial.suggest_float("regularization", 0.001, 100.0, log=True),
        "alpha": trial.suggest_float("alpha", 0.5, 100.0, log=True),
        "iterations": trial.suggest_int("iterations", 5, 25),
        "weighting": trial.suggest_categorical("weighting", ["binary", "log"]),
    }


def _suggest_bpr(trial: optuna.Trial) -> Parameters:
    return {
        "factors": trial.suggest_int("factors", 16, 256, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 0.003, 0.3, log=True),
        "regularization": trial.suggest_float("regularization", 0.0005, 0.1, log=True),
        "iterations": trial.suggest_int("iterations", 30, 150),
        "bias": trial.suggest_float("bias", 0.0, 1.0),
    }


def _suggest_svd(trial: optuna.Trial) -> Parameters:
    return algorithm("svd").suggest(trial, sp.csr_matrix(np.zeros((1, 1))))


_KNN: Parameters = {"shrinkage": 10.0, "alpha": 0.5, "neighbours": 200}

PEERS: tuple[Peer, ...] = (
    Peer("popularity", _suggest_nothing, _popularity),
    Peer("ItemKNN", _suggest_item_knn, _item_knn, (_KNN,)),
    Peer("ItemKNN, popularity", _suggest_two_stages, _two_stages, (_KNN | {"popularity": 0.0},)),
    Peer("RP3beta", _suggest_rp3beta, _rp3beta, ({"alpha": 0.8, "beta": 0.2, "neighbours": 200},)),
    Peer("EASE^R", _suggest_ease, _ease, ({"l2": 500.0},), dear=True),
    Peer("EDLAE", _suggest_edlae, _edlae, ({"l2": 100.0, "dropout": 0.5},), dear=True),
    Peer(
        "iALS",
        _suggest_ials,
        _ials,
        ({"factors": 64, "regularization": 0.01, "alpha": 1.0, "iterations": 15, "weighting": "binary"},),
        dear=True,
    ),
    Peer(
        "BPR",
        _suggest_bpr,
        _bpr,
        ({"factors": 100, "learning_rate": 0.01, "regularization": 0.01, "iterations": 100, "bias": 1.0},),
        dear=True,
    ),
    Peer("SVD by RMSE", _suggest_svd, _svd, dear=True),
)
