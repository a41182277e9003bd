"""Choosing the first songs, and choosing others later."""

from pathlib import Path

import httpx
import pytest

from tests.conftest import Listener, serving, sign_up
from tests.serving import two_camps
from tests.serving.two_camps import JAZZ_ARTISTS, ROCK_ARTISTS, SONGS, jazz, rock

THREE = [rock(10), rock(11), rock(12)]


def _suggested(http: httpx.Client, **params: int | list[str]) -> list[dict[str, str]]:
    answer = http.get("/onboarding/suggestions", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_suggestions_are_known_songs_of_every_taste_one_an_artist(http: httpx.Client) -> None:
    items = _suggested(http, limit=12)
    assert items[0]["song_id"] == SONGS[0]
    assert {items[0]["artist"], items[1]["artist"]} <= {"Radiohead", *JAZZ_ARTISTS}  # the second is of the other camp
    assert {item["artist"] for item in items} == {*ROCK_ARTISTS, *JAZZ_ARTISTS}


def test_with_every_pick_more_of_them_are_near_to_what_was_picked(http: httpx.Client) -> None:
    def jazzy(picked: list[str]) -> int:
        # of the artists that are not picked: an artist comes a second time only after all others
        return sum(item["artist"] in JAZZ_ARTISTS for item in _suggested(http, limit=6, picked=picked))

    counts = [jazzy([jazz(p) for p in range(n)]) for n in (1, 2)]
    assert counts[0] >= 3
    assert counts[1] >= counts[0]


def test_nothing_that_was_picked_is_suggested_again(http: httpx.Client) -> None:
    picked = [rock(0), jazz(0), "Nobody - Nothing"]
    items = _suggested(http, limit=100, picked=picked)
    assert len(items) == len({item["song_id"] for item in items}) == len(SONGS) - 2
    assert not {item["song_id"] for item in items} & set(picked)


def test_suggestions_are_the_same_for_everybody_and_kept(http: httpx.Client) -> None:
    first = http.get("/onboarding/suggestions")
    known = {"If-None-Match": first.headers["ETag"]}
    assert http.get("/onboarding/suggestions", headers=known).status_code == 304
    assert http.get("/onboarding/suggestions", params={"picked": ["x"] * 51}).status_code == 422


def _kept(listener: Listener) -> list[str]:
    return [song["song_id"] for song in listener.http.get("/me/seeds").json()["seeds"]]


def test_seeds_are_replaced_at_once(listener: Listener) -> None:
    listener.http.post("/recommendations/cold-start", json={"seeds": THREE})
    others = [jazz(0), {"artist": "nina simone", "track": "birch"}, jazz(2), "Nobody - Nothing"]
    answer = listener.http.put("/me/seeds", json={"seeds": others})
    assert answer.status_code == 200, answer.text
    assert answer.json()["unresolved"] == ["Nobody - Nothing"]
    assert answer.json()["onboarded"] is True
    assert _kept(listener) == [jazz(0), jazz(1), jazz(2)]
    made = listener.http.get("/recommendations/categories", params={"limit": 5}).json()["shelves"][0]["items"]
    assert {item["artist"] for item in made} <= set(JAZZ_ARTISTS)


def test_seeds_can_be_put_before_there_are_any(listener: Listener) -> None:
    assert listener.http.put("/me/seeds", json={"seeds": THREE}).status_code == 200
    assert listener.http.get("/me").json()["onboarded"] is True


@pytest.mark.parametrize(
    ("seeds", "code"),
    [
        (THREE[:2], "too_few_seeds"),
        ([rock(p) for p in range(6)], "too_long"),
        ([rock(0), "Nobody - Nothing", "Nobody - Else"], "song_unknown"),
        ([rock(0), rock(0), rock(1), rock(2)], "same_seed_twice"),
    ],
)
def test_seeds_that_make_no_profile_replace_nothing(listener: Listener, seeds: list[str], code: str) -> None:
    listener.http.put("/me/seeds", json={"seeds": THREE})
    answer = listener.http.put("/me/seeds", json={"seeds": seeds})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert _kept(listener) == THREE


def test_seeds_that_left_the_catalog_lock_nobody_out(tmp_path: Path, artifacts: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db"}
    with serving(tmp_path, settings | {"ARTIFACTS_DIR": str(artifacts)}) as first, first.client() as http:
        listener = sign_up(http)
        seeds = {"seeds": [rock(28), rock(29), rock(0)]}
        assert listener.http.post("/recommendations/cold-start", json=seeds).status_code == 200
        listener.http.close()
    two_camps.complete(tmp_path / "smaller", per_camp=10)
    smaller = settings | {"ARTIFACTS_DIR": str(tmp_path / "smaller")}
    own = {"Authorization": f"Bearer {listener.token}"}
    with serving(tmp_path, smaller) as second, second.client() as http:
        others = {"seeds": [jazz(0), jazz(1), jazz(2)]}
        assert http.post("/recommendations/cold-start", json=others, headers=own).status_code == 200
        kept = http.get("/me/seeds", headers=own).json()["seeds"]
        assert [song["song_id"] for song in kept] == others["seeds"]
        again = {"seeds": [rock(0), rock(1), rock(2)]}
        assert http.post("/recommendations/cold-start", json=again, headers=own).status_code == 409
