"""`puresvd` on Spark: the matrix Z and the factorisation of training/algorithms/puresvd.py, block by block."""

from pyspark import StorageLevel

from training.algorithms.contract import Parameters, SongFactors
from training.algorithms.factorisation import factorise_parts
from training.algorithms.puresvd import (
    column_scale,
    column_squares,
    most_factors_of,
    with_columns_scaled,
    with_rows_scaled,
)
from training.algorithms.shape import placed, shaped
from training.data.listens import Counts
from training.spark.blocks import Blocks
from training.spark.parts import SparkParts, ordered_sum


def fit(blocks: Blocks, listeners: Counts, parameters: Parameters, seed: int) -> SongFactors:
    """As `PureSVD.fit`. listeners: (songs,) of each song in the blocks."""
    weighted = blocks.plays().mapValues(lambda plays: with_rows_scaled(plays, parameters))
    squares = ordered_sum(weighted.mapValues(column_squares), len(blocks.sizes), listeners.nbytes)
    scale = blocks.frame.sparkSession.sparkContext.broadcast(column_scale(squares, int(listeners.sum()), parameters))
    z = weighted.mapValues(lambda rows: with_columns_scaled(rows, scale.value)).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        factors = min(most_factors_of(blocks.shape), int(parameters["factors"]))
        found = factorise_parts(SparkParts(z, blocks.sizes, blocks.songs), factors, seed)
    finally:
        z.unpersist()
        scale.destroy()
    return shaped(placed(found, listeners, parameters), parameters)
