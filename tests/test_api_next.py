"""What follows a queue, and what stands behind a shelf."""

from collections import Counter

import httpx
import pytest

from tests.conftest import Listener
from tests.serving.two_camps import SONGS, rock


def _next(http: httpx.Client, recent: list[str], **body: object) -> list[dict[str, object]]:
    answer = http.post("/recommendations/next", json={"recent": recent, **body})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def _ids(items: list[dict[str, object]]) -> list[str]:
    return [str(item["song_id"]) for item in items]


def test_what_follows_one_song_is_what_is_nearest_to_it(http: httpx.Client) -> None:
    items = _next(http, [rock(10)], limit=4)
    assert _ids(items) == [rock(9), rock(11), rock(8), rock(12)]
    assert {item["because"] for item in items} == {rock(10)}
    assert set(items[0]) == {"song_id", "artist", "track", "score", "because"}


def test_newer_songs_of_the_queue_weigh_more(http: httpx.Client) -> None:
    # at 0 and 43.5 degrees: the weighted mean lies at 19.3 or 24.2, between songs 19 and 20 or 21 and 22
    to_first = _next(http, [rock(29), rock(0)], limit=1)
    to_last = _next(http, [rock(0), rock(29)], limit=1)
    assert _ids(to_first)[0] in (rock(19), rock(20))
    assert _ids(to_last)[0] in (rock(21), rock(22))
    assert [item["because"] for item in to_first + to_last] == [rock(0), rock(29)]
    assert _next(http, [rock(29), rock(0), rock(29)], limit=1) == to_last


def test_an_endless_queue_has_no_song_twice_and_no_artist_too_often(http: httpx.Client) -> None:
    queue = [rock(0)]
    while len(queue) < 41:
        recent, before = queue[-20:], queue[:-20]
        queue += _ids(_next(http, recent, exclude=before, limit=5))
    assert len(set(queue)) == len(queue)
    artists = [song_id.rpartition(" - ")[0] for song_id in queue]
    for start in range(len(queue) - 19):
        assert max(Counter(artists[start : start + 20]).values()) <= 2


def test_a_queue_goes_on_to_the_last_song_of_the_catalog(http: httpx.Client) -> None:
    assert sorted(_ids(_next(http, [rock(0)], limit=100))) == sorted(set(SONGS) - {rock(0)})
    assert _next(http, SONGS[:20], exclude=SONGS[20:]) == []


def test_what_is_hidden_follows_only_for_others(http: httpx.Client, listener: Listener) -> None:
    listener.http.put("/me/hidden", json={"song_id": rock(9)})
    listener.http.put("/me/hidden", json={"artist": "Hüsker Dü"})
    mine, others = _ids(_next(listener.http, [rock(10)], limit=6)), _ids(_next(http, [rock(10)], limit=6))
    assert rock(9) not in mine
    assert rock(11) not in mine
    assert {rock(9), rock(11)} <= set(others)


def test_songs_that_the_catalog_lacks_are_passed_over(http: httpx.Client) -> None:
    known = _next(http, [rock(10)], limit=3)
    assert _next(http, ["Nobody - Nothing", rock(10)], exclude=["Nobody - Else"], limit=3) == known
    answer = http.post("/recommendations/next", json={"recent": ["Nobody - Nothing"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "song_unknown")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"recent": []},
        {"recent": SONGS[:21]},
        {"recent": [rock(0)], "exclude": ["x"] * 501},
        {"recent": [rock(0)], "limit": 0},
    ],
)
def test_a_queue_of_the_wrong_size_is_422(http: httpx.Client, body: object) -> None:
    assert http.post("/recommendations/next", json=body).status_code == 422


def test_a_token_that_is_no_longer_good_is_not_taken_for_nobody(http: httpx.Client) -> None:
    bad = {"Authorization": "Bearer x"}
    assert http.post("/recommendations/next", json={"recent": [rock(0)]}, headers=bad).status_code == 401


def _onboard(listener: Listener) -> None:
    seeds = {"seeds": [rock(10), rock(11), rock(12)]}
    assert listener.http.post("/recommendations/cold-start", json=seeds).status_code == 200


def test_a_shelf_goes_on_where_the_page_ends_and_nothing_comes_twice(listener: Listener) -> None:
    _onboard(listener)
    page = listener.http.get("/recommendations/categories", params={"limit": 3}).json()["shelves"]
    shown = {item["song_id"] for shelf in page for item in shelf["items"]}
    for shelf in page:
        seen = [item["song_id"] for item in shelf["items"]]
        cursor = shelf["next_cursor"]
        while cursor is not None:
            params = {"id": shelf["id"], "cursor": cursor}
            more = listener.http.get("/recommendations/shelf", params=params).json()
            assert (more["id"], more["title"], more["reason"]) == (shelf["id"], shelf["title"], shelf["reason"])
            assert not {item["song_id"] for item in more["items"]} & shown
            seen += [item["song_id"] for item in more["items"]]
            cursor = more["next_cursor"]
        assert len(seen) == len(set(seen)) >= len(shelf["items"])
    popular = listener.http.get("/recommendations/shelf", params={"id": "popular", "limit": 3}).json()
    assert [item["song_id"] for item in popular["items"]] == [
        item["song_id"] for shelf in page if shelf["id"] == "popular" for item in shelf["items"]
    ]


def test_a_shelf_that_the_page_has_not_is_404(listener: Listener) -> None:
    answer = listener.http.get("/recommendations/shelf", params={"id": "made_for_you"})
    assert (answer.status_code, answer.json()["code"]) == (404, "shelf_unknown")


@pytest.mark.parametrize("cursor", ["", "x", "WzAsMF0=", "WzEwMSwwXQ==", "WzEsMl0"])
def test_a_cursor_of_no_shelf_is_422(listener: Listener, cursor: str) -> None:
    answer = listener.http.get("/recommendations/shelf", params={"id": "popular", "cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def test_the_page_is_sent_once_and_again_only_when_it_changes(listener: Listener) -> None:
    _onboard(listener)
    first = listener.http.get("/recommendations/categories")
    assert first.json()["generated_at"].endswith("Z")
    known = {"If-None-Match": first.headers["ETag"]}
    for _ in range(5):  # whichever worker
        assert listener.http.get("/recommendations/categories", headers=known).status_code == 304
    assert listener.http.get("/recommendations/categories", params={"limit": 3}, headers=known).status_code == 200
    listener.http.put("/me/hidden", json={"song_id": rock(0)})
    assert listener.http.get("/recommendations/categories", headers=known).status_code == 200


def test_titles_and_reasons_come_in_parts_for_translators(listener: Listener) -> None:
    _onboard(listener)
    listener.http.post("/me/likes", json={"song_id": rock(3)})
    shelves = listener.http.get("/recommendations/categories", params={"limit": 2}).json()["shelves"]
    assert shelves[0]["reason"] == {
        "code": "near_chosen_and_liked",
        "text": "Near the 3 songs you chose and 1 you like",
        "song": None,
        "artists": [],
        "count": 3,
        "liked": 1,
    }
    assert shelves[1]["title"]["code"] == "because_you_like"
    assert shelves[1]["title"]["song"]["song_id"] == rock(3)
    more = next(shelf for shelf in shelves if shelf["id"].startswith("more_of:"))
    assert more["title"]["artists"] == [more["id"].removeprefix("more_of:")]
