"""Dicts of all songs in a pickle: ordinary ones to whoever loads them, and known again byte for byte."""

import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from artifact_set.pickle_reader import PickleReader
from artifact_set.pickles import load_id_map, load_model, save
from artifact_set.song_rows import NothingByRow, SongRows, SongsByRow
from artifact_set.trained import plain_svd
from errors import DamagedSet
from tests.pickled import dumped

TEXTS = ["A - B", "", "Sigur Rós - Hoppípolla", "日本 - 語", "x" * 255, "x" * 256, "ü" * 1000]
MANY = [f"Artist {n % 977} - Song {n}" for n in range(140_000)]


@pytest.mark.parametrize("song_ids", [[], TEXTS, MANY])
def test_they_load_as_ordinary_dicts(song_ids: list[str]) -> None:
    column = pa.array(song_ids, pa.string())
    numbers = np.arange(12, dtype=np.float32).reshape(3, 4)
    rows, songs, nothing, array = pickle.loads(
        dumped([SongRows(column), SongsByRow(column), NothingByRow(column), numbers])
    )
    assert rows == {song_id: row for row, song_id in enumerate(song_ids)}
    assert list(songs.items()) == list(enumerate(song_ids))
    assert nothing == dict.fromkeys(range(len(song_ids)), ())
    np.testing.assert_array_equal(array, numbers)


@pytest.mark.parametrize("song_ids", [TEXTS, MANY])
def test_what_is_expected_comes_out_as_it_was_given_and_as_a_dict_where_it_is_not(song_ids: list[str]) -> None:
    expected = SongsByRow(pa.array(song_ids, pa.string()))
    assert PickleReader(dumped(expected), [expected]).read() is expected
    assert PickleReader(dumped(expected)).read() == dict(enumerate(song_ids))
    others = SongsByRow(pa.array([*song_ids, "one more"], pa.string()))
    assert PickleReader(dumped(expected), [others]).read() == dict(enumerate(song_ids))


@pytest.mark.parametrize("changed", [0, 1, 70_000, 139_999])
def test_one_other_song_is_seen(tmp_path: Path, changed: int) -> None:
    song_ids = MANY.copy()
    song_ids[changed] = song_ids[changed].replace("Song", "Sung")
    save(SongsByRow(pa.array(song_ids)), tmp_path / "ids.pkl")
    found = load_id_map(tmp_path / "ids.pkl", pa.array(MANY))
    assert isinstance(found, dict)
    assert found[changed] != MANY[changed]


def test_a_model_is_read_with_the_names_it_should_have_or_others(tmp_path: Path) -> None:
    qi = np.random.default_rng(0).random((len(TEXTS), 8)).astype(np.float32)
    save(plain_svd(TEXTS, qi), tmp_path / "best_model.pkl")
    same, other = (load_model(tmp_path / "best_model.pkl", pa.array(ids)) for ids in (TEXTS, TEXTS[::-1]))
    assert isinstance(same.rows, SongRows)
    assert other.rows == {song_id: row for row, song_id in enumerate(TEXTS)}
    for model in (same, other):
        np.testing.assert_array_equal(model.qi, qi)


def test_names_that_are_rows_are_no_names(tmp_path: Path) -> None:
    model = plain_svd(TEXTS, np.eye(len(TEXTS)))
    model.trainset._raw2inner_id_items = model.trainset.ir
    save(model, tmp_path / "best_model.pkl")
    with pytest.raises(DamagedSet, match="without factors"):
        load_model(tmp_path / "best_model.pkl", pa.array(TEXTS))


def test_a_model_of_no_songs_is_read() -> None:
    nothing = pa.array([], pa.string())
    found = PickleReader(dumped({"a": {"b": 1}, "c": SongRows(nothing)}), [SongRows(nothing)]).read()
    assert found == {"a": {"b": 1}, "c": {}}


def test_surprise_knows_the_songs_of_a_loaded_model_and_no_listener() -> None:
    model = pickle.loads(dumped(plain_svd(TEXTS, np.eye(len(TEXTS)), np.arange(len(TEXTS)) / 10, 2.0)))
    assert model.trainset.knows_item(3)
    assert not model.trainset.knows_item(len(TEXTS))
    assert model.trainset.to_raw_iid(4) == TEXTS[4]
    assert list(model.trainset.all_ratings()) == []
    assert model.predict("anybody", TEXTS[5]).est == pytest.approx(2.5)
