"""Tables of listens on Spark: every batch of rows is read, tidied and folded by the functions of `history`.

What a batch cannot tell is told by the column's own type: dates that need the whole column to be understood, such as
03/04/2021, are refused.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark import Accumulator, AccumulatorParam
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as sql

from errors import DataError
from history import ReadSettings
from history.cells import WRONG_CELLS
from history.columns import Layout, known_names, layout_of
from history.joining import usable_rows
from history.listens import NO_TIME
from history.once import TOLERANCE
from history.tables import Gathered, as_text
from history.tally import Tally
from training.spark.addresses import EXPECTED, kind_of

_FILE = "_file_of_row"
_CORRUPT = "_row_as_it_is"
ROWS = "usable"  # rows that were not dropped
_ARROW: dict[str, pa.DataType] = {
    "user": pa.string(),
    "artist": pa.string(),
    "track": pa.string(),
    "song_key": pa.string(),
    "plays": pa.int64(),
    "seconds": pa.int64(),
    "told": pa.bool_(),  # whether the moment is known well enough to tell that a listen stands twice
    "file": pa.string(),
}
_SCHEMA = (
    "user string, artist string, track string, song_key string, plays long, seconds long, told boolean, file string"
)


class Counted(AccumulatorParam[Counter[str]]):
    """Dropped rows by reason, added up over executors. A task that is run again counts again."""

    def zero(self, value: Counter[str]) -> Counter[str]:  # noqa: ARG002  as Spark calls it
        """Nothing."""
        return Counter()

    def addInPlace(self, value1: Counter[str], value2: Counter[str]) -> Counter[str]:  # noqa: N802  Spark's name
        """Both."""
        value1.update(value2)
        return value1


def fingerprint(spark: SparkSession, addresses: tuple[str, ...]) -> str:
    """SHA-256 of the names, sizes and times of all files: a billion listens are not read twice to be hashed."""
    files = (
        spark.read.format("binaryFile")
        .load(list(addresses))
        .select("path", "length", sql.col("modificationTime").cast("string"))
        .collect()
    )
    text = "\n".join(sorted(" ".join(map(str, file)) for file in files))
    return hashlib.sha256(text.encode()).hexdigest()


def read_listens(
    spark: SparkSession, addresses: tuple[str, ...], settings: ReadSettings, dropped: Accumulator[Counter[str]]
) -> DataFrame:
    """All listens, folded. Raises DataError where a table is none of listens."""
    frames = [
        _folded(_table(spark, address), address, settings, dropped).withColumn("place", sql.lit(place))
        for place, address in enumerate(addresses)
    ]
    listens = frames[0]
    for frame in frames[1:]:
        listens = listens.unionAll(frame)
    return listens


def each_once(listens: DataFrame) -> DataFrame:
    """Without listens that stand in the history before, by the rule of `history.once.repeated` for neighbours.

    Of a song that two files tell several times within a minute it may keep fewer.
    """
    before = Window.partitionBy("user", "song_key", "told").orderBy("seconds", "place", "file")
    apart = sql.col("seconds") - sql.lag("seconds").over(before)
    other_file = (sql.lag("place").over(before) != sql.col("place")) | (sql.lag("file").over(before) != sql.col("file"))
    again = sql.col("told") & ((apart == 0) | (other_file & (apart <= TOLERANCE)))
    return listens.withColumn("again", sql.coalesce(again, sql.lit(False))).filter(~sql.col("again")).drop("again")


def _table(spark: SparkSession, address: str) -> DataFrame:
    kind = kind_of(address)
    if kind == "parquet":
        return spark.read.parquet(address)
    if kind == "json":
        return spark.read.json(address)
    options: dict[str, Any] = {"sep": "\t" if kind == "tsv" else ",", "quote": '"', "escape": '"'}
    names = spark.read.csv(address, header=True, **options).columns
    schema = ", ".join(f"`{name.replace('`', '``')}` string" for name in [*names, _CORRUPT])
    return spark.read.csv(
        address, header=True, schema=schema, enforceSchema=True, columnNameOfCorruptRecord=_CORRUPT, **options
    )


def _layout(frame: DataFrame, address: str) -> tuple[Layout, list[str]]:
    names = [name for name in frame.columns if name != _CORRUPT]
    try:
        layout = layout_of(names)
    except ValueError as exc:
        raise DataError(f"{address} has {exc}: expected each once") from exc
    if layout is None:
        found = ", ".join(known_names(names)) or "none that is known"
        raise DataError(f"{address} has no columns for artist and track (found {found}): {EXPECTED}")
    if "user" not in layout.places:
        raise DataError(f"{address} has no column for the listener, such as Username: {EXPECTED}")
    return layout, names


def _folded(frame: DataFrame, address: str, settings: ReadSettings, dropped: Accumulator[Counter[str]]) -> DataFrame:
    layout, names = _layout(frame, address)
    needed = {role: names[place] for role, place in layout.places.items()}
    columns = [sql.col(f"`{name.replace('`', '``')}`") for name in dict.fromkeys(needed.values())]
    whole = [sql.col(_CORRUPT)] if _CORRUPT in frame.columns else []
    rows = frame.select(*columns, *whole, sql.col("_metadata.file_path").alias(_FILE))
    return rows.mapInArrow(_Fold(address, layout, needed, settings, dropped), _SCHEMA)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Fold:
    """Batches of a table as batches of folded listens, on an executor."""

    where: str
    layout: Layout
    columns: dict[str, str]
    settings: ReadSettings
    dropped: Accumulator[Counter[str]]

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            files: Any = batch.column(_FILE).dictionary_encode()
            codes = files.indices.to_numpy()
            for code, file in enumerate(files.dictionary.to_pylist()):
                rows = (
                    batch
                    if len(files.dictionary) == 1
                    else batch.take(pa.array(np.flatnonzero(codes == code).tolist(), pa.int64()))
                )
                yield self._of_file(rows, file)

    def _of_file(self, batch: pa.RecordBatch, file: str) -> pa.RecordBatch:
        tally = Tally(self.where)
        if _CORRUPT in batch.schema.names:
            whole: Any = batch.column(_CORRUPT).is_null()
            batch = batch.filter(whole)
            tally.drop(WRONG_CELLS, len(whole) - len(batch))
        gathered = Gathered(self.where, self.layout, self.settings, tally)
        gathered.add({role: as_text(self.where, role, batch.column(name)) for role, name in self.columns.items()})
        part = gathered.part()
        listens, seconds, _ = usable_rows([part.users], [part], [tally])
        self.dropped.add(tally.dropped + Counter({ROWS: len(listens)}))
        told = (seconds != NO_TIME) & (part.fine and part.plays is None)
        spellings = listens.spellings
        places = pa.array(spellings.spelling)
        columns: list[Any] = [
            listens.users.values.take(pa.array(listens.users.codes)),
            spellings.artists.take(places),
            spellings.tracks.take(places),
            spellings.keys.take(pa.array(spellings.song)).take(places),
            pa.array(listens.plays),
            pa.array(seconds),
            pa.array(told),
            pa.array([file] * len(listens), pa.string()),
        ]
        arrow: Any = pa
        batch_of: pa.RecordBatch = arrow.RecordBatch.from_arrays(columns, schema=arrow.schema(_ARROW))
        return batch_of
