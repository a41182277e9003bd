"""The field: recommenders that others would reach for, each with the search space its users give it."""

from collections.abc import Callable
from dataclasses import dataclass

import faiss
import numpy as np
import optuna
import scipy.sparse as sp

from artifact_set import SongVectors, to_index_vectors
from benchmarks.relevance import models
from benchmarks.relevance.models import History
from training.algorithms import Parameters, algorithm
from training.algorithms.contract import SongFactors
from training.data.listens import Counts
from training.report.evaluation import Score

Suggest = Callable[[optuna.Trial], Parameters]
Learn = Callable[[History, Parameters, int], Score]


@dataclass(frozen=True)
class Peer:
    """One recommender of the comparison. dear: each choice costs an inverse or an iterative fit."""

    name: str
    suggest: Suggest
    learn: Learn
    first: tuple[Parameters, ...] = ()  # tried first, as its documentation has them
    dear: bool = False


def through_faiss(model: SongFactors) -> Callable[[Counts, int], Counts]:
    """Answers, (m, at) rows, exactly as the API finds them: SongVectors over an IndexFlatL2, the seeds taken out."""
    vectors = to_index_vectors(model.factors, model.similarity)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    songs = SongVectors(
        index, factors=model.factors.shape[1], seed_weights=model.seed_weights, taste_weights=model.taste_weights
    )

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
    Peer("popularity", _suggest_nothing, models.popularity),
    Peer("ItemKNN", _suggest_item_knn, models.item_knn, (_KNN,)),
    Peer("ItemKNN, popularity", _suggest_two_stages, models.two_stages, (_KNN | {"popularity": 0.0},)),
    Peer("RP3beta", _suggest_rp3beta, models.rp3beta, ({"alpha": 0.8, "beta": 0.2, "neighbours": 200},)),
    Peer("EASE^R", _suggest_ease, models.ease, ({"l2": 500.0},), dear=True),
    Peer("EDLAE", _suggest_edlae, models.edlae, ({"l2": 100.0, "dropout": 0.5},), dear=True),
    Peer(
        "iALS",
        _suggest_ials,
        models.ials,
        ({"factors": 64, "regularization": 0.01, "alpha": 1.0, "iterations": 15, "weighting": "binary"},),
        dear=True,
    ),
    Peer(
        "BPR",
        _suggest_bpr,
        models.bpr,
        ({"factors": 100, "learning_rate": 0.01, "regularization": 0.01, "iterations": 100, "bias": 1.0},),
        dear=True,
    ),
    Peer("SVD by RMSE", _suggest_svd, models.svd, dear=True),
)
