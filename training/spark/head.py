"""Triplets of a matrix of very many songs: those of its head, and every other song folded in by one more pass.

The head are the songs that many listeners know: few of all songs, most of all plays. Z_h ~ U S V_h^T is factorised
as always; a song of the tail then stands where its listeners stand, V_t = Z_t^T U S^-1 = Z_t^T Z_h V_h S^-2: folding
in (Berry, Dumais and O'Brien 1995). No array of the passes is as tall as the songs; the last goes by slices of them.
"""

from functools import partial
from typing import TypeAlias

import numpy as np
from pyspark import RDD

from training.algorithms.factorisation import Doubles, Factorisation, Floats, factorise_parts
from training.data.listens import Counts
from training.data.ratings import Matrix
from training.spark.blocks import Block
from training.spark.parts import SparkParts, given, kept, ordered_sum

_A_SLICE = 1_000_000  # songs that are folded in at once: some 512 MB of an executor's memory with 128 factors

_Seen: TypeAlias = tuple[int, tuple[Matrix, Floats]]  # a block, and where its listeners stand


def factorise_head(
    blocks: RDD[Block], sizes: tuple[int, ...], songs: int, head: Counts, factors: int, seed: int
) -> Factorisation:
    """As `factorise_parts`, the directions from the columns `head` alone, ascending; all songs have vectors.

    blocks: (place, (rows, songs) CSR), kept by the caller; sizes: rows of each; factors: at most len(head).
    """
    with given(blocks, head) as columns:
        with kept(blocks.mapValues(lambda rows: rows[:, columns.value])) as of_head:
            found = factorise_parts(SparkParts(of_head, sizes, len(head)), factors, seed)
        with given(blocks, found.vectors) as directions:
            seen = blocks.mapValues(lambda rows: (rows, np.asarray(rows[:, columns.value] @ directions.value)))
            with kept(seen) as placed:
                vectors = folded_in(placed, len(sizes), songs, found)
    vectors[head] = found.vectors
    return Factorisation(vectors, found.strength)


def folded_in(seen: RDD[_Seen], count: int, songs: int, found: Factorisation, a_slice: int = _A_SLICE) -> Floats:
    """(songs, d) vectors of all songs in the directions found. seen: `count` blocks."""
    factors = found.vectors.shape[1]
    squares: Doubles = ordered_sum(seen.mapValues(_squares), count, factors * np.dtype(np.float64).itemsize)
    inverse = np.divide(1.0, squares, out=np.zeros_like(squares), where=found.strength > 0).astype(np.float32)
    vectors = np.empty((songs, factors), np.float32)
    for start in range(0, songs, a_slice):
        part = vectors[start : start + a_slice]
        images = seen.mapValues(partial(_image, start=start, stop=start + len(part)))
        part[:] = ordered_sum(images, count, part.nbytes)
        part *= inverse
    return vectors


def _squares(one: tuple[Matrix, Floats]) -> Doubles:
    return np.asarray(np.square(one[1], dtype=np.float64).sum(axis=0))


def _image(one: tuple[Matrix, Floats], start: int, stop: int) -> Floats:
    """What the listeners say of the songs start … stop."""
    rows, shadow = one
    return np.asarray(rows[:, start:stop].T @ shadow)
