import numpy as np
import optuna
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from tests.training.conftest import CAMP, two_camps
from training.algorithms import NAMES, Parameters, algorithm, grid
from training.algorithms.factorisation import factorise
from training.algorithms.puresvd import PureSVD, most_factors, scaled, weighted
from training.algorithms.svd import SurpriseSVD, rmse_of_folds
from training.data.ratings import Matrix
from training.data.splits import Cases
from training.report.evaluation import answers, served

SMALL: Parameters = {"n_factors": 20, "n_epochs": 10, "lr_all": 0.005, "reg_all": 0.02}


def parameters_of(name: str, plays: Matrix) -> Parameters:
    return algorithm(name).defaults(plays)[0] if name == "puresvd" else SMALL


def test_puresvd_keeps_the_camps_apart() -> None:
    plays = two_camps()
    seeds = np.arange(2 * CAMP)[:, None]
    cases = Cases(seeds, sp.csr_matrix(np.zeros((2 * CAMP, 2 * CAMP), bool)))
    for parameters in PureSVD().defaults(plays):
        found = answers(served(PureSVD().fit(plays, parameters, 0)), cases, at=CAMP - 1)
        assert (found // CAMP == seeds // CAMP).all()


def test_a_checkerboard_has_one_direction() -> None:
    """Listener i plays song j where i + j is even: two camps with nothing else in them, so two factors are all."""
    board = sp.csr_matrix((np.add.outer(np.arange(40), np.arange(10)) % 2 == 0).astype(float))
    model = PureSVD().fit(board, PureSVD().defaults(board)[0] | {"factors": 2}, 0)
    unit = model.factors / np.linalg.norm(model.factors, axis=1, keepdims=True)
    expected = np.add.outer(np.arange(10), np.arange(10)) % 2 == 0
    assert np.allclose(unit @ unit.T, expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(60, 40), (40, 60), (900, 300), (300, 900), (6000, 3000)])
def test_the_factorisation_is_the_truncated_svd(shape: tuple[int, int]) -> None:
    """The last shape is large enough to be divided between threads."""
    draw = np.random.default_rng(1)
    tastes = draw.random((shape[0], 20)) ** 8 @ np.diag(0.8 ** np.arange(20)) @ draw.random((20, shape[1])) ** 8
    matrix = sp.csr_matrix(np.where(tastes > np.quantile(tastes, 0.8), tastes, 0.0))
    parts = factorise(matrix, 10, seed=0)
    _, strength, vt = svds(matrix, 10, rng=0)
    assert np.allclose(parts.strength, strength[::-1] / strength.max(), rtol=0.01)
    assert np.allclose(np.abs(np.sum(parts.vectors[:, :4].T * vt[::-1][:4], axis=1)), 1.0, atol=0.01)
    assert np.allclose(parts.vectors.T @ parts.vectors, np.eye(10), atol=1e-3)


@pytest.mark.parametrize("shape", [(900, 300), (300, 900), (6000, 3000), (3000, 6000)])
def test_the_order_of_listeners_changes_no_vector(shape: tuple[int, int]) -> None:
    """They stand in the order of a file in memory, and by their names' hash on Spark."""
    draw = np.random.default_rng(1)
    tastes = draw.random((shape[0], 20)) ** 8 @ draw.random((20, shape[1])) ** 8
    matrix = sp.csr_matrix(np.where(tastes > np.quantile(tastes, 0.8), tastes, 0.0))
    one, other = (factorise(rows, 30, seed=0) for rows in (matrix, matrix[draw.permutation(shape[0])]))
    assert np.allclose(one.vectors, other.vectors, atol=1e-5)
    assert np.allclose(one.strength, other.strength, rtol=1e-5)


def test_directions_that_are_not_there_are_zeros() -> None:
    parts = factorise(sp.csr_matrix(np.outer(np.arange(5), np.arange(9.0))), 3, seed=0)
    assert parts.strength.tolist() == [1.0, 0.0, 0.0]
    assert np.allclose(parts.vectors[:, 0] ** 2, np.arange(9) ** 2 / 204)
    assert not parts.vectors[:, 1:].any()


def test_weights_are_ratings_ones_or_saturated_plays() -> None:
    plays = sp.csr_matrix(np.array([[9.0, 0.0, 99.0], [1.0, 1.0, 0.0]]))
    assert weighted(plays, "log").toarray()[0].tolist() == [1.0, 0.0, 2.0]
    assert weighted(plays, "binary").toarray().tolist() == [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    bm25 = weighted(plays, "bm25").toarray()
    assert bm25[1].tolist() == [1.0, 1.0, 0.0]  # played as often as the mean
    assert bm25[0, 0] < 1.0 < bm25[0, 2] < 2.2
    assert plays.toarray()[0].tolist() == [9.0, 0.0, 99.0]


@pytest.mark.parametrize("name", NAMES)
def test_a_refit_gives_the_same_factors(name: str) -> None:
    plays = two_camps()
    parameters = parameters_of(name, plays)
    one, again = (algorithm(name).fit(plays, parameters, seed=4) for _ in range(2))
    assert one.factors.dtype == np.float32
    assert len(one.factors) == 2 * CAMP
    assert (one.factors == again.factors).all()
    assert one.similarity == again.similarity


def test_trials_that_share_a_factorisation_get_what_they_would_get_alone() -> None:
    plays = two_camps()
    shared = PureSVD()
    base = shared.defaults(plays)[0]
    shared.fit(plays, base, 0)
    changed = base | {"factors": 3, "singular_exponent": 0.4, "length_exponent": 0.0, "answer_exponent": 0.0}
    assert np.allclose(shared.fit(plays, changed, 0).factors, PureSVD().fit(plays, changed, 0).factors, atol=1e-6)
    assert shared.fit(plays, changed, 0).similarity == "cosine"


def test_a_song_nobody_learned_from_has_no_factors() -> None:
    plays = sp.csr_matrix(np.hstack([two_camps().toarray(), np.zeros((120, 1))]))
    for name in NAMES:
        assert not algorithm(name).fit(plays, parameters_of(name, plays), 0).factors[-1].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 2), (11, 3)])
def test_the_smallest_matrices_are_learned_without_a_fault(shape: tuple[int, int]) -> None:
    plays = sp.csr_matrix(np.ones(shape))
    for name in NAMES:
        factors = algorithm(name).fit(plays, parameters_of(name, plays), 0).factors
        assert len(factors) == shape[1]
        assert np.isfinite(factors).all()


def test_svd_searches_the_reports_space_exactly() -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    trial = study.ask()
    SurpriseSVD().suggest(trial, two_camps())
    bounds = {name: (space.low, space.high) for name, space in trial.distributions.items()}  # type: ignore[attr-defined]
    assert bounds == {"n_factors": (20, 100), "n_epochs": (10, 30), "lr_all": (0.002, 0.01), "reg_all": (0.02, 0.1)}


def test_rmse_has_a_value_for_each_fold_in_units_of_the_rating() -> None:
    errors = rmse_of_folds(two_camps(), SMALL, folds=3, seed=0)
    assert len(errors) == 3
    assert all(0.05 < error < 0.5 for error in errors)


def test_factors_are_bounded_by_the_data() -> None:
    assert most_factors(sp.csr_matrix((2000, 3000))) == 512
    assert most_factors(two_camps()) == 23
    assert most_factors(sp.csr_matrix((1, 9))) == 1


OLD: Parameters = {
    "weighting": "log",
    "row_exponent": 0.5,
    "song_exponent": 1.0,
    "shrinkage": 100.0,
    "factors": 8,
    "singular_exponent": 1.4,
    "length_exponent": 0.4,
}


def test_parameters_without_the_newer_ones_mean_what_they_meant() -> None:
    """Worked out as the formula was before it had seeds, answers and filters."""
    plays = two_camps()
    model = PureSVD().fit(plays, OLD, 0)
    parts = factorise(scaled(plays, OLD), 8, 0)
    vectors = parts.vectors * parts.strength**1.4
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    expected = vectors * length ** (0.4 - 1.0)
    assert np.allclose(model.factors / np.abs(model.factors).max(), expected / np.abs(expected).max(), atol=1e-5)
    assert model.seed_weights is None
    assert model.taste_weights is None
    assert model.similarity == "inner_product"


def test_a_rare_song_says_more_and_a_popular_one_reaches_further() -> None:
    plays = sp.csr_matrix(
        np.hstack([two_camps().toarray(), two_camps().toarray()[:, :1] * (np.arange(120) < 40)[:, None]])
    )
    base = OLD | {"length_exponent": 0.0}
    asked = PureSVD().fit(plays, base | {"seed_exponent": 0.5, "answer_exponent": 0.5}, 0)
    listeners = np.bincount(plays.indices, minlength=25)
    assert asked.seed_weights is not None
    assert np.allclose(asked.seed_weights**2 * listeners, asked.seed_weights[0] ** 2 * listeners[0])
    reach = np.linalg.norm(asked.factors, axis=1)
    assert np.allclose(reach**2 / listeners, reach[0] ** 2 / listeners[0], rtol=1e-4)


def test_a_taste_counts_by_its_strength_where_one_song_is_given() -> None:
    model = PureSVD().fit(two_camps(), OLD | {"breadth": 1.5}, 0)
    strength = factorise(scaled(two_camps(), OLD), 8, 0).strength
    assert model.taste_weights == pytest.approx(strength**1.5, rel=1e-4)
    assert model.taste_weights[0] == 1.0


def test_the_ridge_filter_is_the_resolvents_square_root() -> None:
    plays = two_camps()
    ridge = PureSVD().fit(plays, OLD | {"filter": "ridge", "ridge": 0.3, "length_exponent": 1.0}, 0).factors
    parts = factorise(scaled(plays, OLD), 8, 0)
    expected = parts.vectors @ np.diag(parts.strength**2 / (parts.strength**2 + 0.3)) @ parts.vectors.T
    found = ridge @ ridge.T
    assert np.allclose(found / found.max(), expected / expected.max(), atol=1e-5)


def test_what_is_enqueued_is_what_a_trial_suggests() -> None:
    """A first guess is not a random point: Optuna must know its parameters by their own names."""
    plays = two_camps()
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for parameters in PureSVD().defaults(plays):
        study.enqueue_trial(dict(parameters))
        assert PureSVD().suggest(study.ask(), plays) == parameters


def test_a_step_on_the_grid_changes_one_parameter_and_stays_on_it() -> None:
    start = grid.STARTS[0]
    for near in [*grid.nearby_matrices(start), *grid.nearby_shapes(start, "factors", 100)]:
        changed = {name for name in start if near[name] != start[name]}
        assert len(changed) == 1
    assert max(int(near["factors"]) for near in grid.nearby_shapes(start, "factors", 100)) == 100
    other_filters = grid.nearby_shapes(start, "filter", 100)
    assert all("singular_exponent" in near and "ridge" not in near for near in other_filters)
    assert grid.nearby_shapes(start, "singular_exponent", 100) == []


def test_parameters_of_an_earlier_study_get_what_is_asked_today() -> None:
    assert grid.within(OLD, 4) == OLD | {"factors": 4, "breadth": 0.0}
    assert grid.within(OLD | {"breadth": 2.0}, 100)["breadth"] == 2.0
