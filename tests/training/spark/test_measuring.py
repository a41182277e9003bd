"""The final number, put together from what Spark measured."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.training.conftest import two_camps
from training.data.splits import divide
from training.spark.measuring import Measure
from training.spark.tuning import Sample
from training.spark.work import Facts

LISTENERS = 40  # too few to spare some for the final number


class Finished:
    """Work whose steps are all done: each found an NDCG a tenth larger than the one before."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, name: str, make: Callable[[], Facts]) -> Facts:
        self.steps.append(name)
        return {"ours": {"ndcg@20": 0.1 * len(self.steps)}, "popularity": {"ndcg@20": 0.1}}


def test_the_final_number_of_few_listeners_is_the_mean_of_all_folds() -> None:
    plays = two_camps(LISTENERS)
    sample = Sample(np.arange(LISTENERS), plays, np.arange(plays.shape[1]), divide(plays, 3, 0))
    work: Any = Finished()
    nothing: Any = None
    metrics = Measure(nothing, sample, work, seed=0, head=1).final({})
    assert len(set(work.steps)) == 3
    assert metrics == pytest.approx({"ndcg@20": 0.2, "popularity_ndcg@20": 0.1})
