"""Answers found in blocks are those of all scores at once."""

import numpy as np
import pytest
import scipy.sparse as sp

from artifact_set.vectors import Similarity
from training.algorithms.contract import SongFactors
from training.data.splits import Cases
from training.report.evaluation import answers, by_popularity, served
from training.report.nearest import BLOCK_SONGS

SONGS = 3 * BLOCK_SONGS + 77


def _cases(count: int, k: int) -> Cases:
    draw = np.random.default_rng(1)
    seeds = np.array([draw.choice(SONGS, k, replace=False) for _ in range(count)])
    return Cases(seeds, sp.csr_matrix(np.zeros((count, SONGS), bool)))


@pytest.mark.parametrize("similarity", ["cosine", "inner_product"])
@pytest.mark.parametrize("k", [1, 5])
def test_answers_in_blocks_are_those_of_all_scores_at_once(similarity: Similarity, k: int) -> None:
    draw = np.random.default_rng(0)
    lengths = np.linspace(1.0, 0.05, SONGS)[:, None]  # rare songs are short, so that most blocks are passed over
    factors = (draw.standard_normal((SONGS, 16)) * lengths).astype(np.float32)
    score = served(SongFactors(factors, similarity, None, 0.0, *(draw.random(n, np.float32) for n in (SONGS, 16))))
    cases = _cases(300, k)
    all_at_once = answers(lambda seeds: score(seeds), cases)
    assert np.array_equal(answers(score, cases), all_at_once)


def test_among_equal_songs_the_more_popular_come_first_in_any_block() -> None:
    score = served(SongFactors(np.ones((SONGS, 2), np.float32), "cosine"))
    cases = Cases(np.array([[0, 3], [SONGS - 1, 1]]), sp.csr_matrix(np.zeros((2, SONGS), bool)))
    found = answers(score, cases, at=4)
    assert found.tolist() == [[1, 2, 4, 5], [0, 2, 3, 4]]


def test_popular_songs_are_the_same_for_all_but_for_their_seeds() -> None:
    listeners = np.random.default_rng(0).permutation(SONGS)  # no two alike
    cases = _cases(50, 5)
    cases.seeds[7] = np.argsort(-listeners)[[0, 2, 4, 19, 24]]
    all_at_once = answers(lambda seeds: by_popularity(listeners)(seeds), cases)
    assert np.array_equal(answers(by_popularity(listeners), cases), all_at_once)
