"""Songs of few listeners: placed where their listeners stand, by directions that others gave."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from pyspark.sql import SparkSession

from tests.training.spark.conftest import crowd, write_parquet
from tests.training.spark.test_fitting import MANY, gathered
from tests.training.spark.test_parts import SIZES, cut
from training.algorithms import grid
from training.algorithms.factorisation import Factorisation, factorise
from training.data.ratings import Matrix
from training.spark.fitting import fit
from training.spark.head import factorise_head, folded_in
from training.spark.work import Work

# sockets on which Spark's Python hands over rows: theirs to close
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

RANK, SONGS = 6, 90
HEAD = np.arange(0, SONGS, 3)


def of_few_tastes() -> Matrix:
    draw = np.random.default_rng(4)
    dense = draw.random((sum(SIZES), RANK)) @ np.diag(0.7 ** np.arange(RANK)) @ draw.standard_normal((RANK, SONGS))
    return sp.csr_matrix(dense.astype(np.float32))


def test_the_tail_of_a_matrix_of_few_tastes_is_placed_as_if_all_had_been_factorised(spark: SparkSession) -> None:
    matrix = of_few_tastes()
    found = factorise_head(cut(spark, matrix, [0, 1, 2]), SIZES, SONGS, HEAD, RANK, seed=0)
    expected = factorise(matrix[:, HEAD], RANK, seed=0)
    assert np.allclose(found.strength, expected.strength, atol=1e-6)
    assert np.allclose(np.abs(found.vectors[HEAD]), np.abs(expected.vectors), atol=1e-4)
    placed = matrix[:, HEAD] @ found.vectors[HEAD]
    assert np.allclose(placed @ found.vectors.T, matrix.toarray(), atol=1e-3)


def test_slices_and_the_order_of_blocks_change_no_bit(spark: SparkSession) -> None:
    matrix = of_few_tastes()
    shadow = np.random.default_rng(5).random((sum(SIZES), 4)).astype(np.float32)
    known = Factorisation(np.zeros((len(HEAD), 4), np.float32), np.array([1.0, 0.5, 0.1, 0.0]))
    edges = np.cumsum([0, *SIZES])
    ways = []
    for order, a_slice in (([0, 1, 2], SONGS), ([2, 0, 1], 7)):
        blocks = cut(spark, matrix, order).map(partial(_seen, edges=edges, shadow=shadow))
        ways.append(folded_in(blocks, 3, SONGS, known, a_slice))
    assert ways[0].tobytes() == ways[1].tobytes()
    assert np.allclose(ways[0][:, :3], (matrix.T @ shadow / np.square(shadow).sum(axis=0))[:, :3], rtol=1e-4)
    assert not ways[0][:, 3].any()  # a direction without strength


def _seen(block: tuple[int, Matrix], edges: np.ndarray, shadow: np.ndarray) -> tuple[int, tuple[Matrix, np.ndarray]]:
    place, rows = block
    return place, (rows, shadow[edges[place] : edges[place + 1]])


def test_songs_of_few_listeners_have_vectors_near_those_of_a_whole_factorisation(
    spark: SparkSession, work: Work, tmp_path: Path
) -> None:
    found = gathered(spark, work, write_parquet(tmp_path / "h.parquet", crowd()), MANY)
    listeners = found.songs.listeners
    whole, by_head = (
        fit(found.blocks, listeners, grid.within(grid.STARTS[0], 2), seed=0, least=least).factors for least in (1, 30)
    )
    tail = listeners < 30
    assert 10 < tail.sum() < 50
    near = np.einsum(
        "ij,ij->i", *(each @ each.T / np.linalg.norm(each @ each.T, axis=1)[:, None] for each in (whole, by_head))
    )
    assert near[tail].mean() > 0.9
