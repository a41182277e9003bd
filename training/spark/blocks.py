"""The listener-song matrix on Spark: blocks of whole rows, one record each, in CSR."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp
from pyspark import RDD
from pyspark.sql import DataFrame
from pyspark.sql import functions as sql

from training.data.listens import Counts
from training.data.ratings import Matrix
from training.spark.work import Facts, Work

PAIRS_A_BLOCK = 8_000_000  # some 100 MB, far below the 2 GB that no record may pass

Block: TypeAlias = tuple[int, Matrix]
_SCHEMA = "block int, ends binary, columns binary, plays binary, users array<string>"


def make_blocks(work: Work, pairs: DataFrame, columns: DataFrame, count: int, a_block: int) -> Facts:
    """Save "blocks". pairs: (user, song_key, plays), columns: (song_key, column); count: how many pairs there are.

    A listener's block follows from the name alone, and within a block listeners stand by name.
    """
    blocks = max(1, -(-count // a_block))
    placed = pairs.join(columns, "song_key").select(
        sql.pmod(sql.xxhash64("user"), sql.lit(blocks)).cast("int").alias("block"), "user", "column", "plays"
    )
    saved = work.save("blocks", placed.groupBy("block").applyInArrow(_as_block, _SCHEMA))
    sizes = saved.select("block", sql.size("users").alias("rows")).orderBy("block").collect()
    return {"blocks": [row["block"] for row in sizes], "rows": [row["rows"] for row in sizes]}


def _as_block(pairs: pa.Table) -> pa.Table:
    """One record of all pairs of a block."""
    arrow: Any = pa
    ordered: Any = pairs.sort_by([("user", "ascending"), ("column", "ascending")]).combine_chunks()
    users = ordered["user"].combine_chunks().dictionary_encode()
    ends = np.cumsum([0, *np.bincount(users.indices.to_numpy())], dtype=np.int64)
    block: pa.Table = arrow.table(
        {
            "block": arrow.array([ordered["block"][0].as_py()], pa.int32()),
            "ends": [ends.tobytes()],
            "columns": [ordered["column"].to_numpy().astype(np.int32).tobytes()],
            "plays": [ordered["plays"].to_numpy().astype(np.int64).tobytes()],
            "users": arrow.array([users.dictionary.to_pylist()], arrow.list_(pa.string())),
        }
    )
    return block


@dataclass(frozen=True)
class Blocks:
    """Play counts in blocks. numbers, rows: of each block in order; shape: of the whole matrix; pairs: its entries.

    without: by block the places of rows that are left out.
    """

    frame: DataFrame
    numbers: tuple[int, ...]
    rows: tuple[int, ...]
    songs: int
    without: tuple[Counts, ...] = ()

    @classmethod
    def of(cls, work: Work, facts: Facts, songs: int) -> "Blocks":
        """What `make_blocks` saved."""
        return cls(work.open("blocks"), tuple(facts["blocks"]), tuple(facts["rows"]), songs)

    @property
    def shape(self) -> tuple[int, int]:
        """Listeners and songs."""
        return sum(self.sizes), self.songs

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows of each block, those left out not counted."""
        left_out = map(len, self.without) if self.without else (0,) * len(self.rows)
        return tuple(rows - fewer for rows, fewer in zip(self.rows, left_out, strict=True))

    def leaving_out(self, rows: Counts) -> "Blocks":
        """Without some rows, numbered through all blocks."""
        return Blocks(self.frame, self.numbers, self.rows, self.songs, self._by_block(rows))

    def plays(self) -> RDD[Block]:
        """(place of the block, (rows, songs) CSR of float64), a part of the RDD each."""
        places = {number: place for place, number in enumerate(self.numbers)}
        without, songs = self.without, self.songs

        def read(row: Any) -> Block:  # noqa: ANN401  a Row knows its columns at run time
            place = places[row["block"]]
            matrix = _matrix(row, songs)
            if without:
                matrix = matrix[np.setdiff1d(np.arange(matrix.shape[0]), without[place])]
            return place, matrix

        return (
            self.frame.select("block", "ends", "columns", "plays").rdd.map(read).partitionBy(len(self.numbers), _itself)
        )

    def sample(self, listeners: int, seed: int) -> tuple[Counts, Matrix]:
        """So many rows, drawn at random, by the listeners' names: their numbers through all blocks, and their plays."""
        total = sum(self.rows)
        chosen = np.arange(total)
        if listeners < total:
            chosen = np.sort(np.random.default_rng(seed).choice(total, listeners, replace=False))
        of_block = dict(zip(self.numbers, self._by_block(chosen), strict=True))
        songs = self.songs

        def take(row: Any) -> tuple[int, list[str], Matrix]:  # noqa: ANN401  as above
            rows = of_block[row["block"]]
            return row["block"], [row["users"][place] for place in rows], _matrix(row, songs)[rows]

        taken = sorted(self.frame.rdd.map(take).collect(), key=lambda one: one[0])
        names = pa.array([name for _, users, _ in taken for name in users], pa.string())
        order = np.asarray(pa.compute.sort_indices(names))
        plays: Matrix = sp.vstack([matrix for _, _, matrix in taken], "csr")
        return chosen[order], plays[order]

    def _by_block(self, rows: Counts) -> tuple[Counts, ...]:
        """Rows, numbered through all blocks, as ascending places in each block."""
        starts = np.cumsum([0, *self.rows])
        rows = np.sort(rows)
        edges = np.searchsorted(rows, starts)
        return tuple(rows[edges[i] : edges[i + 1]] - starts[i] for i in range(len(self.rows)))


def _itself(place: int) -> int:
    return place


def _matrix(row: Any, songs: int) -> Matrix:  # noqa: ANN401  as above
    ends: npt.NDArray[np.int64] = np.frombuffer(row["ends"], np.int64)
    columns = np.frombuffer(row["columns"], np.int32)
    plays = np.frombuffer(row["plays"], np.int64).astype(np.float64)
    return sp.csr_matrix((plays, columns, ends), shape=(len(ends) - 1, songs))
