import math

import numpy as np
import pytest

from errors import UsageError
from tests.training.conftest import listens_of
from training.data.ratings import rating, to_ratings
from training.data.sessions import sittings


def test_a_rating_is_log10_of_plays_plus_one_and_0_for_an_unplayed_song() -> None:
    assert rating(np.array([0.0, 9.0, 99.0])).tolist() == [0.0, 1.0, 2.0]
    assert rating(np.array([1.0]))[0] == math.log10(2)


def test_plays_of_one_user_and_song_are_counted_together() -> None:
    ratings = to_ratings(listens_of([("u", "a", "x", 2, None), ("u", "a", "x", 3, None), ("v", "a", "x", 1, None)]))
    assert ratings.plays.toarray().tolist() == [[5.0], [1.0]]
    assert (ratings.users, ratings.pairs, ratings.kind) == (2, 2, "user")


def test_songs_are_ordered_by_listeners_then_plays_then_song_id() -> None:
    ratings = to_ratings(
        listens_of(
            [
                ("u", "b", "x", 1, None),
                ("u", "a", "x", 1, None),
                ("u", "c", "x", 9, None),
                ("u", "d", "x", 1, None),
                ("v", "d", "x", 1, None),
            ]
        )
    )
    assert ratings.songs.artists.to_pylist() == ["d", "c", "a", "b"]
    assert ratings.songs.listeners.tolist() == [2, 1, 1, 1]
    assert ratings.songs.plays.tolist() == [2, 9, 1, 1]


def test_two_spellings_of_one_song_id_are_one_song_named_as_the_most_played() -> None:
    ratings = to_ratings(listens_of([("u", "A - B", "C", 1, None), ("u", "A", "B - C", 5, None)]))
    assert (ratings.songs.artists.to_pylist(), ratings.songs.tracks.to_pylist()) == (["A"], ["B - C"])
    assert ratings.plays.toarray().tolist() == [[6.0]]


def test_a_sample_keeps_so_many_pairs_and_the_same_ones_for_a_seed() -> None:
    rows = [(f"u{i % 7}", "a", f"t{i % 11}", 1, None) for i in range(200)]
    one, again, other = (to_ratings(listens_of(rows), sample_size=20, seed=seed) for seed in (1, 1, 2))
    assert one.pairs == 20
    assert one.plays.nnz == 20
    assert one.total == one.plays.sum() < 200
    assert (one.songs.artists.to_pylist(), one.songs.tracks.to_pylist()) == (
        again.songs.artists.to_pylist(),
        again.songs.tracks.to_pylist(),
    )
    assert (one.plays.toarray() == again.plays.toarray()).all()
    assert one.songs.tracks.to_pylist() != other.songs.tracks.to_pylist()
    assert to_ratings(listens_of(rows), sample_size=1000).pairs == 77


def test_a_sitting_ends_after_more_than_30_minutes_of_silence() -> None:
    users = np.array([0, 0, 0, 1, 0], np.int32)
    minutes = np.array([60, 0, 30, 10, 91], np.int64)
    assert sittings(users, minutes).tolist() == [0, 0, 0, 2, 1]


def test_a_sitting_lasts_a_day_at_most() -> None:
    minutes = np.arange(0, 3 * 1440, 20, dtype=np.int64)  # a radio that plays for three days
    found = sittings(np.zeros(len(minutes), np.int32), minutes)
    assert np.bincount(found).tolist() == [72, 72, 72]
    assert sittings(np.zeros(0, np.int32), np.zeros(0, np.int64)).tolist() == []


def test_few_users_with_dates_become_sittings_and_many_stay_users() -> None:
    few = listens_of([(f"u{i}", "a", f"t{i}", 1, day * 1440) for i in range(3) for day in range(4)])
    many = listens_of([(f"u{i}", "a", "t", 1, 0) for i in range(50)])
    assert to_ratings(few).plays.shape == (12, 3)
    assert to_ratings(few).kind == "session"
    assert to_ratings(few).songs.listeners.tolist() == [1, 1, 1]
    assert to_ratings(few, rows="user").plays.shape == (3, 3)
    assert to_ratings(many).kind == "user"


@pytest.mark.parametrize(("dated", "kind"), [(4, "user"), (5, "session")])
def test_sittings_are_rows_where_half_of_the_listens_have_a_moment(dated: int, kind: str) -> None:
    rows = [(f"u{i % 3}", "a", f"t{i}", 1, i * 1440 if i < dated else None) for i in range(10)]
    assert to_ratings(listens_of(rows)).kind == kind


def test_listens_without_a_time_belong_to_no_sitting() -> None:
    ratings = to_ratings(listens_of([("u", "a", "x", 1, 0), ("u", "a", "y", 1, None)]), rows="session")
    assert ratings.plays.toarray().tolist() == [[1.0, 0.0]]


def test_sittings_need_dates() -> None:
    with pytest.raises(UsageError, match="has no dates"):
        to_ratings(listens_of([("u", "a", "x", 1, None)]), rows="session")
