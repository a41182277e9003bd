import numpy as np
import pytest

from tests.training.conftest import CAMP, two_camps
from training.algorithms import Parameters, grid
from training.algorithms.factorisation import Factorisation, factorise
from training.algorithms.puresvd import PureSVD, scaled
from training.data.splits import divide
from training.report.evaluation import mean_ratio
from training.search.screen import Questions, values
from training.search.trials import Bench, Fold
from training.search.workers import Workers


def a_fold(seed: int = 0) -> tuple[Fold, Questions, Bench]:
    plays = two_camps(200)
    holdout = divide(plays, 3, seed)
    with Workers(parallel=False) as workers:
        bench = Bench(plays, holdout, 3, seed, workers)
    fold = bench.folds[0]
    return fold, Questions(fold, holdout.floor, bench.draws, seed), bench


def parts_of(fold: Fold) -> Factorisation:
    return factorise(scaled(fold.learned, grid.STARTS[0]), 12, 0)


@pytest.mark.parametrize("changed", [{}, {"factors": 3}, {"length_exponent": 0.0, "answer_exponent": 0.0}])
@pytest.mark.parametrize("start", range(len(grid.STARTS)))
def test_a_shape_scores_what_a_full_measurement_of_it_says(start: int, changed: Parameters) -> None:
    fold, questions, bench = a_fold()
    parameters = grid.within(grid.STARTS[start] | changed, 8)
    of = PureSVD()
    parts = of.factorised(fold.learned, parameters, 12, 0)
    screened = values(questions, parts, [parameters])
    measured = fold.measure(of.fit(fold.learned, parameters, 0), bench.draws, 0)
    means = [cases.mean() for cases in np.split(screened[0], questions.starts[1:])]
    assert means == pytest.approx([measured[f"ndcg@20{name}"] for name in ("", "_3_seeds", "_1_seed")], abs=1e-6)


def test_shapes_scored_together_score_what_each_scores_alone() -> None:
    fold, questions, _ = a_fold()
    parts = parts_of(fold)
    base = grid.within(grid.STARTS[0], 12)
    shapes = [base, base | {"factors": 4}, base | {"seed_exponent": 0.0}, base | {"answer_exponent": 0.4}]
    shapes += [base | {"breadth": breadth} for breadth in (0.0, 2.0)]
    together = values(questions, parts, shapes)
    for shape, ndcg in zip(shapes, together, strict=True):
        assert np.allclose(ndcg, values(questions, parts, [shape])[0])


def test_the_camp_answers_for_its_songs_and_nothing_is_worth_more_than_all_right() -> None:
    _, questions, _ = a_fold()
    perfect = np.zeros((questions.count, 2 * CAMP), np.float32)
    for cases, start in zip(questions.asked, questions.starts, strict=True):
        perfect[start : start + len(cases)] = cases.relevant.toarray()
    in_order = perfect * np.linspace(2.0, 1.0, 2 * CAMP, dtype=np.float32)
    assert questions.ndcg(in_order) == pytest.approx(1.0)
    assert questions.ndcg(perfect).max() < 1.0  # songs of one score do not all come first
    assert not questions.ndcg(np.zeros_like(perfect)).any()


def test_a_hundredth_more_with_one_seed_is_worth_a_hundredth_more_with_five() -> None:
    popular = np.array([0.2, 0.3, 0.4])
    ours = np.array([0.5, 0.4, 0.5])
    assert mean_ratio(ours * [1.01, 1.0, 1.0], popular) == pytest.approx(mean_ratio(ours * [1.0, 1.0, 1.01], popular))
