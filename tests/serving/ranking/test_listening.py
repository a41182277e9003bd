"""What a listener played as part of the profile, and the shelves of known songs."""

from pathlib import Path

import pytest

from artifact_set import ArtifactSet, open_set
from serving.ranking.listening import PROFILE_SONGS, Heard, HeardSong, say
from serving.ranking.page import Page
from serving.ranking.recommender import Recommender
from serving.ranking.shelves import Shelf, build_shelves
from tests.serving.two_camps import SONGS, jazz, rock

DAY = 86_400_000
NOW = 20_000 * DAY


@pytest.fixture(scope="module")
def opened(artifacts: Path) -> ArtifactSet:
    return open_set(artifacts / "current")


@pytest.fixture(scope="module")
def recommender(opened: ArtifactSet) -> Recommender:
    return Recommender(opened.vectors, opened.songs.popularity)


def row(song_id: str) -> int:
    return SONGS.index(song_id)


def played(
    song_id: str, plays: int = 1, recent: int | None = None, days: float = 1, weight: float | None = None
) -> HeardSong:
    fresh = plays if recent is None else recent
    worth = float(plays) if weight is None else weight
    return HeardSong(row(song_id), plays, fresh, int(NOW - days * DAY), worth, worth if days > 7 else 0.0)


def heard(*songs: HeardSong, weight: float = 1.0) -> Heard:
    return Heard(songs, NOW, 30.0, weight)


def page(opened: ArtifactSet, recommender: Recommender, what: Heard, **chosen: list[int]) -> dict[str, Shelf]:
    seeds, likes = chosen.get("seeds", []), chosen.get("likes", [])
    shelves = build_shelves(Page(opened.songs, recommender, seeds, likes, 2.0, 5, heard=what))
    rows = [one for shelf in shelves for one in shelf.ranking.rows]
    assert len(rows) == len(set(rows)), "a song stands on the page twice"
    assert not {*seeds, *likes} & set(rows)
    return {shelf.id: shelf for shelf in shelves}


def test_one_fresh_play_counts_as_the_setting_says_and_many_grow_slowly() -> None:
    assert heard(played(rock(1)), weight=0.5).profile == {row(rock(1)): 0.5}
    assert say(3.0) == 2.0
    assert say(-1.0) == -1.0


def test_a_weight_of_zero_leaves_listens_out_of_the_profile() -> None:
    assert heard(played(rock(1)), weight=0.0).profile == {}


def test_the_profile_is_made_of_the_songs_that_count_most() -> None:
    many = Heard([HeardSong(i, 1, 1, NOW, float(i), 0.0) for i in range(PROFILE_SONGS + 50)], NOW, 30.0, 1.0)
    assert set(many.profile) == set(range(50, PROFILE_SONGS + 50))


def test_what_is_played_moves_the_profile_and_is_not_recommended(recommender: Recommender) -> None:
    rocks = recommender.for_profile([row(rock(5))], [], 2.0, 10)
    moved = recommender.for_profile([row(rock(5))], [], 2.0, 10, listened={row(jazz(5)): 9.0})
    assert all(one % 2 == 0 for one in rocks.rows)
    assert all(one % 2 == 1 for one in moved.rows[:5])
    assert row(jazz(5)) not in moved.rows


def test_what_was_played_lately_is_no_discovery_though_it_makes_no_profile(
    opened: ArtifactSet, recommender: Recommender
) -> None:
    seeds = [row(rock(5))]
    shelves = page(opened, recommender, heard(played(rock(6)), weight=0.0), seeds=seeds)
    made = shelves["made_for_you"].ranking.rows
    assert row(rock(4)) in made
    assert row(rock(6)) not in made


def test_skips_move_the_profile_away(recommender: Recommender) -> None:
    seeds = [row(rock(5)), row(jazz(5))]
    away = recommender.for_profile(seeds, [], 2.0, 8, listened={row(jazz(6)): -0.9})
    assert all(one % 2 == 0 for one in away.rows)


def test_skips_move_the_taste_away_that_they_are_nearest_to(opened: ArtifactSet, recommender: Recommender) -> None:
    seeds = [row(song(p)) for song in (rock, jazz) for p in (*range(6), *range(24, 30))]
    skipped = row(jazz(23))

    def near_each(*songs: HeardSong) -> list[list[int]]:
        made = Page(opened.songs, recommender, seeds, [], 2.0, 5, heard=heard(*songs))
        nearest = [made.near_taste(place).rows[:5] for place in range(len(made.tastes))]
        return sorted(nearest, key=lambda rows: rows[0] % 2)  # rock's rows are even

    rock_before, jazz_before = near_each()
    rock_after, jazz_after = near_each(played(jazz(23), plays=0, recent=0, weight=-7.0))
    assert rock_after == rock_before
    assert skipped not in jazz_before
    assert sum(jazz_after) < sum(jazz_before)  # further down the arc


def test_only_skips_are_no_profile(recommender: Recommender) -> None:
    assert recommender.for_profile([], [], 2.0, 8, listened={row(jazz(6)): -3.0}).rows == []


def test_without_listens_the_page_is_as_it_was(opened: ArtifactSet, recommender: Recommender) -> None:
    seeds = [row(rock(2)), row(rock(9)), row(jazz(4))]
    plain = build_shelves(Page(opened.songs, recommender, seeds, [], 2.0, 5))
    assert list(page(opened, recommender, Heard(), seeds=seeds)) == [shelf.id for shelf in plain]
    assert {shelf.id for shelf in plain}.isdisjoint({"on_repeat", "jump_back_in", "rediscover", "new_to_you"})


def test_on_repeat_is_what_was_played_most_within_a_month(opened: ArtifactSet, recommender: Recommender) -> None:
    songs = [played(rock(p), plays=9, recent=p) for p in range(8)]
    shelf = page(opened, recommender, heard(*songs))["on_repeat"]
    assert shelf.ranking.rows == [row(rock(p)) for p in (7, 6, 5, 4, 3)]
    assert shelf.ranking.scores[0] == 1.0


def test_jump_back_in_is_what_was_played_last(opened: ArtifactSet, recommender: Recommender) -> None:
    songs = [played(rock(p), days=p) for p in range(1, 5)] + [played(rock(9), recent=0, days=60)]
    shelf = page(opened, recommender, heard(*songs))["jump_back_in"]
    assert shelf.ranking.rows == [row(rock(p)) for p in range(1, 5)]
    assert shelf.ranking.scores == sorted(shelf.ranking.scores, reverse=True)


def test_rediscover_is_what_was_played_much_and_not_for_three_months(
    opened: ArtifactSet, recommender: Recommender
) -> None:
    away = [played(rock(p), plays=p, recent=0, days=100) for p in range(3, 9)]
    lately = [played(jazz(p), plays=20, recent=0, days=80) for p in range(3)]
    shelf = page(opened, recommender, heard(*away, *lately))["rediscover"]
    assert shelf.ranking.rows == [row(rock(p)) for p in (8, 7, 6, 5)]


@pytest.mark.parametrize("songs", [0, 1, 2])
def test_too_little_is_no_shelf(opened: ArtifactSet, recommender: Recommender, songs: int) -> None:
    few = heard(*(played(rock(p), plays=9, days=d) for p in range(songs) for d in (100,)))
    shelves = page(opened, recommender, few)
    assert {"on_repeat", "jump_back_in", "rediscover", "new_to_you"}.isdisjoint(shelves)


def test_new_to_you_has_other_artists_and_stays_whatever_is_played_meanwhile(
    opened: ArtifactSet, recommender: Recommender
) -> None:
    before = [played(rock(p), days=10) for p in (0, 1, 6, 7)]  # by two artists
    one = page(opened, recommender, heard(*before))["new_to_you"]
    artists = {opened.songs.song(found).artist for found in one.ranking.rows}
    assert one.ranking.rows
    assert artists.isdisjoint({"Radiohead", "Muse"})
    meanwhile = [played(rock(2), plays=50), played(jazz(4), plays=9), *(played(jazz(p)) for p in range(10, 20))]
    later = page(opened, recommender, heard(*before, *meanwhile))
    assert later["new_to_you"].ranking == one.ranking
    liked = one.ranking.rows[1]
    without = page(opened, recommender, heard(*before, *meanwhile), likes=[liked])["new_to_you"]
    assert without.ranking.rows == [found for found in one.ranking.rows if found != liked]


def test_several_tastes_are_kept_apart(opened: ArtifactSet, recommender: Recommender) -> None:
    both = heard(*(played(song(p), plays=2) for song in (rock, jazz) for p in range(12)))
    shelves = page(opened, recommender, both)
    assert {"mix:1", "mix:2"} <= set(shelves)
    camps = [{one % 2 for one in shelves[name].ranking.rows} for name in ("mix:1", "mix:2")]
    assert sorted(map(tuple, camps)) == [(0,), (1,)]
