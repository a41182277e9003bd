"""`Parts` of a factorisation on Spark: products of every block on executors, summed in the order of blocks.

Sums are taken in pieces of some thousand rows and eight blocks at a time, so that no record is large; which pieces meet
follows from their numbers alone, whatever the cluster. A task holds the eight pieces of its sum, of more than one only
where a matrix has so many blocks and songs that there would be too many tasks. It is no groupByKey, which packs what
it groups and writes it to the disk once that is larger than half a gigabyte.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from pyspark import RDD, Broadcast, StorageLevel

from training.algorithms.factorisation import Doubles, Floats, songs_are_many, squares_of
from training.data.ratings import Matrix
from training.spark.blocks import Block

_PIECE_BYTES = 16 << 20
_TOGETHER = 8  # pieces that are summed at once
_MOST_TASKS = 4096

Array: TypeAlias = npt.NDArray[Any]
_Array = TypeVar("_Array", bound=npt.NDArray[Any])
_Record = TypeVar("_Record")
_Piece: TypeAlias = tuple[tuple[int, int], Array]  # (piece, block): rows of the block's part of a sum
_Part: TypeAlias = tuple[tuple[int, int], tuple[int, Array]]  # (piece, group of blocks): its block, and the piece


class SparkParts:
    """A listener-song matrix in blocks of listeners. sizes: listeners of each block."""

    def __init__(self, blocks: RDD[Block], sizes: tuple[int, ...], songs: int) -> None:
        shape = sum(sizes), songs
        self._blocks = blocks
        self._count = len(sizes)
        self._songs = songs
        self._starts = np.cumsum([0, *sizes])
        self.songs_are_rows = songs_are_many(shape)
        self.rows: int = max(shape)
        self.side: int = min(shape)

    def gram(self, basis: Floats, shift: float) -> Floats:
        """As in Parts."""
        image = -np.float32(shift) * basis
        if self.songs_are_rows:
            image += self.back(self.shadow(basis))
        else:
            image += self._sum(_gram, basis, basis.nbytes)
        return image

    def shadow(self, basis: Floats) -> Floats:
        """As in Parts: of a basis of listeners, block by block."""
        starts = self._starts
        size = self._songs * basis[:1].nbytes
        return self._sum(lambda place, block, rows: block.T @ rows[starts[place] : starts[place + 1]], basis, size)

    def back(self, songs: Floats) -> Floats:
        """As in Parts: of every listener, the matrix times (songs, k)."""
        with given(self._blocks, songs) as basis:
            rows = self._blocks.map(lambda one: (one[0], np.asarray(one[1] @ basis.value))).collect()
        return np.concatenate([part for _, part in sorted(rows, key=lambda one: one[0])])

    def squares(self, basis: Floats) -> Doubles:
        """As in Parts."""
        size = basis.shape[1] ** 2 * np.dtype(np.float64).itemsize
        return self._sum(lambda _, block, given: squares_of(block @ given), basis, size)

    def _sum(self, product: Callable[[int, Matrix, Floats], Array], basis: Floats, size: int) -> Array:
        """The sum of a product with every block. size: bytes of it."""
        with given(self._blocks, basis) as sent:
            products = self._blocks.map(lambda one: (one[0], np.asarray(product(one[0], one[1], sent.value))))
            return ordered_sum(products, self._count, size)


def _gram(_: int, block: Matrix, basis: Floats) -> Array:
    return np.asarray(block.T @ (block @ basis))


@contextmanager
def given(blocks: RDD[Block], array: _Array) -> Iterator[Broadcast[_Array]]:
    """The array at every executor, as long as it is needed."""
    sent = blocks.context.broadcast(array)
    try:
        yield sent
    finally:
        sent.destroy()


@contextmanager
def kept(records: RDD[_Record]) -> Iterator[RDD[_Record]]:
    """The records, made once and kept as long as they are needed, on disk where memory is short."""
    records.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        yield records
    finally:
        records.unpersist()


def ordered_sum(arrays: RDD[tuple[int, Array]], count: int, size: int) -> Array:
    """The sum of equally shaped arrays by places 0 … count - 1, the same bits in every run. size: bytes of an array."""
    pieces: RDD[_Piece] = arrays.flatMap(_cut)
    while count > 1:
        groups = -(-count // _TOGETHER)
        tasks = min(_MOST_TASKS, groups * -(-size // _PIECE_BYTES))
        grouped = pieces.map(_in_groups).partitionBy(tasks, partial(_task_of, groups))
        pieces = grouped.mapPartitions(_in_order)
        count = groups
    return np.concatenate([piece for _, piece in sorted(pieces.collect(), key=lambda one: one[0])])


def _cut(one: tuple[int, Array]) -> Iterator[_Piece]:
    place, array = one
    rows = max(1, _PIECE_BYTES // max(1, array[:1].nbytes))
    for piece, start in enumerate(range(0, len(array), rows)):
        yield (piece, place), array[start : start + rows]


def _in_groups(one: _Piece) -> _Part:
    (piece, place), array = one
    return (piece, place // _TOGETHER), (place, array)


def _task_of(groups: int, key: tuple[int, int]) -> int:
    piece, group = key
    return piece * groups + group


def _in_order(parts: Iterable[_Part]) -> Iterator[_Piece]:
    """The sums of groups, each in the order of its blocks."""
    found: defaultdict[tuple[int, int], dict[int, Array]] = defaultdict(dict)
    for key, (place, array) in parts:
        found[key][place] = array
    for key in list(found):
        arrays = found.pop(key)
        first, *others = sorted(arrays)
        total = np.array(arrays[first])
        for place in others:
            total += arrays[place]
        yield key, total
