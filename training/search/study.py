"""The search for the best model: Optuna proposes, a `Bench` measures, MLflow remembers."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import optuna
from sqlalchemy.exc import SQLAlchemyError

from errors import Stopped, UsageError
from training.algorithms import Algorithm, Parameters, algorithm
from training.data.ratings import Matrix
from training.report.console import Bar, Report
from training.search.interrupts import Interrupts
from training.search.tracking import Tracker
from training.search.trials import Bench, Result

SelectBy = Literal["ndcg", "rmse"]

_STARTUP_TRIALS = 6  # random ones before TPE has enough to go by
_SVD_EVERY = 10  # beside a quicker algorithm, one trial in so many goes to svd


@dataclass(frozen=True)
class Plan:
    """What the search may spend and what it looks for."""

    trials: int
    select_by: SelectBy
    algorithms: tuple[str, ...]
    seed: int
    storage: str | None
    study_name: str  # what a storage keeps this history's studies under


@dataclass(frozen=True)
class Candidate:
    """A measured trial. value: larger is better, the NDCG or minus the RMSE that selected it."""

    algorithm: str
    parameters: Parameters
    result: Result
    value: float


@dataclass(frozen=True)
class Outcome:
    """The best trial and how the search ended."""

    best: Candidate
    trials: int
    interrupted: bool


def allot(trials: int, algorithms: tuple[str, ...]) -> dict[str, int]:
    """Trials for each algorithm, quickest first; beside puresvd, svd gets one in ten, and of two trials one."""
    if len(algorithms) == 1:
        return {algorithms[0]: trials}
    slow = min(max(1, trials // _SVD_EVERY), trials - 1)
    return {"puresvd": trials - slow, "svd": slow}


class Search:
    """Runs the trials of a plan; keeps the best, so that an interruption loses nothing."""

    def __init__(self, plan: Plan, bench: Bench, plays: Matrix, tracker: Tracker, report: Report) -> None:
        self._plan = plan
        self._bench = bench
        self._plays = plays
        self._tracker = tracker
        self._report = report
        self._interrupts = Interrupts()
        self._best: Candidate | None = None
        self._trials = 0

    def run(self) -> Outcome:
        """The best of all trials. Raises Stopped where not one was finished before an interruption."""
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        logging.getLogger("optuna").propagate = False
        interrupted = False
        with self._interrupts.handled(), self._report.bar("Trials", self._plan.trials) as bar:
            try:
                for name, trials in allot(self._plan.trials, self._plan.algorithms).items():
                    self._study(algorithm(name), trials, bar)
            except KeyboardInterrupt:
                interrupted = True
        if self._best is None:
            raise Stopped("interrupted before a trial was finished: nothing was learned, nothing is saved")
        return Outcome(self._best, self._trials, interrupted)

    def _study(self, of: Algorithm, trials: int, bar: Bar) -> None:
        if not trials:
            return
        with _storage_errors(self._plan.storage):
            study = optuna.create_study(
                study_name=f"{of.name} {self._plan.select_by} {self._plan.study_name}",
                storage=self._plan.storage,
                load_if_exists=True,
                direction="maximize",
                sampler=optuna.samplers.TPESampler(
                    seed=self._plan.seed, n_startup_trials=_STARTUP_TRIALS, multivariate=True
                ),
                pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
            )
            for parameters in of.defaults(self._bench.selection):
                study.enqueue_trial(dict(parameters), skip_if_exists=True)
            study.optimize(lambda trial: self._trial(of, trial, bar), n_trials=trials)

    def _trial(self, of: Algorithm, trial: optuna.Trial, bar: Bar) -> float:
        began = time.time()
        parameters = of.suggest(trial, self._bench.selection)

        reached: list[float] = []

        def after_fold(place: int, ndcg: float) -> None:
            reached.append(ndcg)
            if self._plan.select_by == "ndcg" and not of.slow:
                trial.report(ndcg, place)
                if trial.should_prune():
                    raise optuna.TrialPruned

        try:
            with self._interrupts.allowed():
                result = self._bench.run(of, parameters, after_fold)
        except optuna.TrialPruned:
            self._log(of, trial, parameters, Result({"ndcg_mean": reached[-1]}), began, state="pruned")
            bar.step(self._note())
            raise
        value = self._value(result)
        self._log(of, trial, parameters, result, began, state="complete")
        self._trials += 1
        if self._best is None or value > self._best.value:
            self._best = Candidate(of.name, parameters, result, value)
        bar.step(self._note())
        return value

    def _value(self, result: Result) -> float:
        """Larger is better. Where nothing can be measured all trials are equal, and the first guess stays."""
        if self._plan.select_by == "rmse":
            return -result.metrics.get("rmse", float("inf"))
        return result.metrics.get("ndcg_mean", 0.0)

    def _note(self) -> str:
        if self._best is None:
            return ""
        name = "RMSE" if self._plan.select_by == "rmse" else "NDCG"
        return f"best {name} {abs(self._best.value):.4f} ({self._best.algorithm})"

    def _log(
        self, of: Algorithm, trial: optuna.Trial, parameters: Parameters, result: Result, began: float, state: str
    ) -> None:
        metrics = dict(result.metrics)
        for place, fold in enumerate(result.per_fold):
            metrics |= {f"fold_{place}/{name}": value for name, value in fold.items()}
        metrics |= {f"fold_{place}/rmse": value for place, value in enumerate(result.rmse_per_fold)}
        metrics["seconds"] = time.time() - began
        self._tracker.log(
            f"{of.name} {trial.number}",
            {"algorithm": of.name, "select_by": self._plan.select_by, "seed": self._plan.seed, **parameters},
            metrics,
            {"algorithm": of.name, "state": state, "data": self._plan.study_name},
            began,
        )


@contextmanager
def _storage_errors(url: str | None) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError, ImportError, ValueError) as exc:
        if url is None:
            raise
        reason = str(exc).partition("\n")[0]
        raise UsageError(f"--storage {url} cannot be used ({reason}): try sqlite:///optuna.db") from exc
