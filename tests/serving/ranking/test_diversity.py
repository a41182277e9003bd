"""Rows of songs as people like them: no artist too often, one version of a song."""

import numpy as np

from serving.ranking.diversity import Codes, Credits, one_version, spread
from serving.ranking.recommender import Ranking


def alone(artists: Codes) -> Credits:
    """Every row is credited to one artist."""
    return lambda row: [int(artists[row])]


def test_a_joint_credit_counts_for_each_artist() -> None:
    credits_of = [[0], [0, 1], [1], [1], [0], [2], [3]]
    chosen = spread(Ranking(list(range(7)), [1.0] * 7), lambda row: credits_of[row], 5)
    assert chosen.rows == [0, 1, 2, 5, 6]


def test_spread_takes_two_of_an_artist_in_each_row_of_20() -> None:
    # artist 0 has the best 30 candidates, then come 40 others with one song each
    artists = np.array([0] * 30 + list(range(1, 41)), np.int32)
    chosen = spread(Ranking(list(range(70)), [1.0] * 70), alone(artists), 40)
    assert [artists[row] for row in chosen.rows[:20]].count(0) == 2
    assert [artists[row] for row in chosen.rows[20:]].count(0) == 2
    assert len(set(chosen.rows)) == 40


def test_the_artist_of_the_one_song_asked_about_may_have_three() -> None:
    artists = np.array([0, 0, 0, 0, 1, 1, 1, *range(2, 40)], np.int32)
    chosen = spread(Ranking(list(range(45)), [1.0] * 45), alone(artists), 20, own=[0])
    assert [artists[row] for row in chosen.rows].count(0) == 3
    assert [artists[row] for row in chosen.rows].count(1) == 2


def test_spread_fills_up_with_what_there_is() -> None:
    artists = np.array([0, 0, 0, 0, 0, 2, 1, 1, 1, 1], np.int32)  # by row
    chosen = spread(Ranking([9, 8, 7, 6, 5], [0.9, 0.8, 0.7, 0.6, 0.5]), alone(artists), 4)
    assert chosen.rows == [9, 8, 7, 5]
    assert chosen.scores == [0.9, 0.8, 0.7, 0.5]


def test_one_version_keeps_the_best_and_drops_what_stands_elsewhere() -> None:
    song = np.array([0, 1, 1, 2, 0, 3], np.int32)  # rows 1 and 2 are one song, rows 0 and 4 another
    chosen = one_version(Ranking([2, 1, 4, 3, 5], [0.9, 0.8, 0.7, 0.6, 0.5]), song, taken=[0])
    assert chosen == Ranking([2, 3, 5], [0.9, 0.6, 0.5])
