"""The search on a sample of listeners, in the driver's memory."""

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from training.data.listens import Counts
from training.data.ratings import Matrix
from training.data.splits import Holdout, Split, divide
from training.options import Options, SparkOptions
from training.report.console import Report
from training.report.outcome import tell_holdout
from training.search.study import Plan, Search
from training.search.tracking import Tracker
from training.search.trials import Bench
from training.search.workers import Workers
from training.spark.gathering import Gathered
from training.spark.work import Facts, Work

_CANDIDATES = 3  # matrices of the search that are measured again on everybody


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
    def asked(self) -> list[Split]:
        """Who gives the final number: all who chose, where there are too few to spare others."""
        return self.holdout.folds if self.holdout.test is None else [self.holdout.test]


def tune(sample: Sample, work: Work, options: Options, where: SparkOptions, study: str, report: Report) -> Facts:
    """The search in one machine's memory: its best "candidates", "trials", "choices", and the "metrics" of the best."""
    tell_holdout(sample.holdout, "user", options.select_by, report)
    return work.step(f"tuned {key_of(options, where)}", lambda: _search(sample, options, study, report))


def key_of(options: Options, where: SparkOptions) -> str:
    """Equal for searches that find the same."""
    told = [options.trials, options.folds, options.seed, where.tune_on]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def _search(sample: Sample, options: Options, study: str, report: Report) -> Facts:
    plays = sample.plays[:, sample.heard]
    plan = Plan(options.trials, "ndcg", ("puresvd",), options.seed, options.storage, study)
    if not sample.holdout.folds:  # the first guess, which a study would go on from
        plan = replace(plan, trials=1, storage=None)
    with Workers(parallel=False) as workers:
        bench = Bench(plays, sample.holdout, options.folds, options.seed, workers)
        outcome = Search(plan, bench, Tracker(options.tracking_uri), report).run()
    if outcome.interrupted:
        report.say(f"Interrupted: going on with the best of {outcome.trials} finished trials.")
    report.say(f"{outcome.choices:,} parameter sets were scored in {outcome.trials} finished trials.")
    metrics = {f"validation_{name}": value for name, value in outcome.best.result.metrics.items()}
    return {
        "candidates": [candidate.parameters for candidate in outcome.candidates[:_CANDIDATES]],
        "trials": outcome.trials,
        "choices": outcome.choices,
        "metrics": metrics,
        "unfinished": outcome.interrupted,
    }
