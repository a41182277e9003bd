import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import pytest
import scipy.sparse as sp

from tests.processes import ends_soon
from tests.training.conftest import two_camps
from training.algorithms import Algorithm, Parameters, grid
from training.algorithms.puresvd import PureSVD
from training.data.ratings import Matrix
from training.data.splits import divide
from training.report.console import Report
from training.search.matrices import Matrices
from training.search.study import Outcome, Plan, Search
from training.search.tracking import Tracker
from training.search.trials import Bench, Result
from training.search.workers import Workers

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")

P = ParamSpec("P")
T = TypeVar("T")
ROWS = 120


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Tracker:
    return Tracker(f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db")


def searched(plays: Matrix, tracker: Tracker, algorithms: tuple[str, ...]) -> Outcome:
    holdout = divide(plays, 3, 0)
    plan = Plan(4, "ndcg", algorithms, 0, None, "two camps")
    with Workers(parallel=False) as workers:
        return Search(plan, Bench(plays, holdout, 3, 0, workers), tracker, Report()).run()


@pytest.mark.parametrize("algorithms", [("puresvd",), ("svd", "puresvd")])
def test_the_rows_of_the_final_listeners_are_not_read_before_the_final_number(
    tracker: Tracker, algorithms: tuple[str, ...]
) -> None:
    """The proof: plays that are no numbers in those rows, which would spoil every sum they entered."""
    plays = two_camps(ROWS)
    test = divide(plays, 3, 0).test
    assert test is not None
    final = np.setdiff1d(np.arange(ROWS), test.learned)
    assert len(final) == 24
    poisoned = plays.toarray()
    poisoned[final] = np.nan
    clean, spoiled = (searched(each, tracker, algorithms) for each in (plays, sp.csr_matrix(poisoned)))
    assert _without_seconds(clean) == _without_seconds(spoiled)
    assert np.isfinite(spoiled.best.value)


def _without_seconds(outcome: Outcome) -> tuple[object, ...]:
    best = outcome.best
    return best.algorithm, best.parameters, best.value, best.result.metrics, best.result.per_fold, outcome.choices


def test_a_search_scores_many_choices_and_ends_no_worse_than_its_first_guess(tracker: Tracker) -> None:
    plays = two_camps(200)
    outcome = searched(plays, tracker, ("puresvd",))
    with Workers(parallel=False) as workers:
        bench = Bench(plays, divide(plays, 3, 0), 3, 0, workers)
    first = PureSVD().defaults(bench.selection)[0]
    assert outcome.choices > 20
    assert outcome.best.value >= bench.run(PureSVD(), first).value


def test_svd_goes_on_from_the_best_of_an_earlier_run(tracker: Tracker, tmp_path: Path) -> None:
    plays = two_camps(ROWS)
    with Workers(parallel=False) as workers:
        bench = Bench(plays, divide(plays, 3, 0), 3, 0, workers)
        plan = Plan(3, "ndcg", ("svd",), 0, f"sqlite:///{tmp_path}/optuna.db", "two camps")
        first, again = (Search(replace(plan, trials=trials), bench, tracker, Report()).run() for trials in (3, 1))
    assert again.best.parameters == first.best.parameters
    assert again.best.value == first.best.value


class Impatient(Workers):
    """Ctrl-C while the second trial computes in a process, for a minute."""

    def __init__(self) -> None:
        super().__init__(parallel=True)
        self.process = 0
        self._left = 4  # tasks of the first trial: a fit a fold, and the RMSE

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        if self._left:
            self._left -= 1
            return Workers(parallel=False).submit(function, *args, **kwargs)
        self.process = super().submit(os.getpid).result()
        super().submit(time.sleep, 60)
        raise KeyboardInterrupt


def test_what_still_computes_ends_with_an_interrupted_search(tracker: Tracker) -> None:
    plays = two_camps(ROWS)
    plan = Plan(3, "ndcg", ("svd",), 0, None, "two camps")
    with Impatient() as workers:
        outcome = Search(plan, Bench(plays, divide(plays, 3, 0), 3, 0, workers), tracker, Report()).run()
        assert ends_soon(workers.process)
    assert outcome.interrupted
    assert outcome.trials == 1


class Faulty(Bench):
    """Measures nothing."""

    def run(self, algorithm: Algorithm, parameters: Parameters) -> Result:
        raise ValueError(f"{algorithm.name} measures nothing of {parameters}")


def test_a_fault_of_the_search_is_not_laid_to_the_storage(tracker: Tracker, tmp_path: Path) -> None:
    plays = two_camps(ROWS)
    plan = Plan(1, "ndcg", ("puresvd",), 0, f"sqlite:///{tmp_path}/optuna.db", "two camps")
    with Workers(parallel=False) as workers, pytest.raises(ValueError, match="measures nothing"):
        Search(plan, Faulty(plays, divide(plays, 3, 0), 3, 0, workers), tracker, Report()).run()


def test_no_matrix_is_looked_at_twice_and_without_play_counts_the_weightings_are_one() -> None:
    plays = two_camps(60)
    plays.data[:] = 1.0
    with Workers(parallel=False) as workers:
        matrices = Matrices(PureSVD(), Bench(plays, divide(plays, 3, 0), 3, 0, workers))
    looked = [matrices.look_at_next() for _ in range(12)]
    points = [grid.matrix_of(each.choices[0].parameters) for each in looked if each is not None]
    assert len(set(points)) == len(points) == 12
    assert {point[0] for point in points} == {"binary"}
