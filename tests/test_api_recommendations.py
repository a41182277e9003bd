"""Up next and For you, on data a reader can solve by hand."""

from collections import Counter
from typing import Any

import httpx
import pytest

from tests.conftest import Listener
from tests.serving.two_camps import JAZZ_ARTISTS, ROCK_ARTISTS, SONGS, jazz, rock


def _similar(http: httpx.Client, song_id: str, **params: int | list[str]) -> list[str]:
    answer = http.get("/recommendations/similar", params={"song_id": song_id, **params})
    assert answer.status_code == 200, answer.text
    assert answer.json()["song"]["song_id"] == song_id
    return [item["song_id"] for item in answer.json()["items"]]


def _shelves(listener: Listener, limit: int = 5) -> list[dict[str, Any]]:
    answer = listener.http.get("/recommendations/categories", params={"limit": limit})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["shelves"])


def _ids(shelf: dict[str, Any]) -> list[str]:
    return [item["song_id"] for item in shelf["items"]]


def _onboard(listener: Listener, *seeds: str) -> None:
    assert listener.http.post("/recommendations/cold-start", json={"seeds": seeds}).status_code == 200


def test_similar_songs_are_the_neighbours_on_the_arc(http: httpx.Client) -> None:
    assert _similar(http, rock(10), limit=4) == [rock(9), rock(11), rock(8), rock(12)]
    assert _similar(http, jazz(10), limit=4) == [jazz(9), jazz(11), jazz(8), jazz(12)]


def test_similar_never_holds_the_song_itself_nor_what_is_excluded(http: httpx.Client) -> None:
    assert _similar(http, rock(10), limit=3, exclude=[rock(9), rock(8), "Nobody - Nothing"]) == [
        rock(11),
        rock(12),
        rock(7),
    ]
    rest = _similar(http, rock(10), limit=100)
    assert sorted(rest) == sorted(set(SONGS) - {rock(10)})


def test_similar_still_fills_the_queue_when_nearly_all_is_excluded(http: httpx.Client) -> None:
    assert _similar(http, rock(0), limit=5, exclude=SONGS[:57]) == [rock(29), jazz(28), jazz(29)]


def test_similar_to_an_unknown_song_is_404_and_names_it(http: httpx.Client) -> None:
    answer = http.get("/recommendations/similar", params={"song_id": "Nobody - Nothing"})
    assert answer.status_code == 404
    assert "'Nobody - Nothing'" in answer.json()["detail"]


def test_a_listener_without_seeds_gets_popular_songs(listener: Listener) -> None:
    shelves = _shelves(listener)
    assert [shelf["id"] for shelf in shelves] == ["popular"]
    assert _ids(shelves[0]) == SONGS[:5]


def test_the_page_has_every_shelf_in_order(listener: Listener) -> None:
    _onboard(listener, rock(10), rock(11), rock(12))
    assert [(shelf["id"], shelf["title"]["text"]) for shelf in _shelves(listener)] == [
        ("made_for_you", "Made for you"),
        (f"because_you_like:{rock(10)}", "Because you like Kyanite"),
        (f"because_you_like:{rock(11)}", "Because you like Lapis"),
        (f"because_you_like:{rock(12)}", "Because you like Marble"),
        ("more_of:Pixies", "More of Pixies"),
        ("more_of:Hüsker Dü", "More of Hüsker Dü"),
        ("popular", "Popular"),
        ("hidden_gems", "Hidden gems"),
    ]


def test_made_for_you_is_what_lies_nearest_to_the_seeds(listener: Listener) -> None:
    _onboard(listener, rock(10), rock(11), rock(12))
    made = _shelves(listener)[0]
    assert _ids(made)[:4] == [rock(9), rock(13), rock(8), rock(7)]
    assert made["reason"]["text"] == "Near the 3 songs you chose"


def test_no_song_stands_on_the_page_twice_and_no_seed_or_like(listener: Listener) -> None:
    _onboard(listener, rock(10), rock(11), jazz(12))
    for song_id in (rock(3), jazz(4), jazz(5)):
        listener.http.post("/me/likes", json={"song_id": song_id})
    for limit in (1, 5, 20, 100):
        shown = [song_id for shelf in _shelves(listener, limit) for song_id in _ids(shelf)]
        assert len(shown) == len(set(shown))
        assert not set(shown) & {rock(10), rock(11), jazz(12), rock(3), jazz(4), jazz(5)}
        assert all(shelf["items"] and len(shelf["items"]) <= limit for shelf in _shelves(listener, limit))


def test_a_like_changes_the_shelves(listener: Listener) -> None:
    _onboard(listener, rock(10), rock(11), rock(12))
    before = _shelves(listener)
    first = _ids(before[0])[0]
    listener.http.post("/me/likes", json={"song_id": first})
    after = _shelves(listener)
    assert first not in {song_id for shelf in after for song_id in _ids(shelf)}
    assert after[1]["id"] == f"because_you_like:{first}"
    assert after[0]["reason"]["text"] == "Near the 3 songs you chose and 1 you like"

    listener.http.delete("/me/likes", params={"song_id": first})
    assert _shelves(listener) == before


def test_likes_weigh_twice_as_much_as_seeds(listener: Listener) -> None:
    _onboard(listener, rock(0), rock(1), rock(2))
    for p in range(4):
        listener.http.post("/me/likes", json={"song_id": jazz(p)})
    # 3 seeds weigh 3 along the first axis, 4 likes 8 along the second: the profile points into the jazz camp
    assert {item["artist"] for item in _shelves(listener)[0]["items"]} <= set(JAZZ_ARTISTS)


def test_likes_alone_make_a_taste(listener: Listener) -> None:
    listener.http.post("/me/likes", json={"song_id": jazz(10)})
    made = _shelves(listener)[0]
    assert made["reason"]["text"] == "Near the 1 song you like"
    assert _ids(made)[:2] == [jazz(9), jazz(11)]


def test_more_of_an_artist_holds_that_artist_only_most_popular_first(listener: Listener) -> None:
    _onboard(listener, rock(0), rock(6), jazz(0))  # two by Radiohead, one by Miles Davis
    shelves = {shelf["id"]: shelf for shelf in _shelves(listener, 1)}
    more = shelves["more_of:Radiohead"]
    assert {item["artist"] for item in more["items"]} == {"Radiohead"}
    assert more["reason"]["text"] == "2 songs by Radiohead among those you chose"


def test_hidden_gems_are_near_the_profile_and_outside_the_popular_half(listener: Listener) -> None:
    _onboard(listener, rock(0), rock(1), rock(2))
    gems = _shelves(listener)[-1]
    assert gems["id"] == "hidden_gems"
    # listeners fall evenly from 60 to 1: rows 0 to 17 have half of them, so a gem is in row 18 or later
    assert all(SONGS.index(song_id) >= 18 for song_id in _ids(gems))
    assert {item["artist"] for item in gems["items"]} <= set(ROCK_ARTISTS)


def test_mixed_shelves_spread_artists(listener: Listener) -> None:
    _onboard(listener, rock(10), rock(11), rock(12))
    made = _shelves(listener, 10)[0]
    assert len(made["items"]) == 10
    assert max(Counter(item["artist"] for item in made["items"]).values()) <= 2


@pytest.mark.parametrize("limit", [0, 101, -1, "x", "", 10**30])
@pytest.mark.parametrize("path", ["/recommendations/similar?song_id=Muse+-+Basalt", "/recommendations/categories"])
def test_limit_outside_1_to_100_is_422(listener: Listener, path: str, limit: object) -> None:
    join = "&" if "?" in path else "?"
    answer = listener.http.get(f"{path}{join}limit={limit}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", "limit"]


def test_up_next_and_you_might_like_name_no_artist_a_third_time_where_there_is_choice(
    http: httpx.Client, listener: Listener
) -> None:
    similar = http.get("/recommendations/similar", params={"song_id": rock(3), "limit": 12}).json()["items"]
    seeds = {"seeds": [rock(0), rock(1), rock(2)]}
    started = listener.http.post("/recommendations/cold-start", params={"limit": 12}, json=seeds).json()["items"]
    for items in (similar, started):
        assert max(Counter(item["artist"] for item in items).values()) == 2  # six artists with five songs each
