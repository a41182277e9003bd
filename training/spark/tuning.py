"""The search on a sample of listeners, in the driver's memory, and the chosen parameters' measure on Spark."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from training.algorithms.contract import Parameters
from training.data.listens import Counts
from training.data.ratings import Matrix
from training.data.splits import MOST_ASKED, Holdout, Split, divide
from training.options import Options, SparkOptions
from training.report.console import Report
from training.report.evaluation import by_popularity, evaluate, served
from training.report.outcome import tell_holdout
from training.search.study import Plan, Search
from training.search.tracking import Tracker
from training.search.trials import Bench
from training.search.workers import Workers
from training.spark.fitting import fit
from training.spark.gathering import Gathered
from training.spark.work import Facts, Work

_DRAWS = 5  # times that seed songs are drawn for the final number; fewer where very many listeners are asked


@dataclass(frozen=True)
class Sample:
    """Listeners in memory. rows: their numbers in the blocks; plays: (rows, songs) CSR of the whole catalog.

    holdout: of those columns that somebody of the sample has heard, `heard`.
    """

    rows: Counts
    plays: Matrix
    heard: Counts
    holdout: Holdout

    @classmethod
    def of(cls, gathered: Gathered, listeners: int, folds: int, seed: int) -> "Sample":
        """So many listeners at random, or all."""
        rows, plays = gathered.blocks.sample(listeners, seed)
        heard = np.unique(plays.indices).astype(np.int64)
        return cls(rows, plays, heard, divide(plays[:, heard], folds, seed))

    @property
    def asked(self) -> Split | None:
        """Who gives the final number."""
        return self.holdout.test or (self.holdout.folds[0] if self.holdout.folds else None)


def tune(sample: Sample, work: Work, options: Options, where: SparkOptions, study: str, report: Report) -> Facts:
    """The best parameters of the search in one machine's memory: "parameters", "trials", "choices", "metrics"."""
    tell_holdout(sample.holdout, options.select_by, report)
    return work.step(f"tuned {_key(options, where)}", lambda: _search(sample, options, study, report))


def _key(options: Options, where: SparkOptions) -> str:
    """Equal for searches that find the same."""
    told = [options.trials, options.folds, options.seed, where.tune_on]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def _search(sample: Sample, options: Options, study: str, report: Report) -> Facts:
    plays = sample.plays[:, sample.heard]
    trials = options.trials if sample.holdout.folds else 1
    plan = Plan(trials, "ndcg", ("puresvd",), options.seed, options.storage, study)
    with Workers(parallel=False) as workers:
        bench = Bench(plays, sample.holdout, options.folds, options.seed, workers)
        outcome = Search(plan, bench, Tracker(options.tracking_uri), report).run()
    if outcome.interrupted:
        report.say(f"Interrupted: going on with the best of {outcome.trials} finished trials.")
    report.say(f"{outcome.choices:,} parameter sets were scored in {outcome.trials} finished trials.")
    best = outcome.best
    metrics = {f"validation_{name}": value for name, value in best.result.metrics.items()}
    return {
        "parameters": best.parameters,
        "trials": outcome.trials,
        "choices": outcome.choices,
        "metrics": metrics,
        "unfinished": outcome.interrupted,
    }


def measure(
    gathered: Gathered, sample: Sample, parameters: Parameters, work: Work, options: Options, where: SparkOptions
) -> dict[str, float]:
    """Metrics of the parameters and of popularity, learned on Spark from everybody but the unseen listeners."""
    if sample.asked is None:
        return {}
    split = sample.asked
    facts = work.step(
        f"measured {_key(options, where)}", lambda: _measured(gathered, sample, split, parameters, options.seed)
    )
    return {name: float(value) for name, value in facts.items()}


def _measured(gathered: Gathered, sample: Sample, split: Split, parameters: Parameters, seed: int) -> Facts:
    asked = np.setdiff1d(np.arange(len(sample.rows)), split.learned)
    listeners = gathered.songs.listeners - np.bincount(sample.plays[asked].indices, minlength=len(gathered.songs))
    model = fit(gathered.blocks.leaving_out(sample.rows[asked]), listeners, parameters, seed)
    all_songs = _among(split, sample.heard, len(gathered.songs))
    draws = _DRAWS if all_songs.heard.shape[0] < MOST_ASKED else 1
    popular = evaluate(by_popularity(listeners), all_songs, listeners, draws, seed)
    ours = evaluate(served(model), all_songs, listeners, draws, seed)
    return ours | {f"popularity_{name}": value for name, value in popular.items()}


def _among(split: Split, columns: Counts, songs: int) -> Split:
    """The split with its columns where they are in the whole catalog."""
    heard = split.heard
    shape = heard.shape[0], songs
    return Split(split.learned, sp.csr_matrix((heard.data, columns[heard.indices], heard.indptr), shape=shape))
