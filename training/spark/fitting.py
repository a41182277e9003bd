"""`puresvd` on Spark: the matrix Z and the factorisation of training/algorithms/puresvd.py, block by block."""

import numpy as np

from errors import UsageError
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
from training.spark.head import factorise_head
from training.spark.parts import SparkParts, given, kept, ordered_sum

_FEWEST = 2  # songs of a head


def fit(blocks: Blocks, listeners: Counts, parameters: Parameters, seed: int, least: int = 1) -> SongFactors:
    """As `PureSVD.fit`. listeners: (songs,) of each song in the blocks; least: how many a song of the head has."""
    head = _head(listeners, least)
    weighted = blocks.plays().mapValues(lambda plays: with_rows_scaled(plays, parameters))
    squares = ordered_sum(weighted.mapValues(column_squares), len(blocks.sizes), listeners.nbytes)
    scale = column_scale(squares, int(listeners.sum()), parameters)
    factors = min(most_factors_of((blocks.shape[0], len(head))), int(parameters["factors"]))
    with given(weighted, scale) as by, kept(weighted.mapValues(lambda rows: with_columns_scaled(rows, by.value))) as z:
        if len(head) == blocks.songs:
            found = factorise_parts(SparkParts(z, blocks.sizes, blocks.songs), factors, seed)
        else:
            found = factorise_head(z, blocks.sizes, blocks.songs, head, factors, seed)
    return shaped(placed(found, listeners, parameters), parameters)


def _head(listeners: Counts, least: int) -> Counts:
    """Columns of songs with so many listeners. Raises UsageError where they are too few to have directions."""
    if least <= 1:
        return np.arange(len(listeners))
    head = np.flatnonzero(listeners >= least)
    if len(head) < _FEWEST:
        raise UsageError(f"--head-listeners {least}: {len(head):,} songs have so many: name a smaller number")
    return head
