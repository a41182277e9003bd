"""Onboarding: seeds in, songs out, and the seeds stay."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import Listener
from tests.serving.two_camps import JAZZ_ARTISTS, jazz, rock

THREE = [rock(10), rock(11), rock(12)]


def _post(listener: Listener, seeds: object, **params: int) -> httpx.Response:
    return listener.http.post("/recommendations/cold-start", json={"seeds": seeds}, params=params)


def test_three_rock_songs_give_the_rock_songs_around_them(listener: Listener) -> None:
    answer = _post(listener, THREE, limit=4)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    # their mean lies at 6.63 degrees: then come 9 (4.5), 13 (9.1), 8 (3.6), 7 (2.8)
    assert [item["song_id"] for item in items] == [rock(9), rock(13), rock(8), rock(7)]
    scores = [item["score"] for item in items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_seeds_are_never_recommended(listener: Listener) -> None:
    items = _post(listener, THREE, limit=57).json()["items"]
    assert len(items) == 57
    assert not {item["song_id"] for item in items} & set(THREE)


def test_seeds_may_be_ids_names_or_nearly_right(listener: Listener) -> None:
    sent = [rock(0), {"artist": "sigur ros", "track": "diamond"}, "husker du - flint", "Duo - Trio - Elm"]
    answer = _post(listener, sent).json()
    assert [one["input"] for one in answer["resolved"]] == sent
    assert [one["song"]["song_id"] for one in answer["resolved"]] == [rock(0), rock(3), rock(5), jazz(4)]
    assert answer["resolved"][3]["song"]["artist"] == "Duo - Trio"
    assert answer["unresolved"] == []


def test_what_the_catalog_does_not_have_is_listed_and_the_rest_is_kept(listener: Listener) -> None:
    answer = _post(listener, [*THREE, "Zappa - Peaches"])
    assert answer.status_code == 200
    assert answer.json()["unresolved"] == ["Zappa - Peaches"]
    kept = listener.http.get("/me/seeds").json()
    assert kept["onboarded"] is True
    assert [song["song_id"] for song in kept["seeds"]] == THREE


def test_fewer_than_three_known_seeds_are_422_and_nothing_is_kept(listener: Listener) -> None:
    answer = _post(listener, [rock(0), {"artist": "Zappa", "track": "Peaches"}, rock(1), "Nobody - Nothing"])
    assert answer.status_code == 422
    assert "'Zappa - Peaches'" in answer.json()["detail"]
    assert "'Nobody - Nothing'" in answer.json()["detail"]
    assert [error["loc"] for error in answer.json()["errors"]] == [["body", "seeds", 1], ["body", "seeds", 3]]
    assert listener.http.get("/me/seeds").json() == {"onboarded": False, "seeds": []}
    assert listener.http.get("/me").json()["onboarded"] is False


def test_two_spellings_of_one_song_are_422_and_named(listener: Listener) -> None:
    answer = _post(listener, [rock(0), "radiohead - AMBER", rock(1), rock(2)])
    assert answer.status_code == 422
    assert "'Radiohead - Amber' and 'radiohead - AMBER' are the same song" in answer.json()["detail"]
    assert listener.http.get("/me").json()["onboarded"] is False


@pytest.mark.parametrize(
    "seeds",
    [
        [],
        THREE[:2],
        [rock(p) for p in range(6)],
        None,
        "Radiohead - Amber",
        [1, 2, 3],
        [None] * 3,
        [{"artist": "Muse"}] * 3,
        [*THREE, "a\0b"],
        [*THREE, ""],
        [*THREE, "x" * 2001],
    ],
)
def test_seeds_of_the_wrong_number_or_kind_are_422(listener: Listener, seeds: object) -> None:
    answer = _post(listener, seeds)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][:2] == ["body", "seeds"]
    assert listener.http.get("/me").json()["onboarded"] is False


@pytest.mark.parametrize(
    ("seed", "place", "detail"),
    [
        (5, [], "seeds: should be a song_id, or an object with artist and track"),
        ("x" * 2001, [], "seeds: String should have at most 2000 characters"),
        ("é" * 1001, [], "seeds: must have at most 2,000 bytes in UTF-8"),
        ({"artist": "Muse"}, ["track"], "seeds.track: Field required"),
        ({"artist": 5, "track": "Dune"}, ["artist"], "seeds.artist: Input should be a valid string"),
    ],
)
def test_a_wrong_seed_is_named_by_its_place_in_the_body(
    listener: Listener, seed: object, place: list[str], detail: str
) -> None:
    answer = _post(listener, [*THREE, seed]).json()
    assert answer["detail"] == detail
    assert [error["loc"] for error in answer["errors"]] == [["body", "seeds", 3, *place]]


def test_same_seeds_in_another_order_and_spelling_give_the_same_items(listener: Listener) -> None:
    first = _post(listener, THREE).json()
    again = _post(listener, [THREE[2], THREE[0].lower(), THREE[1]])
    assert again.status_code == 200
    assert again.json()["items"] == first["items"]


def test_likes_do_not_change_the_answer_to_the_seeds(listener: Listener) -> None:
    first = _post(listener, THREE).json()
    listener.http.post("/me/likes", json={"song_id": jazz(0)})
    assert _post(listener, THREE).json() == first


def test_other_seeds_are_409_until_one_starts_over(listener: Listener) -> None:
    _post(listener, THREE)
    others = [jazz(0), jazz(1), jazz(2)]
    refused = _post(listener, others)
    assert refused.status_code == 409
    assert "DELETE /me/seeds" in refused.json()["detail"]
    assert [song["song_id"] for song in listener.http.get("/me/seeds").json()["seeds"]] == THREE

    assert listener.http.delete("/me/seeds").status_code == 204
    assert listener.http.get("/me").json()["onboarded"] is False
    fresh = _post(listener, others, limit=5).json()
    assert {item["artist"] for item in fresh["items"]} <= set(JAZZ_ARTISTS)


def test_of_concurrent_different_seeds_one_wins_and_all_agree(newcomer: Callable[..., Listener]) -> None:
    for _ in range(5):
        listener = newcomer()
        choices = [[rock(p), rock(p + 1), rock(p + 2)] for p in range(8)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda seeds, who=listener: _post(who, seeds).status_code, choices))
        assert sorted(answers) == [200] + [409] * 7
        kept = [song["song_id"] for song in listener.http.get("/me/seeds").json()["seeds"]]
        assert kept == choices[answers.index(200)]
