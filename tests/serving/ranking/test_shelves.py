"""Shelves and rankings without HTTP: what a page is made of."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from artifact_set import ArtifactSet, open_set
from serving.ranking.page import Page, near
from serving.ranking.recommender import Ranking, Recommender
from serving.ranking.shelves import build_shelves
from tests.serving.two_camps import SONGS, jazz, rock


@pytest.fixture(scope="module")
def opened(artifacts: Path) -> ArtifactSet:
    return open_set(artifacts / "current")


@pytest.fixture(scope="module")
def recommender(opened: ArtifactSet) -> Recommender:
    return Recommender(opened.vectors, opened.songs.listeners)


def _rows(*song_ids: str) -> list[int]:
    return [SONGS.index(song_id) for song_id in song_ids]


def test_order_of_seeds_does_not_matter_to_the_last_bit(recommender: Recommender) -> None:
    seeds = _rows(rock(3), jazz(4), rock(11), rock(20), jazz(29))
    forwards = recommender.for_profile(seeds, [], 2.0, 30)
    assert recommender.for_profile(seeds[::-1], [], 2.0, 30) == forwards


def test_scores_fall_and_stay_within_0_and_1(recommender: Recommender) -> None:
    ranking = recommender.similar(0, 59)
    assert all(a >= b for a, b in pairwise(ranking.scores))
    assert 0 <= ranking.scores[-1] <= ranking.scores[0] <= 1


def test_likes_of_weight_zero_count_nothing(recommender: Recommender) -> None:
    seeds, likes = _rows(rock(10), rock(11)), _rows(jazz(3))
    without = recommender.for_profile(seeds, [], 0.0, 10, exclude=likes)
    assert recommender.for_profile(seeds, likes, 0.0, 10) == without
    assert recommender.for_profile([], likes, 0.0, 10) == Ranking([], [])


def test_recommend_falls_back_to_popular_songs(recommender: Recommender) -> None:
    assert recommender.recommend([], [], 2.0, 3).rows == [0, 1, 2]
    assert recommender.recommend([], _rows(SONGS[1]), 0.0, 3).rows == [0, 2, 3]


def test_what_scores_nothing_but_the_noise_of_sums_is_not_near() -> None:
    assert near(Ranking([4, 9, 2], [0.5, 0.01, 3e-7])) == Ranking([4, 9], [0.5, 0.01])


def test_more_than_there_is_gives_all_there_is(recommender: Recommender) -> None:
    assert len(recommender.popular(1000).rows) == 60
    assert len(recommender.for_profile([0], [], 1.0, 1000).rows) == 59
    assert recommender.similar(0, 5, exclude=range(60)).rows == []


def test_the_long_tail_begins_after_half_of_all_listeners(opened: ArtifactSet, recommender: Recommender) -> None:
    listeners = opened.songs.listeners
    tail = recommender.long_tail
    assert listeners[:tail].sum() >= listeners.sum() / 2 > listeners[: tail - 1].sum()


def test_a_catalog_nobody_played_has_a_ranking_still() -> None:
    class NoVectors:
        def __len__(self) -> int:
            return 3

    silent = Recommender(NoVectors(), np.zeros(3, np.int64))  # type: ignore[arg-type]
    assert silent.popular(2) == Ranking([0, 1], [0.0, 0.0])


def test_a_page_never_repeats_a_song_or_shows_an_empty_shelf(opened: ArtifactSet, recommender: Recommender) -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        chosen = [int(row) for row in random.permutation(60)]
        seeds, likes = chosen[: random.integers(0, 6)], chosen[6 : random.integers(6, 60)]
        page = Page(opened.songs, recommender, seeds, likes, 2.0, k=int(random.integers(1, 30)))
        shelves = build_shelves(page)
        shown = [row for shelf in shelves for row in shelf.ranking.rows]
        assert len(shown) == len(set(shown))
        assert not set(shown) & {*seeds, *likes}
        assert all(shelf.ranking.rows for shelf in shelves)
        assert len({shelf.id for shelf in shelves}) == len(shelves)


def test_because_you_like_does_not_show_the_other_camp(opened: ArtifactSet, recommender: Recommender) -> None:
    page = Page(opened.songs, recommender, _rows(rock(0), rock(1), rock(2)), [], 2.0, k=20)
    for shelf in build_shelves(page):
        if shelf.id.startswith("because_you_like:"):
            assert min(shelf.ranking.scores) > 0


def test_a_listener_of_two_camps_gets_a_mix_for_each_and_both_in_made_for_you(
    opened: ArtifactSet, recommender: Recommender
) -> None:
    likes = _rows(*(rock(p) for p in range(12)), *(jazz(p) for p in range(10)))
    shelves = {shelf.id: shelf for shelf in build_shelves(Page(opened.songs, recommender, [], likes, 2.0, k=6))}
    made = shelves["made_for_you"].ranking.rows
    assert {row % 2 for row in made} == {0, 1}  # rock songs have even rows, jazz songs odd ones
    assert {row % 2 for row in shelves["mix:1"].ranking.rows} == {0}
    assert {row % 2 for row in shelves["mix:2"].ranking.rows} == {1}
    assert shelves["mix:1"].title.text == "Mix: Radiohead, Muse, Placebo"
    assert (
        shelves["mix:2"].reason.text == "Around 10 songs you chose, by Miles Davis, Nina Simone, Bill Evans and others"
    )


def test_a_listener_of_one_taste_gets_no_mixes(opened: ArtifactSet, recommender: Recommender) -> None:
    shelves = build_shelves(Page(opened.songs, recommender, [], _rows(*(rock(p) for p in range(24))), 2.0, k=6))
    assert not [shelf.id for shelf in shelves if shelf.id.startswith("mix:")]
