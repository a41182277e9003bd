"""Catalog, matrix and vectors of Spark beside those of memory, from the same history."""

from pathlib import Path

import numpy as np
import pytest
from pyspark.sql import SparkSession

from history import ReadSettings
from tests.history.reading import read
from tests.training.spark.conftest import crowd, write_parquet
from training.algorithms import grid
from training.algorithms.puresvd import PureSVD
from training.data.listeners import with_listeners
from training.data.ratings import Matrix, Ratings, to_ratings
from training.options import Options, SparkOptions
from training.report.console import Report
from training.spark.fitting import fit
from training.spark.gathering import Gathered, gather
from training.spark.work import Work

# sockets on which Spark's Python hands over rows: theirs to close
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

MANY = 1_000_000  # pairs of a block: all in one


def options(least: int | None = None) -> Options:
    return Options(
        data=(),
        reading=ReadSettings(),
        artifacts=Path("artifacts"),
        trials=1,
        sample_size=None,
        folds=3,
        select_by="ndcg",
        algorithms=None,
        seed=0,
        tracking_uri="",
        storage=None,
        rows="auto",
        min_listeners=least,
    )


def gathered(spark: SparkSession, work: Work, path: Path, a_block: int, least: int | None = None) -> Gathered:
    where = SparkOptions("local[2]", (str(path),), "work", 100, 1)
    return gather(spark, work, options(least), where, Report(), a_block)


def same_catalog(found: Gathered, expected: Ratings) -> None:
    ours, theirs = found.songs, expected.songs
    assert ours.artists.to_pylist() == theirs.artists.to_pylist()
    assert ours.tracks.to_pylist() == theirs.tracks.to_pylist()
    assert ours.plays.tolist() == theirs.plays.tolist()
    assert ours.listeners.tolist() == theirs.listeners.tolist()
    aliases = sorted(zip(theirs.alias_rows.tolist(), theirs.aliases.to_pylist(), strict=True))
    assert list(zip(ours.alias_rows.tolist(), ours.aliases.to_pylist(), strict=True)) == aliases
    assert aliases


def same_matrix(one: Matrix, other: Matrix) -> bool:
    return one.shape == other.shape and not abs(one - other).sum()


@pytest.mark.parametrize("a_block", [MANY, 300])
def test_catalog_and_matrix_are_those_of_memory(spark: SparkSession, work: Work, history: Path, a_block: int) -> None:
    found, expected = gathered(spark, work, history, a_block), to_ratings(read(history), "user")
    same_catalog(found, expected)
    assert (len(found.blocks.rows) > 1) == (a_block != MANY)
    rows, plays = found.blocks.sample(MANY, seed=0)
    assert same_matrix(plays, expected.plays)
    assert sorted(rows.tolist()) == list(range(150))
    assert (found.data.listens, found.data.pairs, found.data.users) == (int(expected.plays.sum()), expected.pairs, 150)


def test_songs_of_too_few_listeners_are_left_out(spark: SparkSession, work: Work, history: Path) -> None:
    found = gathered(spark, work, history, MANY, least=20)
    same_catalog(found, to_ratings(with_listeners(read(history), 20).listens, "user"))
    assert 0 < len(found.songs) < 60


@pytest.mark.parametrize(("songs", "start"), [(60, grid.STARTS[0]), (60, grid.STARTS[3]), (400, grid.STARTS[0])])
def test_vectors_are_those_of_memory(
    spark: SparkSession, work: Work, tmp_path: Path, songs: int, start: dict[str, int | float | str]
) -> None:
    """More listeners than songs, and more songs than listeners."""
    path = write_parquet(tmp_path / "h.parquet", crowd(songs=songs))
    found = gathered(spark, work, path, MANY)
    parameters = grid.within(start, 12)
    ours = fit(found.blocks, found.songs.listeners, parameters, seed=0)
    theirs = PureSVD().fit(to_ratings(read(path), "user").plays, parameters, seed=0)
    assert np.allclose(ours.factors, theirs.factors, atol=1e-5)
    assert ours.similarity == theirs.similarity
    assert np.allclose(ours.seed_weights, theirs.seed_weights, rtol=1e-4)  # type: ignore[arg-type]
    assert np.allclose(ours.taste_weights, theirs.taste_weights, rtol=1e-4)  # type: ignore[arg-type]


def test_two_fits_of_several_blocks_have_equal_bits(spark: SparkSession, work: Work, history: Path) -> None:
    blocks = gathered(spark, work, history, 1100)
    assert len(blocks.blocks.rows) == 2
    one, other = (fit(blocks.blocks, blocks.songs.listeners, grid.STARTS[0] | {"factors": 8}, 0) for _ in range(2))
    assert one.factors.tobytes() == other.factors.tobytes()


def test_a_sample_is_some_listeners_and_the_same_ones_each_time(spark: SparkSession, work: Work, history: Path) -> None:
    blocks = gathered(spark, work, history, 300).blocks
    rows, plays = blocks.sample(40, seed=1)
    again, same = blocks.sample(40, seed=1)
    assert rows.tolist() == again.tolist()
    assert same_matrix(plays, same)
    everybody, all_plays = blocks.sample(MANY, seed=1)
    places = [everybody.tolist().index(row) for row in rows]
    assert same_matrix(all_plays[places], plays)
    assert len(set(rows.tolist())) == 40


def test_listeners_left_out_are_not_learned_from(spark: SparkSession, work: Work, history: Path) -> None:
    found = gathered(spark, work, history, 300)
    rows, plays = found.blocks.sample(MANY, seed=0)
    left_out, kept = np.arange(0, 150, 3), np.setdiff1d(np.arange(150), np.arange(0, 150, 3))
    rest = found.blocks.leaving_out(rows[left_out])
    assert rest.shape == (100, len(found.songs))
    blocks = dict(rest.plays().collect())
    assert sum(block.sum() for block in blocks.values()) == plays[kept].sum()
    assert tuple(blocks[place].shape[0] for place in range(len(blocks))) == rest.sizes
