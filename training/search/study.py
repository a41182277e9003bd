"""The search for the best model: Optuna and the descents propose, a `Bench` measures, MLflow remembers."""

import logging
import time
from bisect import insort
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import optuna
from sqlalchemy.exc import SQLAlchemyError

from errors import Stopped, UsageError
from training.algorithms import Algorithm, Parameters, algorithm
from training.algorithms.puresvd import PureSVD
from training.report.console import Bar, Report
from training.search.interrupts import Interrupts
from training.search.matrices import Looked, Matrices, known, record
from training.search.tracking import Tracker
from training.search.trials import OBJECTIVE, Bench, Result

SelectBy = Literal["ndcg", "rmse"]

_STARTUP_TRIALS = 6  # random ones before TPE has enough to go by
_SVD_EVERY = 10  # beside a quicker algorithm, one trial in so many goes to svd
_STORAGE_FAULTS = (SQLAlchemyError, optuna.exceptions.StorageInternalError)
_MEASURE = {"ndcg": OBJECTIVE, "rmse": "rmse"}


@dataclass(frozen=True)
class Plan:
    """What the search may spend and what it looks for. trials: matrices of puresvd, parameter sets of svd."""

    trials: int
    select_by: SelectBy
    algorithms: tuple[str, ...]
    seed: int
    storage: str | None
    study_name: str  # what a storage keeps the studies of this history and these listeners under


@dataclass(frozen=True)
class Candidate:
    """A measured trial. value: larger is better, NDCG over popularity's or minus the RMSE that selected it."""

    algorithm: str
    parameters: Parameters
    result: Result
    value: float


@dataclass(frozen=True)
class Outcome:
    """The finished trials, best first, and how the search ended. choices: parameter sets that were scored in all."""

    candidates: tuple[Candidate, ...]
    choices: int
    interrupted: bool

    @property
    def best(self) -> Candidate:
        """The best of all trials."""
        return self.candidates[0]

    @property
    def trials(self) -> int:
        """How many were finished."""
        return len(self.candidates)


def allot(trials: int, algorithms: tuple[str, ...]) -> dict[str, int]:
    """Trials for each algorithm, quickest first; beside puresvd, svd gets one in ten, and of two trials one."""
    if len(algorithms) == 1:
        return {algorithms[0]: trials}
    slow = min(max(1, trials // _SVD_EVERY), trials - 1)
    return {"puresvd": trials - slow, "svd": slow}


class Search:
    """Runs the trials of a plan; keeps the best, so that an interruption loses nothing."""

    def __init__(self, plan: Plan, bench: Bench, tracker: Tracker, report: Report) -> None:
        self._plan = plan
        self._bench = bench
        self._tracker = tracker
        self._report = report
        self._interrupts = Interrupts()
        self._candidates: list[Candidate] = []  # best first, of equals the earlier
        self._choices = 0

    def run(self) -> Outcome:
        """The best of all trials. Raises Stopped where not one was finished before an interruption."""
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        logging.getLogger("optuna").propagate = False
        interrupted = False
        with self._interrupts.handled(), self._report.bar("Trials", self._plan.trials) as bar:
            try:
                for name, trials in allot(self._plan.trials, self._plan.algorithms).items():
                    with _storage_errors(self._plan.storage, *_STORAGE_FAULTS):
                        self._spend(algorithm(name), trials, bar)
            except KeyboardInterrupt:
                interrupted = True
                self._bench.abandon()
        if not self._candidates:
            raise Stopped("interrupted before a trial was finished: nothing was learned, nothing is saved")
        return Outcome(tuple(self._candidates), self._choices, interrupted)

    def _spend(self, of: Algorithm, trials: int, bar: Bar) -> None:
        if not trials:
            return
        study = self._study(of)
        if isinstance(of, PureSVD) and self._bench.folds:
            self._look_at_matrices(of, study, trials, bar)
            return
        for parameters in known(study)[:1]:
            study.enqueue_trial(dict(parameters))  # once more: a run ends no worse than those it goes on from
        for parameters in of.defaults(self._bench.selection):
            study.enqueue_trial(dict(parameters), skip_if_exists=True)
        study.optimize(lambda trial: self._trial(of, trial, bar), n_trials=trials)

    def _study(self, of: Algorithm) -> optuna.Study:
        sampler = optuna.samplers.TPESampler(seed=self._plan.seed, n_startup_trials=_STARTUP_TRIALS, multivariate=True)
        with _storage_errors(self._plan.storage, ImportError, ValueError):
            return optuna.create_study(
                study_name=f"{of.name} {_MEASURE[self._plan.select_by]} {self._plan.study_name}",
                storage=self._plan.storage,
                load_if_exists=True,
                direction="maximize",
                sampler=sampler,
            )

    def _look_at_matrices(self, of: PureSVD, study: optuna.Study, trials: int, bar: Bar) -> None:
        """A trial is a matrix: all its choices go into the study, the best of them is measured in full."""
        matrices = Matrices(of, self._bench, known(study), lambda doing: bar.tell(self._note(doing)))
        for place in range(trials):
            began = time.time()
            with self._interrupts.allowed():
                looked = matrices.look_at_next()
                if looked is None:
                    return
                parameters = looked.best.parameters
                bar.tell(self._note("measuring among all songs"))
                result = self._bench.run(of, parameters) if not looked.left else Result({OBJECTIVE: looked.best.value})
            with _storage_errors(self._plan.storage, ValueError):  # of a study that knows another grid
                record(study, looked)
            self._choices += len(looked.choices)
            run = f"{of.name} {place}"
            self._log(of, run, parameters, result, began, "pruned" if looked.left else "complete", looked)
            if not looked.left:
                self._keep(of, parameters, result)
            bar.step(self._note())

    def _trial(self, of: Algorithm, trial: optuna.Trial, bar: Bar) -> float:
        began = time.time()
        parameters = of.suggest(trial, self._bench.selection)
        with self._interrupts.allowed():
            result = self._bench.run(of, parameters)
        self._log(of, f"{of.name} {trial.number}", parameters, result, began, "complete")
        self._choices += 1
        value = self._keep(of, parameters, result)
        bar.step(self._note())
        return value

    def _keep(self, of: Algorithm, parameters: Parameters, result: Result) -> float:
        """The value of a finished trial."""
        value = self._value(result)
        insort(self._candidates, Candidate(of.name, parameters, result, value), key=lambda one: -one.value)
        return value

    def _value(self, result: Result) -> float:
        """Larger is better. Where nothing can be measured all trials are equal, and the first guess stays."""
        if self._plan.select_by == "rmse":
            return -result.metrics.get("rmse", float("inf"))
        return result.value

    def _note(self, doing: str = "") -> str:
        """The best so far and what is being done. Of what nothing could be measured nothing is the best."""
        return ", ".join(part for part in (self._so_far(), doing) if part)

    def _so_far(self) -> str:
        if not self._candidates:
            return ""
        best = self._candidates[0]
        if self._plan.select_by == "rmse":
            return f"best RMSE {-best.value:.4f} ({best.algorithm})"
        if OBJECTIVE not in best.result.metrics:
            return f"{best.algorithm}, unmeasured"
        return f"best NDCG {best.value:.3f} x popularity's ({best.algorithm})"

    def _log(
        self,
        of: Algorithm,
        run: str,
        parameters: Parameters,
        result: Result,
        began: float,
        state: str,
        looked: Looked | None = None,
    ) -> None:
        metrics = dict(result.metrics)
        for place, fold in enumerate(result.per_fold):
            metrics |= {f"fold_{place}/{name}": value for name, value in fold.items()}
        metrics |= {f"fold_{place}/rmse": value for place, value in enumerate(result.rmse_per_fold)}
        metrics["seconds"] = time.time() - began
        metrics["choices"] = len(looked.choices) if looked else 1
        self._tracker.log(
            run,
            {"algorithm": of.name, "select_by": self._plan.select_by, "seed": self._plan.seed, **parameters},
            metrics,
            {"algorithm": of.name, "state": state, "data": self._plan.study_name},
            began,
        )


@contextmanager
def _storage_errors(url: str | None, *faults: type[Exception]) -> Iterator[None]:
    try:
        yield
    except faults as exc:
        if url is None:
            raise
        reason = str(exc).partition("\n")[0]
        raise UsageError(f"--storage {url} cannot be used ({reason}): try sqlite:///optuna.db") from exc
