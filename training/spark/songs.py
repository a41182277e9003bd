"""The catalog on Spark: songs named and ordered as `training.data.ratings` does, each with its column of the matrix."""

from typing import Any

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from training.data.ratings import Songs
from training.spark.work import Facts, Work

_PLACES = 33  # bits of monotonically_increasing_id that are the place in a part of the table


def pairs_of(spelled: DataFrame) -> DataFrame:
    """(user, song_key, plays), each pair once."""
    return spelled.groupBy("user", "song_key").agg(sql.sum("plays").alias("plays"))


def make_songs(work: Work, spelled: DataFrame, least: int) -> Facts:
    """Save "songs", in the catalog's order, and their other spellings; songs of fewer listeners are left out."""
    counted = (
        pairs_of(spelled).groupBy("song_key").agg(sql.count("*").alias("listeners"), sql.sum("plays").alias("plays"))
    )
    spellings = spelled.groupBy("song_key", "artist", "track").agg(sql.sum("plays").alias("plays"))
    spellings = spellings.withColumn("song_id", sql.concat("artist", sql.lit(" - "), "track"))
    # the most played, of equals the first by its letters: as history.spellings.Spellings.named
    named = spellings.groupBy("song_key").agg(
        sql.min(sql.struct((-sql.col("plays")).alias("less"), "song_id", "artist", "track")).alias("name")
    )
    songs = counted.join(named, "song_key").select(
        "song_key", "listeners", "plays", "name.song_id", "name.artist", "name.track"
    )
    kept = songs.filter(sql.col("listeners") >= least)
    ordered = kept.orderBy(sql.desc("listeners"), sql.desc("plays"), sql.asc("song_id"))
    saved = work.save("songs", ordered.withColumn("place", sql.monotonically_increasing_id()))
    others = spellings.join(saved.select("song_key", sql.col("song_id").alias("of")), "song_key")
    work.save("aliases", others.filter(sql.col("song_id") != sql.col("of")).select("song_key", "song_id"))
    total: Any = saved.agg(sql.count("*"), sql.sum("listeners"), sql.sum("plays")).first()
    left_out = songs.filter(sql.col("listeners") < least).count() if least > 1 else 0
    return {"songs": total[0], "pairs": total[1] or 0, "listens": total[2] or 0, "left_out": left_out}


def columns_of(spark: SparkSession, work: Work) -> DataFrame:
    """(song_key, column): a song's place in its part of the table, after the songs of all parts before."""
    songs = work.open("songs")
    part = sql.shiftright("place", _PLACES)
    counts = songs.groupBy(part.alias("part")).count().orderBy("part").collect()
    offsets = np.cumsum([0, *(row["count"] for row in counts)])[:-1]
    table = spark.createDataFrame(
        [(int(row["part"]), int(offset)) for row, offset in zip(counts, offsets, strict=True)], "part long, offset long"
    )
    column = (sql.col("offset") + sql.col("place").bitwiseAND((1 << _PLACES) - 1)).cast("int").alias("column")
    placed = songs.withColumn("part", part.cast("long")).join(sql.broadcast(table), "part")
    return placed.select("song_key", column)


def read_songs(spark: SparkSession, work: Work) -> Songs:
    """The catalog, in the driver's memory."""
    songs: Any = work.open("songs").toArrow().sort_by("place")
    columns = columns_of(spark, work)
    aliases: Any = (
        work.open("aliases")
        .join(columns, "song_key")
        .toArrow()
        .sort_by([("column", "ascending"), ("song_id", "ascending")])
    )
    return Songs(
        songs["artist"].combine_chunks(),
        songs["track"].combine_chunks(),
        songs["plays"].to_numpy(),
        songs["listeners"].to_numpy(),
        aliases["song_id"].combine_chunks(),
        aliases["column"].to_numpy().astype(np.int64),
    )
