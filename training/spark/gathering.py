"""From tables to what is learned from, in three steps that are each finished once: listens, songs, blocks."""

from collections import Counter
from dataclasses import dataclass

from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

from artifact_set import DataFingerprint
from errors import DataError
from history.joining import REPEATED
from training.data.ratings import Songs
from training.options import Options, SparkOptions
from training.report.console import Report
from training.spark.blocks import PAIRS_A_BLOCK, Blocks, make_blocks
from training.spark.reading import ROWS, Counted, each_once, fingerprint, read_listens
from training.spark.songs import columns_of, make_songs, pairs_of, read_songs
from training.spark.work import Facts, Work


@dataclass(frozen=True)
class Gathered:
    """The catalog, the matrix, and which listens they are of."""

    songs: Songs
    blocks: Blocks
    data: DataFingerprint


def gather(
    spark: SparkSession,
    work: Work,
    options: Options,
    where: SparkOptions,
    report: Report,
    a_block: int = PAIRS_A_BLOCK,
) -> Gathered:
    """Take the steps that are not finished in `work`. a_block: pairs of a block, at most. Raises TrainingError."""
    digest = fingerprint(spark, where.data)
    reading, least = options.reading, options.min_listeners or 1
    work.claim(
        {
            "--data": digest,
            "--min-seconds": reading.min_seconds,
            "--ignore-dates": reading.ignore_dates,
            "--min-listeners": least,
            "size of blocks": a_block,
        }
    )
    source = where.data[0].rstrip("/").rpartition("/")[2]
    source = source if len(where.data) == 1 else f"{source} and {len(where.data) - 1} more"
    report.say(f"Reading {', '.join(where.data)} on Spark; checkpoints are in {where.work} …")
    read = work.step("listens", lambda: _listens(spark, work, options, where))
    _tell_dropped(read, source, report)
    songs = work.step("songs", lambda: make_songs(work, work.open("listens"), least))
    _tell_songs(songs, source, least, report)
    made = work.step(
        "blocks",
        lambda: make_blocks(work, pairs_of(work.open("listens")), columns_of(spark, work), songs["pairs"], a_block),
    )
    blocks = Blocks.of(work, made, songs["songs"])
    data = DataFingerprint(
        source=source,
        sha256=digest,
        listens=songs["listens"],
        pairs=songs["pairs"],
        users=blocks.shape[0],
        songs=songs["songs"],
    )
    report.say(
        f"{data.listens:,} listens by {data.users:,} users of {data.songs:,} songs, {data.pairs:,} (user, song) pairs; "
        f"a row is a user; {len(blocks.rows)} blocks."
    )
    return Gathered(read_songs(spark, work), blocks, data)


def _listens(spark: SparkSession, work: Work, options: Options, where: SparkOptions) -> Facts:
    """Save "listens": (user, song_key, artist, track, plays), each spelling of a pair once."""
    dropped = spark.sparkContext.accumulator(Counter[str](), Counted())
    once = each_once(read_listens(spark, where.data, options.reading, dropped))
    counted = once.groupBy("user", "song_key", "artist", "track").agg(
        sql.sum("plays").alias("plays"), sql.count("*").alias("rows")
    )
    saved = work.save("listens", counted)
    total = saved.agg(sql.sum("rows")).first()
    kept = (total[0] if total else 0) or 0
    reasons = Counter(dropped.value)
    read = reasons.pop(ROWS, 0)
    return {"rows": kept, "dropped": dict(reasons + Counter({REPEATED: read - kept}))}


def _tell_dropped(read: Facts, source: str, report: Report) -> None:
    for reason, rows in read["dropped"].items():
        report.say(f"Dropped {rows:,} rows: {reason}.")
    if not read["rows"]:
        why = "; ".join(f"{reason}: {rows:,}" for reason, rows in read["dropped"].items()) or "no row at all"
        raise DataError(f"{source} has no usable row ({why}): expected an artist and a track a row")


def _tell_songs(songs: Facts, source: str, least: int, report: Report) -> None:
    if songs["left_out"]:
        report.say(f"{songs['left_out']:,} songs of fewer than {least} listeners are left out.")
    if not songs["songs"]:
        raise DataError(f"{source}: no song in it has {least} listeners: say --min-listeners 1")
