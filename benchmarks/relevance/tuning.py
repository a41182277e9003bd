"""Tuning: the product's own search, and as many choices for each peer."""

import numpy as np
import optuna

from benchmarks.relevance.models import History
from benchmarks.relevance.peers import Peer
from training.algorithms import Parameters
from training.algorithms.puresvd import PureSVD
from training.algorithms.svd import rmse_of_folds
from training.report.evaluation import Score as ScoreOf
from training.search.matrices import HOPEFUL, Matrices
from training.search.screen import Questions
from training.search.trials import Bench


def tuned(peer: Peer, bench: Bench, choices: int, seed: int) -> dict[str, int | float | str]:
    """The peer's best of so many choices on the folds of the bench; SVD's by RMSE, as its recipe has it."""
    if peer.name == "popularity":
        return {}
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True))
    for first in peer.first:
        study.enqueue_trial(dict(first))
    questions = [Questions(fold, bench.floor, bench.draws, seed) for fold in bench.folds]
    histories = [History(fold.learned) for fold in bench.folds]
    best: list[tuple[float, float]] = []  # the objective and its first fold

    def value(trial: optuna.Trial) -> float:
        parameters = peer.suggest(trial)
        if peer.name == "SVD by RMSE":
            return -float(np.mean(rmse_of_folds(histories[0].plays, parameters, 3, seed)))
        folds: list[float] = []
        for asked, history in zip(questions, histories, strict=True):
            folds.append(_value(asked, peer.learn(history, parameters, seed)))
            trial.report(folds[-1], len(folds))
            if best and folds[0] < HOPEFUL * max(best)[1]:
                raise optuna.TrialPruned
        best.append((float(np.mean(folds)), folds[0]))
        return best[-1][0]

    study.optimize(value, n_trials=choices)
    return dict(study.best_params)


def _value(asked: Questions, score: ScoreOf) -> float:
    scores = np.concatenate([score(cases.seeds)[:, asked.songs] for cases in asked.asked]).astype(np.float32)
    return float(asked.value(asked.ndcg(scores)[None])[0])


def ours(bench: Bench, matrices: int, choices: int) -> tuple[Parameters, int]:
    """What the product's search finds with so many matrices and choices, and how many it scored."""
    of = PureSVD()
    search = Matrices(of, bench)
    found: list[tuple[float, Parameters]] = []
    scored = 0
    while len(found) < matrices and scored < choices:
        looked = search.look_at_next()
        if looked is None:
            break
        scored += len(looked.choices)
        value = 0.0 if looked.left else bench.run(of, looked.best.parameters).value
        found.append((value, looked.best.parameters))
    return max(found, key=lambda each: each[0])[1], scored
