import numpy as np
import scipy.sparse as sp

from tests.training.conftest import two_camps
from training.algorithms import algorithm
from training.data.splits import FLOORS, MOST_ASKED, divide
from training.search.trials import Bench, Fold
from training.search.workers import Workers


def test_nobody_is_asked_who_was_learned_from() -> None:
    holdout = divide(two_camps(200), folds=3, seed=0)
    assert holdout.separate
    assert holdout.test is not None
    tested = set(range(200)) - set(holdout.test.learned.tolist())
    assert len(tested) == 40
    asked_in_folds: set[int] = set()
    for fold in holdout.folds:
        learned = set(fold.learned.tolist())
        asked = set(range(200)) - learned - tested
        assert len(asked) == fold.heard.shape[0]
        assert not learned & tested
        assert not asked & asked_in_folds
        asked_in_folds |= asked


def test_a_held_out_listener_leaves_no_trace_in_what_is_learned() -> None:
    """The proof: scramble what the held-out listeners played, and every model learned stays the same to the bit."""
    plays = two_camps(120)
    holdout = divide(plays, folds=3, seed=0)
    scrambled = plays.toarray()
    assert holdout.test is not None
    for split in [*holdout.folds, holdout.test]:
        held_out = np.setdiff1d(np.arange(120), split.learned)
        other = scrambled.copy()
        other[held_out] = np.random.default_rng(9).permuted(other[held_out], axis=1) * 7
        for name in ("puresvd", "svd"):
            models = []
            for matrix in (plays, sp.csr_matrix(other)):
                of = algorithm(name)
                fold = Fold.of(matrix, split)
                parameters = (of.defaults(fold.learned) or [{"n_factors": 4, "n_epochs": 3}])[0]
                models.append(of.fit(fold.learned, parameters, seed=0).factors)
                assert (fold.listeners == np.bincount(plays[split.learned].indices, minlength=24)).all()
            assert (models[0] == models[1]).all(), name


def test_rmse_is_measured_without_the_listeners_of_the_final_number() -> None:
    plays = two_camps(120)
    holdout = divide(plays, folds=3, seed=0)
    assert holdout.test is not None
    with Workers(parallel=False) as workers:
        bench = Bench(plays, holdout, 3, 0, workers)
    assert bench.selection.shape[0] == len(holdout.test.learned) == 96


def test_few_listeners_are_all_used_to_choose_and_that_is_said() -> None:
    holdout = divide(two_camps(40), folds=3, seed=0)
    assert not holdout.separate
    assert holdout.test is None
    assert len(holdout.folds) == 3


def test_no_fold_is_empty_however_many_are_asked_for() -> None:
    holdout = divide(two_camps(12), folds=20, seed=0)
    assert [fold.heard.shape[0] for fold in holdout.folds] == [1] * 12


def test_a_handful_of_listeners_measures_nothing() -> None:
    assert divide(two_camps(6), folds=3, seed=0).folds == []


def test_every_split_of_a_history_is_asked_with_the_same_numbers_of_seeds() -> None:
    plays = np.zeros((20, 12))
    plays[:, :2] = 1.0
    plays[0] = 1.0  # one listener alone has songs enough for three seeds, or five
    holdout = divide(sp.csr_matrix(plays), folds=3, seed=0)
    measured = [Fold.of(sp.csr_matrix(plays), split).popularity(1, 0) for split in holdout.folds]
    assert len({frozenset(each) for each in measured}) == 1
    assert {split.seed_counts for split in holdout.folds} == {(1,)}


def test_the_fields_custom_is_kept_where_the_data_allow_it() -> None:
    draw = np.random.default_rng(0)
    dense = sp.csr_matrix((draw.random((150, 40)) < 0.5).astype(float))
    assert divide(dense, 3, 0).floor == FLOORS[0]
    for fold in divide(dense, 3, 0).folds:
        assert np.diff(fold.heard.indptr).min() >= 10


def test_songs_below_the_floor_are_not_asked_for_but_stay_in_the_catalog() -> None:
    plays = sp.csr_matrix(np.hstack([two_camps(120).toarray(), np.eye(120)[:, :30]]))
    holdout = divide(plays, 3, 0)
    assert holdout.floor.listeners > 1
    for fold in holdout.folds:
        assert fold.heard.shape[1] == 54
        assert fold.heard.indices.max() < 24


def test_of_many_listeners_two_thousand_are_asked_in_a_fold_and_all_others_are_learned_from() -> None:
    rows, songs = 12_500, 40
    plays = sp.csr_matrix(np.ones((rows, songs)))
    holdout = divide(plays, folds=3, seed=0)
    assert holdout.test is not None
    for split in [*holdout.folds, holdout.test]:
        assert split.heard.shape[0] == MOST_ASKED
    assert len(holdout.test.learned) == rows - MOST_ASKED
    assert {len(fold.learned) for fold in holdout.folds} == {rows - 2 * MOST_ASKED}


def test_fewer_listeners_are_divided_by_shares_alone() -> None:
    holdout = divide(sp.csr_matrix(np.ones((1892, 40))), folds=3, seed=0)
    assert holdout.test is not None
    assert holdout.test.heard.shape[0] == 378
    assert [fold.heard.shape[0] for fold in holdout.folds] == [302] * 3
