"""One Spark session on two cores for all tests here, and histories small enough to read twice."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from pyspark.sql import SparkSession

from training.spark.session import session
from training.spark.work import Work

_SONGS = 60


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    # of jobs this small the JVM's second compiler is most of the work
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
        with session("local[2]") as opened:
            yield opened


@pytest.fixture
def work(spark: SparkSession, tmp_path: Path) -> Work:
    return Work(spark, str(tmp_path / "work"))


def crowd(listeners: int = 150, songs: int = _SONGS) -> list[tuple[str, str, str, int]]:
    """(user, artist, track, plays): two tastes, popular songs first, some songs spelled in two ways; by user."""
    draw = np.random.default_rng(3)
    popular = 1.0 / np.arange(1, songs + 1)
    rows = []
    for user in range(listeners):
        weight = popular * np.where(np.arange(songs) % 2 == user % 2, 1.0, 0.1)
        for song in draw.choice(songs, min(songs, 14), replace=False, p=weight / weight.sum()):
            track = f"Song {song}" if draw.random() < 0.8 else f"SONG {song} - Remastered 2011"
            rows.append((f"listener {user:04}", f"Artist {song % 7}", track, int(draw.integers(1, 30))))
    return rows


def write_parquet(path: Path, rows: list[tuple[str, str, str, int]]) -> Path:
    users, artists, tracks, plays = zip(*rows, strict=True)
    table = pa.table({"Username": users, "Artist": artists, "Track": tracks, "Plays": plays})
    pa.parquet.write_table(table, path)
    return path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "history.parquet", crowd())
