"""One model on one split: tuned inside the rest, then asked once."""

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np
import optuna
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks.relevance.histories import holdouts_of
from benchmarks.relevance.models import History
from benchmarks.relevance.peers import PEERS, through_faiss
from benchmarks.relevance.scores import OURS, Score
from benchmarks.relevance.tuning import ours, tuned
from training.algorithms.puresvd import PureSVD
from training.data.listens import Counts
from training.data.ratings import Matrix
from training.data.splits import SEED_COUNTS, Cases
from training.report.evaluation import AT, answers, measure
from training.search.trials import Bench, Fold
from training.search.workers import Workers

_DRAWS = 2  # of seed songs from each asked listener
Answer = Callable[[Cases], Counts]


def _ask(answer: Answer, fold: Fold, seed: int, score: Score) -> None:
    """Ask the test listeners, the one time that they are asked."""
    for k in SEED_COUNTS:
        cases = fold.split.cases(k, _DRAWS, seed)
        found = answer(cases)
        metrics = measure(found, cases, fold.listeners)
        score.ndcg[k].append(metrics.pop("ndcg"))
        if k == SEED_COUNTS[0]:
            means = {name: float(values.mean()) for name, values in metrics.items()}
            means["coverage"] = len(np.unique(found[found >= 0])) / cases.relevant.shape[1]
            score.others.append(means)


def run(task: tuple[Matrix, int, str, argparse.Namespace]) -> Score:
    """Tune and ask one model on one split, in a process of its own."""
    plays, place, name, options = task
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    seed = options.seed + place
    holdout = holdouts_of(plays, options.splits, options.seed)[place]
    assert holdout.test is not None
    score = Score()
    with threadpool_limits(1), Workers(parallel=False) as workers:
        bench = Bench(plays, holdout, len(holdout.folds), seed, workers)
        answer: Answer
        if name == OURS:
            parameters, scored = ours(bench, options.trials, options.choices)
            score.choices.append(scored)
            fold = Fold.of(plays, holdout.test)
            began = time.perf_counter()
            through = through_faiss(PureSVD().fit(fold.learned, parameters, seed))
            answer = lambda cases: through(cases.seeds, AT)  # noqa: E731  two ways to make one thing
        else:
            (peer,) = (peer for peer in PEERS if peer.name == name)
            choices = options.fits if peer.dear else options.choices
            score.choices.append(choices)
            parameters = tuned(peer, bench, choices, seed)
            fold = Fold.of(plays, holdout.test)
            began = time.perf_counter()
            learned = peer.learn(History(fold.learned), parameters, seed)
            answer = lambda cases: answers(learned, cases)  # noqa: E731
        score.seconds.append(time.perf_counter() - began)
        _ask(answer, fold, seed, score)
    return score
