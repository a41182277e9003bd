"""Sums over blocks: right, the same whatever order they come in, and those of a matrix in memory."""

import numpy as np
import pytest
import scipy.sparse as sp
from pyspark import RDD
from pyspark.sql import SparkSession

from training.algorithms.factorisation import factorise, factorise_parts
from training.data.ratings import Matrix
from training.spark.blocks import Block
from training.spark.parts import SparkParts, ordered_sum

# sockets on which Spark's Python hands over rows: theirs to close
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

SIZES = (90, 0, 110)


def cut(spark: SparkSession, matrix: Matrix, order: list[int]) -> RDD[Block]:
    edges = np.cumsum([0, *SIZES])
    blocks = [(place, matrix[edges[place] : edges[place + 1]]) for place in order]
    return spark.sparkContext.parallelize(blocks, len(blocks))


def tastes(songs: int) -> Matrix:
    draw = np.random.default_rng(1)
    dense = draw.random((sum(SIZES), 12)) ** 8 @ np.diag(0.8 ** np.arange(12)) @ draw.random((12, songs)) ** 8
    return sp.csr_matrix(np.where(dense > np.quantile(dense, 0.8), dense, 0.0).astype(np.float32))


@pytest.mark.parametrize("songs", [90, 400])
def test_a_matrix_in_blocks_has_the_triplets_of_the_matrix_in_memory(spark: SparkSession, songs: int) -> None:
    matrix = tastes(songs)
    found = factorise_parts(SparkParts(cut(spark, matrix, [0, 1, 2]), SIZES, songs), 10, seed=0)
    expected = factorise(matrix, 10, seed=0)
    assert np.allclose(found.strength, expected.strength, atol=1e-6)
    assert np.allclose(found.vectors, expected.vectors, atol=1e-5)


@pytest.mark.parametrize("songs", [90, 400])
def test_the_order_in_which_blocks_come_changes_no_bit(spark: SparkSession, songs: int) -> None:
    matrix = tastes(songs)
    basis = np.random.default_rng(2).standard_normal((min(matrix.shape), 10), np.float32)
    one, other = (
        SparkParts(cut(spark, matrix, order), SIZES, songs).gram(basis, 0.5) for order in ([0, 1, 2], [2, 0, 1])
    )
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("count", [1, 9])
def test_arrays_larger_than_a_piece_are_summed_whole(spark: SparkSession, count: int) -> None:
    arrays = [np.random.default_rng(place).random((5, 700_000)) for place in range(count)]
    given = spark.sparkContext.parallelize(list(enumerate(arrays)), count)
    assert np.allclose(ordered_sum(given, count, arrays[0].nbytes), sum(arrays))
