import math

import faiss
import numpy as np
import pytest
import scipy.sparse as sp

from artifact_set import SongVectors, to_index_vectors
from artifact_set.vectors import Similarity
from tests.training.conftest import CAMP, two_camps
from training.algorithms.contract import SongFactors
from training.data.splits import SEED_COUNTS, Cases, Split, draw_cases
from training.report.evaluation import (
    STANDARD_ERROR,
    answers,
    by_popularity,
    evaluate,
    mean_of_folds,
    measure,
    objective,
    served,
)


def cases_of(seeds: list[list[int]], relevant: list[list[int]]) -> Cases:
    return Cases(np.array(seeds), sp.csr_matrix(np.array(relevant, dtype=bool)))


def test_metrics_are_those_a_reader_works_out() -> None:
    cases = cases_of([[0], [0]], [[0, 1, 0, 1, 0], [0, 0, 0, 0, 1]])
    found = np.array([[1, 2, 3], [1, 2, 3]])
    metrics = measure(found, cases, np.array([5, 4, 3, 2, 1]))
    ideal = 1 + 1 / math.log2(3)
    assert metrics["ndcg"].tolist() == pytest.approx([(1 + 1 / math.log2(4)) / ideal, 0.0])
    assert metrics["recall"].tolist() == [1.0, 0.0]
    assert metrics["mrr"].tolist() == [1.0, 0.0]
    assert metrics["hit_rate"].tolist() == [1.0, 0.0]
    assert metrics["popularity_bias"].tolist() == pytest.approx([0.5, 0.5])  # percentiles 0.75, 0.5 and 0.25


def test_seeds_are_never_answers_and_missing_songs_are_marked() -> None:
    cases = cases_of([[2, 0]], [[0, 1, 0, 0]])
    found = answers(by_popularity(np.array([9, 8, 7, 6])), cases, at=5)
    assert found.tolist() == [[1, 3, -1, -1, -1]]


@pytest.mark.parametrize("similarity", ["cosine", "inner_product"])
def test_answers_are_those_the_index_gives(similarity: Similarity) -> None:
    draw = np.random.default_rng(3)
    factors = draw.normal(size=(300, 12)).astype(np.float32) * draw.uniform(0.2, 3.0, (300, 1)).astype(np.float32)
    factors[17] = 0.0  # a song of which nothing is known
    vectors = to_index_vectors(factors, similarity)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    tastes = draw.uniform(0.1, 1.0, 12).astype(np.float32)
    songs = SongVectors(index, factors=12, taste_weights=tastes)
    seeds = np.array([draw.choice(300, 5, replace=False) for _ in range(40)])
    model = SongFactors(factors, similarity, taste_weights=tastes)
    found = answers(served(model), Cases(seeds, sp.csr_matrix(np.zeros((40, 300), bool))))
    for chosen, answer in zip(seeds, found, strict=True):
        query = songs.profile(chosen)
        assert query is not None
        rows, _ = songs.nearest(query, 25)
        assert [row for row in rows.tolist() if row not in chosen][:20] == answer.tolist()


def test_a_model_of_two_camps_is_perfect_and_popularity_is_not() -> None:
    heard = two_camps(60)
    split = Split(np.arange(0), heard, SEED_COUNTS)
    factors = np.repeat(np.eye(2, dtype=np.float32), CAMP, axis=0)
    listeners = np.asarray((heard > 0).sum(axis=0)).ravel()
    perfect = evaluate(served(SongFactors(factors, "cosine")), split, listeners, draws=2)
    popular = evaluate(by_popularity(listeners), split, listeners, draws=2)
    # all 3 songs sought are among the 7 of their camp that stand first
    assert perfect["recall@20"] == 1.0
    assert perfect["hit_rate@20"] == 1.0
    assert perfect["ndcg@20"] > popular["ndcg@20"] + 0.1
    assert set(perfect) >= {"ndcg@20", "ndcg@20_3_seeds", "ndcg@20_1_seed", "coverage@20", "popularity_bias@20"}


def test_the_objective_is_the_geometric_mean_of_all_numbers_of_seeds_each_in_units_of_popularity() -> None:
    metrics = {"ndcg@20": 0.6, "ndcg@20_3_seeds": 0.3, "ndcg@20_1_seed": 0.3, "recall@20": 0.9}
    popular = {"ndcg@20": 0.2, "ndcg@20_3_seeds": 0.3, "ndcg@20_1_seed": 0.15, "recall@20": 0.1}
    assert objective(metrics, popular) == pytest.approx((3 * 1 * 2) ** (1 / 3))


def test_the_error_of_a_mean_of_folds_is_less_than_any_of_them() -> None:
    folds = [{"ndcg@20": 0.2, STANDARD_ERROR: 0.03}, {"ndcg@20": 0.4, STANDARD_ERROR: 0.04}]
    assert mean_of_folds(folds) == pytest.approx({"ndcg@20": 0.3, STANDARD_ERROR: 0.025})
    assert mean_of_folds(folds[:1]) == folds[0]


def test_where_popularity_finds_nothing_no_number_of_seeds_outweighs_the_others_without_bound() -> None:
    assert objective({"ndcg@20": 0.6, "ndcg@20_1_seed": 0.2}, {"ndcg@20": 0.3, "ndcg@20_1_seed": 0.0}) < 12


def test_seed_songs_and_relevant_songs_are_all_of_a_listeners_and_never_the_same() -> None:
    heard = two_camps(10)
    cases = draw_cases(heard, 3, draws=4, seed=1)
    assert len(cases) == 40
    for i in range(len(cases)):
        relevant = set(cases.relevant.indices[cases.relevant.indptr[i] : cases.relevant.indptr[i + 1]].tolist())
        seeds = set(cases.seeds[i].tolist())
        assert len(seeds) == 3
        assert not seeds & relevant
        assert seeds | relevant == set(heard[i % 10].indices.tolist())
