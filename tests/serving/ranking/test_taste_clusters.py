"""Several tastes of one listener."""

import numpy as np

from serving.ranking.recommender import Ranking
from serving.ranking.taste_clusters import MOST_SONGS, interleave, tastes, told_by

ROCK, JAZZ, FOLK = np.eye(3, dtype=np.float32)


def test_songs_at_right_angles_are_two_tastes() -> None:
    vectors = np.array([ROCK, JAZZ] * 8 + [ROCK] * 8, np.float32)
    larger, smaller = tastes(vectors)
    assert larger == [0, 2, 4, 6, 8, 10, 12, 14, *range(16, 24)]
    assert smaller == [1, 3, 5, 7, 9, 11, 13, 15]


def test_songs_alike_or_few_are_one_taste() -> None:
    alike = np.tile(ROCK, (30, 1)) + np.linspace(0, 0.2, 30)[:, None].astype(np.float32) * JAZZ
    assert tastes(alike) == [list(range(30))]
    assert tastes(np.array([ROCK, JAZZ, FOLK])) == [[0, 1, 2]]
    assert tastes(np.zeros((0, 3), np.float32)) == [[]]


def test_songs_of_which_nothing_is_known_belong_to_no_taste() -> None:
    vectors = np.array([ROCK] * 12 + [JAZZ] * 12 + [0 * ROCK], np.float32)
    assert sorted(place for taste in tastes(vectors) for place in taste) == list(range(24))


def test_many_likes_leave_room_for_seeds_and_for_what_is_played() -> None:
    seeds, likes, played = [900, 901], list(range(300)), list(range(500, 800))
    told = told_by(seeds, likes, played)
    assert told[:6] == [900, 901, 0, 500, 1, 501]
    assert len(told) == MOST_SONGS
    assert told_by(seeds, likes, [5])[:5] == [900, 901, 0, 5, 1]


def test_each_taste_gets_its_share_of_the_places() -> None:
    rock, jazz = Ranking(list(range(100, 110)), [0.9] * 10), Ranking(list(range(200, 210)), [0.8] * 10)
    mixed = interleave([rock, jazz], [0.75, 0.25])
    assert sum(row < 200 for row in mixed.rows[:8]) == 6
    assert mixed.rows[0] == 100
    assert [row for row in mixed.rows if row >= 200] == jazz.rows
    assert mixed.scores[mixed.rows.index(200)] == 0.8
