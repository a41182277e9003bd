"""Not for me: what is hidden is recommended nowhere, and still found."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import update

from db import Database
from models import hidden
from tests.conftest import Listener
from tests.serving.two_camps import SONGS, jazz, rock

SEEDS = [rock(10), rock(11), rock(12)]


def _hide(listener: Listener, **body: object) -> httpx.Response:
    return listener.http.put("/me/hidden", json=body)


def _page(listener: Listener) -> list[str]:
    answer = listener.http.get("/recommendations/categories", params={"limit": 100}).json()
    return [item["song_id"] for shelf in answer["shelves"] for item in shelf["items"]]


def _onboard(listener: Listener) -> list[str]:
    answer = listener.http.post("/recommendations/cold-start", json={"seeds": SEEDS}, params={"limit": 57})
    return [item["song_id"] for item in answer.json()["items"]]


def test_a_hidden_song_is_recommended_nowhere_and_still_found(listener: Listener) -> None:
    assert rock(9) in _onboard(listener)
    assert rock(9) in _page(listener)
    hidden = _hide(listener, song_id=rock(9))
    assert hidden.status_code == 200
    assert (hidden.json()["song_id"], hidden.json()["artist"], hidden.json()["until"]) == (rock(9), None, None)
    assert rock(9) not in _onboard(listener)
    assert rock(9) not in _page(listener)
    found = listener.http.get("/catalog/search", params={"q": rock(9)}).json()["items"]
    assert found[0]["song_id"] == rock(9)

    for _ in range(2):
        assert listener.http.delete("/me/hidden", params={"song_id": rock(9)}).status_code == 204
    assert rock(9) in _page(listener)


def test_all_songs_of_a_hidden_artist_are_hidden(listener: Listener) -> None:
    _onboard(listener)
    assert _hide(listener, artist="husker du").json()["artist"] == "Hüsker Dü"
    by_them = {song_id for song_id in SONGS if song_id.startswith("Hüsker Dü")}
    assert not by_them & {*_page(listener), *_onboard(listener)}
    assert listener.http.delete("/me/hidden", params={"artist": "HUSKER DU"}).status_code == 204
    assert by_them - set(SEEDS) <= set(_page(listener))


def test_a_hidden_like_names_no_shelf(listener: Listener) -> None:
    listener.http.post("/me/likes", json={"song_id": rock(3)})
    _hide(listener, song_id=rock(3))
    shelves = listener.http.get("/recommendations/categories").json()["shelves"]
    assert [shelf["id"] for shelf in shelves] == ["popular"]
    assert rock(3) not in _page(listener)


def test_what_is_hidden_until_a_moment_comes_back_after_it(listener: Listener, database_url: str) -> None:
    until = datetime.now(UTC) + timedelta(days=30)
    told = _hide(listener, song_id=rock(0), until=until.isoformat()).json()
    assert datetime.fromisoformat(told["until"]) == until
    assert rock(0) not in _page(listener)
    database = Database(database_url)
    over = update(hidden).where(hidden.c.name == rock(0)).values(until_ns=hidden.c.until_ns - 31 * 86_400 * 10**9)
    database.run_here(lambda connection: connection.execute(over))
    database.close()
    assert rock(0) in _page(listener)
    assert listener.http.get("/me/hidden").json() == {"items": [], "next_cursor": None}


def test_hiding_again_changes_until_when_and_not_its_place(listener: Listener) -> None:
    for song_id in (rock(0), jazz(0)):
        _hide(listener, song_id=song_id)
    _hide(listener, song_id=rock(0), until="2100-01-01T00:00:00Z")
    items = listener.http.get("/me/hidden").json()["items"]
    assert [(item["song_id"], item["until"]) for item in items] == [(jazz(0), None), (rock(0), "2100-01-01T00:00:00Z")]


def test_pages_hold_all_that_is_hidden_once(listener: Listener) -> None:
    for song_id in SONGS[:5]:
        _hide(listener, song_id=song_id)
    _hide(listener, artist="Muse")
    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 2}
    while True:
        page = listener.http.get("/me/hidden", params=params).json()
        seen += [item["song_id"] or item["artist"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == ["Muse", *SONGS[:5][::-1]]


def test_what_is_hidden_is_ones_own(newcomer: Callable[..., Listener], listener: Listener) -> None:
    _hide(listener, song_id=rock(0))
    other = newcomer()
    assert other.http.get("/me/hidden").json()["items"] == []
    assert rock(0) in _page(other)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "missing"),
        ({"song_id": rock(0), "artist": "Muse"}, 422, "not_a_choice"),
        ({"song_id": rock(0), "until": "2020-01-01T00:00:00Z"}, 422, "out_of_range"),
        ({"song_id": rock(0), "until": "9999-01-01T00:00:00Z"}, 422, "out_of_range"),
        ({"song_id": "Nobody - Nothing"}, 404, "song_unknown"),
        ({"artist": "Nobody"}, 404, "artist_unknown"),
        ({"artist": "!"}, 404, "artist_unknown"),
    ],
)
def test_what_cannot_be_hidden_is_told_why(listener: Listener, body: object, status: int, code: str) -> None:
    answer = listener.http.put("/me/hidden", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_showing_again_needs_either_a_song_or_an_artist(listener: Listener) -> None:
    assert listener.http.delete("/me/hidden").json()["code"] == "missing"
    both = {"song_id": rock(0), "artist": "Muse"}
    assert listener.http.delete("/me/hidden", params=both).json()["code"] == "not_a_choice"
