"""Likes: each once, newest first, page by page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import Listener
from tests.serving.two_camps import SONGS, jazz, rock


def _like(listener: Listener, song_id: object) -> httpx.Response:
    return listener.http.post("/me/likes", json={"song_id": song_id})


def _page(listener: Listener, **params: object) -> tuple[list[str], str | None]:
    answer = listener.http.get("/me/likes", params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [item["song"]["song_id"] for item in answer.json()["items"]], answer.json()["next_cursor"]


def test_a_like_is_created_once(listener: Listener) -> None:
    song = {"song_id": rock(3), "artist": "Sigur Rós", "track": "Diamond"}
    first, again = _like(listener, rock(3)), _like(listener, rock(3))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == song | {"liked_at": first.json()["liked_at"]}
    assert _page(listener) == ([rock(3)], None)


def test_a_like_taken_back_is_gone_however_often(listener: Listener) -> None:
    _like(listener, rock(3))
    for _ in range(2):
        assert listener.http.delete("/me/likes", params={"song_id": rock(3)}).status_code == 204
    assert _page(listener) == ([], None)
    assert listener.http.delete("/me/likes", params={"song_id": "Nobody - Nothing"}).status_code == 204


def test_an_unknown_song_cannot_be_liked(listener: Listener) -> None:
    answer = _like(listener, "Nobody - Nothing")
    assert answer.status_code == 404
    assert "Nobody - Nothing" in answer.json()["detail"]


def test_likes_come_newest_first_and_liking_again_moves_nothing(listener: Listener) -> None:
    for song_id in (rock(0), jazz(0), rock(1), rock(0)):
        _like(listener, song_id)
    assert _page(listener)[0] == [rock(1), jazz(0), rock(0)]


def test_pages_hold_every_like_once(listener: Listener) -> None:
    for song_id in SONGS[:25]:
        _like(listener, song_id)
    seen: list[str] = []
    items, cursor = _page(listener, limit=10)
    while cursor is not None:
        seen += items
        items, cursor = _page(listener, limit=10, cursor=cursor)
    assert [*seen, *items] == SONGS[:25][::-1]
    assert len(items) == 5


def test_a_full_last_page_has_no_next_one(listener: Listener) -> None:
    for song_id in SONGS[:4]:
        _like(listener, song_id)
    _, cursor = _page(listener, limit=2)
    assert _page(listener, limit=2, cursor=cursor) == ([SONGS[1], SONGS[0]], None)


def test_new_likes_do_not_shift_the_pages_being_read(listener: Listener) -> None:
    for song_id in SONGS[:4]:
        _like(listener, song_id)
    _, cursor = _page(listener, limit=2)
    _like(listener, SONGS[10])
    assert _page(listener, limit=2, cursor=cursor)[0] == [SONGS[1], SONGS[0]]


def test_likes_are_ones_own(newcomer: Callable[..., Listener], listener: Listener) -> None:
    _like(listener, rock(0))
    assert _page(newcomer()) == ([], None)


@pytest.mark.parametrize(
    "cursor",
    [
        "W3RydWUsICJ4Il0=",
        "",
        "x",
        "%%%",
        "W10=",
        "WzEsMl0=",
        "bnVsbA==",
        "WzFlOTksICJhIl0=",
        "WzEsICJcdTAwMDAiXQ==",
        "é",
        "W1tb" * 2500,
    ],
)
def test_a_cursor_we_did_not_make_is_422(listener: Listener, cursor: str) -> None:
    answer = listener.http.get("/me/likes", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", "cursor"]


@pytest.mark.parametrize("song_id", [None, 5, "", "a\0b", "x" * 2001, ["Muse - Basalt"], {}])
def test_what_is_no_song_id_is_422(listener: Listener, song_id: object) -> None:
    assert _like(listener, song_id).status_code == 422


def test_concurrent_double_taps_leave_one_like(listener: Listener) -> None:
    with ThreadPoolExecutor(8) as pool:
        for song_id in SONGS[:5]:
            answers = list(pool.map(lambda _, it=song_id: _like(listener, it).status_code, range(8)))
            assert sorted(answers) == [200] * 7 + [201]
    assert sorted(_page(listener)[0]) == sorted(SONGS[:5])


def test_a_song_id_that_no_index_takes_is_422_and_no_outage(listener: Listener) -> None:
    long = "".join(chr(0x4E00 + n * n % 20_000) for n in range(1_500))  # 4,500 bytes that do not compress
    assert listener.http.post("/me/likes", json={"song_id": long}).status_code == 422
    assert listener.http.delete("/me/likes", params={"song_id": long}).status_code == 422
    assert listener.http.get("/me/likes").status_code == 200


def _put_back(listener: Listener, song_id: str, liked_at: str) -> httpx.Response:
    return listener.http.post("/me/likes", json={"song_id": song_id, "liked_at": liked_at})


def test_undoing_an_unlike_keeps_the_songs_place(listener: Listener) -> None:
    for song_id in SONGS[:5]:
        _like(listener, song_id)
    before = listener.http.get("/me/likes").json()
    taken = before["items"][2]
    listener.http.delete("/me/likes", params={"song_id": taken["song"]["song_id"]})
    back = _put_back(listener, taken["song"]["song_id"], taken["liked_at"])
    assert (back.status_code, back.json()["liked_at"]) == (201, taken["liked_at"])
    assert listener.http.get("/me/likes").json() == before
    again = _put_back(listener, taken["song"]["song_id"], "2001-01-01T00:00:00Z")
    assert (again.status_code, again.json()["liked_at"]) == (200, taken["liked_at"])


@pytest.mark.parametrize(
    "moment", ["2999-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2020-01-01T00:00:00", "soon", 1e300]
)
def test_a_like_is_from_a_moment_between_1970_and_now(listener: Listener, moment: str) -> None:
    answer = _put_back(listener, rock(0), moment)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "liked_at"]
    assert "Value error" not in answer.text


def test_likes_by_name_come_in_pages_in_the_order_of_names(listener: Listener) -> None:
    for song_id in (rock(5), rock(0), jazz(2), rock(6), jazz(1)):
        _like(listener, song_id)
    by_artist = [jazz(2), rock(5), jazz(1), rock(0), rock(6)]  # Bill, Hüsker, Nina, Radiohead twice
    seen, cursor = _page(listener, sort="artist", limit=2)
    while cursor is not None:
        items, cursor = _page(listener, sort="artist", limit=2, cursor=cursor)
        seen += items
    assert seen == by_artist
    assert _page(listener, sort="track")[0] == [rock(0), jazz(1), jazz(2), rock(5), rock(6)]


def test_likes_are_searched_as_typed_in_any_order_without_accents(listener: Listener) -> None:
    for song_id in (rock(5), rock(0), rock(11), jazz(2)):
        _like(listener, song_id)
    answer = listener.http.get("/me/likes", params={"q": "flint husk"}).json()
    assert [item["song"]["song_id"] for item in answer["items"]] == [rock(5)]
    assert answer["total"] == 1
    found, cursor = _page(listener, q="husker", limit=1)
    assert found == [rock(11)]
    assert _page(listener, q="husker", limit=1, cursor=cursor) == ([rock(5)], None)
    assert _page(listener, q="nobody") == ([], None)


def test_a_page_holds_up_to_a_thousand_and_total_counts_all(listener: Listener) -> None:
    for song_id in SONGS[:3]:
        _like(listener, song_id)
    answer = listener.http.get("/me/likes", params={"limit": 1}).json()
    assert (len(answer["items"]), answer["total"]) == (1, 3)
    assert listener.http.get("/me/likes", params={"limit": 1000}).status_code == 200
    assert listener.http.get("/me/likes", params={"limit": 1001}).status_code == 422


@pytest.mark.parametrize("sort", ["artist", "track", "recent"])
def test_a_cursor_of_another_order_is_422(listener: Listener, sort: str) -> None:
    for song_id in SONGS[:3]:
        _like(listener, song_id)
    _, cursor = _page(listener, limit=1, sort="recent" if sort != "recent" else "artist")
    answer = listener.http.get("/me/likes", params={"sort": sort, "cursor": cursor or ""})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


def test_the_ids_of_all_likes_are_told_once_and_then_only_when_they_change(listener: Listener) -> None:
    for song_id in SONGS[:3]:
        _like(listener, song_id)
    first = listener.http.get("/me/likes/ids")
    assert first.json()["ids"] == SONGS[:3][::-1]
    assert first.headers["Cache-Control"] == "private, no-cache"
    known = {"If-None-Match": first.headers["ETag"]}
    for _ in range(5):  # whichever worker
        assert listener.http.get("/me/likes/ids", headers=known).status_code == 304
    listener.http.delete("/me/likes", params={"song_id": SONGS[0]})
    second = listener.http.get("/me/likes/ids", headers=known)
    assert (second.status_code, second.json()["ids"]) == (200, SONGS[1:3][::-1])
    assert second.json()["revision"] != first.json()["revision"]


def test_another_spelling_is_the_same_like(listener: Listener) -> None:
    other = f"{rock(3).upper()} (Remastered 2011)"
    assert _like(listener, other).json()["song_id"] == rock(3)
    assert _like(listener, rock(3)).status_code == 200
    assert listener.http.delete("/me/likes", params={"song_id": other}).status_code == 204
    assert _page(listener) == ([], None)
