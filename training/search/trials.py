"""What one trial measures: ranking on each fold's unseen listeners, and RMSE where the algorithm predicts ratings."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from training.algorithms import Algorithm, Parameters
from training.algorithms.contract import SongFactors
from training.algorithms.svd import rmse_of_folds
from training.data.listens import Counts
from training.data.ratings import Matrix
from training.data.splits import Holdout, Split
from training.report.evaluation import by_popularity, evaluate, objective, served
from training.search.workers import Workers

OBJECTIVE = "ndcg_over_popularity"  # among a result's metrics

_MOST_DRAWS = 4
_ENOUGH = 1_000_000  # listeners of a fold times songs


@dataclass(frozen=True)
class Fold:
    """What is learned from, who is asked, and the (n,) listeners of each song among those learned from."""

    learned: Matrix
    split: Split
    listeners: Counts

    @classmethod
    def of(cls, plays: Matrix, split: Split) -> "Fold":
        """The rows of the split, and nobody else's."""
        learned = plays[split.learned]
        return cls(learned, split, np.bincount(learned.indices, minlength=plays.shape[1]))

    def measure(self, model: SongFactors, draws: int, seed: int) -> dict[str, float]:
        """Metrics of a model on the fold's unseen listeners."""
        return evaluate(served(model), self.split, self.listeners, draws, seed)

    def popularity(self, draws: int, seed: int) -> dict[str, float]:
        """The same metrics of recommending what is popular, to the same listeners with the same seeds."""
        return evaluate(by_popularity(self.listeners), self.split, self.listeners, draws, seed)


@dataclass(frozen=True)
class Result:
    """A trial's means over folds, its per-fold metrics and how long it took, in seconds."""

    metrics: dict[str, float]
    per_fold: list[dict[str, float]] = field(default_factory=list)
    rmse_per_fold: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def value(self) -> float:
        """NDCG@20 relative to popularity's, averaged over 5, 3 and 1 seeds; 0 where nothing can be measured."""
        return self.metrics.get(OBJECTIVE, 0.0)


class Bench:
    """The folds of one history, on which every trial of every algorithm is measured alike.

    Of the listeners of the final number nothing is read here, nor by whatever is given a bench.
    """

    def __init__(self, plays: Matrix, holdout: Holdout, folds: int, seed: int, workers: Workers) -> None:
        self.folds = [Fold.of(plays, split) for split in holdout.folds]
        learned = holdout.test.learned if holdout.test is not None else np.arange(plays.shape[0])
        self.selection = plays[learned]  # all listeners but those of the final number
        self.floor = holdout.floor
        self.seed = seed
        self.draws = min(map(self._draws, self.folds), default=1)
        self._popularity = [fold.popularity(self.draws, seed) for fold in self.folds]
        self._rmse_folds = folds
        self._workers = workers

    def run(self, algorithm: Algorithm, parameters: Parameters) -> Result:
        """Measure parameters on every fold."""
        began = time.perf_counter()
        rmse = None
        if algorithm.has_rmse and self.selection.nnz >= self._rmse_folds:
            rmse = self._workers.submit(rmse_of_folds, self.selection, parameters, self._rmse_folds, self.seed)
        fits = [self._begin(algorithm, fold, parameters) for fold in self.folds]
        per_fold: list[dict[str, float]] = []
        values: list[float] = []
        for place, (fold, fit) in enumerate(zip(self.folds, fits, strict=True)):
            per_fold.append(fold.measure(fit(), self.draws, self.seed))
            values.append(objective(per_fold[-1], self._popularity[place]))
        metrics = {name: float(np.mean([m[name] for m in per_fold])) for name in (per_fold[0] if per_fold else ())}
        if per_fold:
            metrics[OBJECTIVE] = float(np.mean(values))
        errors = rmse.result() if rmse is not None else []
        if errors:
            metrics["rmse"] = float(np.mean(errors))
        return Result(metrics, per_fold, errors, time.perf_counter() - began)

    def abandon(self) -> None:
        """Wait no more for what is still computing."""
        self._workers.end()

    def _draws(self, fold: Fold) -> int:
        """How often seeds are drawn from each listener: more often where there are few to ask."""
        songs = int(np.count_nonzero(fold.listeners >= self.floor.listeners))
        return max(1, min(_MOST_DRAWS, _ENOUGH // max(1, int(fold.split.heard.shape[0]) * songs)))

    def _begin(self, algorithm: Algorithm, fold: Fold, parameters: Parameters) -> Callable[[], SongFactors]:
        """Slow fits begin at once, in parallel; quick ones when asked, for they share factorisations."""
        if algorithm.slow:
            return self._workers.submit(algorithm.fit, fold.learned, parameters, self.seed).result
        return partial(algorithm.fit, fold.learned, parameters, self.seed)
