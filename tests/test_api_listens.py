"""Listens: kept once by id, newest first, forgotten when asked, and nothing of them in a private session."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import Listener
from tests.serving.two_camps import jazz, rock

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def item(listen_id: str, song_id: str = rock(3), minutes: float = 0, **more: object) -> dict[str, object]:
    return {"id": listen_id, "song_id": song_id, "started_at": at(minutes), **more}


def send(listener: Listener, *items: dict[str, object]) -> httpx.Response:
    return listener.http.post("/me/listens", json={"items": items})


def all_of(listener: Listener, limit: int = 100) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = listener.http.get("/me/listens", params={"limit": limit, **cursor})
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return found
        cursor = {"cursor": answer.json()["next_cursor"]}


def test_a_listen_is_kept_as_it_was_sent(listener: Listener) -> None:
    answer = send(listener, item("a", played_ms=200_000, ended="skipped", source="car"))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1})
    (kept,) = all_of(listener)
    assert kept == {
        "id": "a",
        "song_id": rock(3),
        "artist": "Sigur Rós",
        "track": "Diamond",
        "in_catalog": True,
        "started_at": "2026-01-31T12:00:00Z",
        "played_ms": 200_000,
        "ended": "skipped",
        "source": "car",
    }


def test_the_same_id_again_is_the_same_listen(listener: Listener) -> None:
    assert send(listener, item("a"), item("a"), item("b", minutes=1)).json() == {"accepted": 3}
    assert send(listener, item("b", jazz(1), 7), item("c", minutes=2)).status_code == 202
    assert [(kept["id"], kept["song_id"]) for kept in all_of(listener)] == [
        ("c", rock(3)),
        ("b", rock(3)),
        ("a", rock(3)),
    ]


def test_two_listeners_may_choose_the_same_id(newcomer: Callable[..., Listener]) -> None:
    one, other = newcomer(), newcomer()
    send(one, item("a", rock(1)))
    send(other, item("a", jazz(1)))
    assert [kept["song_id"] for kept in all_of(one)] == [rock(1)]
    assert [kept["song_id"] for kept in all_of(other)] == [jazz(1)]


def test_names_find_the_song_of_the_catalog_and_others_are_kept_too(listener: Listener) -> None:
    known: dict[str, object] = {
        "id": "a",
        "artist": "sigur ros",
        "track": "DIAMOND - Remastered 2011",
        "started_at": at(1),
    }
    unknown: dict[str, object] = {"id": "b", "artist": "Nobody", "track": "Nothing", "started_at": at(0)}
    assert send(listener, known, unknown, item("c", "Somebody - Some - thing", -1)).status_code == 202
    kept = [(k["artist"], k["track"], k["song_id"], k["in_catalog"]) for k in all_of(listener)]
    assert kept == [
        ("sigur ros", "DIAMOND - Remastered 2011", rock(3), True),
        ("Nobody", "Nothing", "Nobody - Nothing", False),
        ("Somebody", "Some - thing", "Somebody - Some - thing", False),
    ]


def test_pages_show_each_listen_once_also_those_of_one_moment(listener: Listener) -> None:
    send(listener, *(item(f"{i:03}", minutes=i // 10) for i in range(57)))
    for limit in (1, 7, 57, 100):
        assert [kept["id"] for kept in all_of(listener, limit)] == [f"{i:03}" for i in reversed(range(57))]


def test_pages_go_back_beyond_1970(listener: Listener) -> None:
    moments = ["1970-01-02T00:00:00Z", "1970-01-01T00:00:00+02:00", "1901-01-01T00:00:00Z"]
    send(listener, *(item(moment) | {"started_at": moment} for moment in moments))
    assert [kept["id"] for kept in all_of(listener, 1)] == moments


def test_a_thousand_listens_are_taken_at_once_and_not_one_more(listener: Listener) -> None:
    many = [item(f"{i}", minutes=i) for i in range(1001)]
    assert send(listener, *many).status_code == 422
    assert all_of(listener) == []
    assert send(listener, *many[:1000]).json() == {"accepted": 1000}
    assert len(all_of(listener)) == 1000


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"song_id": "nothing"}, "'nothing' is no song_id: expected 'artist - track'"),
        ({"song_id": rock(1), "artist": "Muse", "track": "Starlight"}, "expected a song_id, or an artist and a track"),
        ({"song_id": None, "artist": "Muse"}, "expected a song_id, or an artist and a track"),
        ({"started_at": 1769860800}, "expected a moment such as 2026-01-31T23:36:00Z"),
        ({"started_at": "2026-01-31T12:00:00"}, "should have timezone info"),
        ({"started_at": "0001-01-01T00:00:00Z"}, "must lie between the years 1900 and 9000"),
        ({"ended": "maybe"}, "should be 'finished' or 'skipped'"),
        ({"played_ms": -1}, "greater than or equal to 0"),
        ({"id": ""}, "at least 1 character"),
    ],
)
def test_what_is_no_listen_is_refused_with_its_place(listener: Listener, wrong: dict[str, object], said: str) -> None:
    sent = {"id": "b", "started_at": at(0), **({} if "artist" in wrong else {"song_id": rock(3)}), **wrong}
    answer = send(listener, item("a"), sent)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["loc"][:3] == ["body", "items", 1]
    assert said in error["msg"]
    assert all_of(listener) == []


def test_listens_are_forgotten_by_moment_and_by_song(listener: Listener) -> None:
    send(listener, *(item(f"{i}", (rock(1), jazz(1))[i % 2], i) for i in range(10)))
    assert listener.http.delete("/me/listens", params={"before": at(4)}).json() == {"removed": 4}
    assert [kept["id"] for kept in all_of(listener)] == ["9", "8", "7", "6", "5", "4"]
    assert listener.http.delete("/me/listens", params={"song_id": jazz(1), "before": at(7)}).json() == {"removed": 1}
    assert listener.http.delete("/me/listens", params={"song_id": rock(1)}).json() == {"removed": 3}
    assert [kept["id"] for kept in all_of(listener)] == ["9", "7"]
    answer = listener.http.delete("/me/listens")
    assert answer.status_code == 422
    assert "name what to forget: before, song_id or both" in answer.json()["detail"]
    assert len(all_of(listener)) == 2


def test_a_private_session_accepts_and_keeps_nothing(listener: Listener) -> None:
    send(listener, item("a"))
    before = listener.http.get("/recommendations/categories").json()
    assert listener.http.patch("/me", json={"private": True}).json()["private"] is True
    assert listener.http.get("/me").json()["private"] is True
    answer = send(listener, *(item(f"p{i}", jazz(i), i) for i in range(9)))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 9})
    assert [kept["id"] for kept in all_of(listener)] == ["a"]
    # one of several workers, or replicas, may make it again
    assert listener.http.get("/recommendations/categories").json()["shelves"] == before["shelves"]
    assert listener.http.patch("/me", json={"private": False}).json()["private"] is False
    send(listener, item("b", minutes=5))
    assert [kept["id"] for kept in all_of(listener)] == ["b", "a"]


def test_switches_leave_each_other_alone(listener: Listener) -> None:
    assert listener.http.get("/me").json()["share_listens"] is True
    changed = listener.http.patch("/me", json={"share_listens": False}).json()
    assert (changed["private"], changed["share_listens"]) == (False, False)
    assert listener.http.patch("/me", json={}).json() == changed
    assert listener.http.patch("/me", json={"private": "perhaps"}).status_code == 422


def test_three_songs_played_are_as_good_as_seeds(listener: Listener) -> None:
    send(listener, item("a", rock(1)), item("b", rock(2), 1), item("c", "Nobody - Nothing", 2), item("d", rock(1), 3))
    assert listener.http.get("/me").json()["onboarded"] is False
    send(listener, item("e", rock(5), 4))
    assert listener.http.get("/me").json()["onboarded"] is True
    assert listener.http.get("/me/seeds").json() == {"onboarded": True, "seeds": []}
    listener.http.delete("/me/listens", params={"song_id": rock(5)})
    assert listener.http.get("/me").json()["onboarded"] is False


def test_songs_skipped_or_hardly_played_are_not(listener: Listener) -> None:
    skips = [item(f"skip {i}", rock(i), i, played_ms=1_000, ended="skipped") for i in range(3)]
    send(listener, *skips, item("late skip", rock(3), 3, ended="skipped"), item("short", rock(4), 4, played_ms=29_999))
    send(listener, item("long", rock(5), 5, played_ms=30_000), item("unknown", rock(6), 6))
    assert listener.http.get("/me").json()["onboarded"] is False
    send(listener, item("third", rock(7), 7))
    assert listener.http.get("/me").json()["onboarded"] is True


def _shelves(listener: Listener, limit: int = 5) -> dict[str, dict[str, Any]]:
    answer = listener.http.get("/recommendations/categories", params={"limit": limit})
    assert answer.status_code == 200, answer.text
    return {shelf["id"]: shelf for shelf in answer.json()["shelves"]}


def test_what_is_played_makes_the_page(listener: Listener) -> None:
    now = datetime.now(UTC)
    assert set(_shelves(listener)) == {"popular"}
    plays = [(jazz(p), 3 + p) for p in range(4)]
    items = [
        item(f"{song}{i}", song) | {"started_at": (now - timedelta(hours=i)).isoformat()}
        for song, times in plays
        for i in range(times)
    ]
    send(listener, *items)
    shelves = _shelves(listener)
    made = [song["song_id"] for song in shelves["made_for_you"]["items"]]
    assert made
    assert all(song in {jazz(p) for p in range(30)} for song in made)
    assert [song["song_id"] for song in shelves["on_repeat"]["items"]] == [jazz(3), jazz(2), jazz(1), jazz(0)]


def test_what_a_wrong_clock_tells_of_years_to_come_is_nothing_played_lately(listener: Listener) -> None:
    to_come = datetime.now(UTC) + timedelta(days=3000)
    items = [item(f"{p}{i}", rock(p)) | {"started_at": to_come.isoformat()} for p in range(4) for i in range(3)]
    assert send(listener, *items).status_code == 202
    assert {"on_repeat", "jump_back_in"}.isdisjoint(_shelves(listener))


def test_nobody_is_shown_the_page_of_another_who_played_as_often(newcomer: Callable[..., Listener]) -> None:
    one, other = newcomer(), newcomer()
    now = datetime.now(UTC)
    for listener, song_of in ((one, rock), (other, jazz)):
        plays = [(song_of(p), hour) for p in range(4) for hour in range(3)]
        items = (
            item(f"{song}{hour}", song) | {"started_at": (now - timedelta(hours=hour)).isoformat()}
            for song, hour in plays
        )
        assert send(listener, *items).status_code == 202
    for _ in range(20):  # each time on a new connection, so that a worker is asked for both
        for listener, song_of in ((one, rock), (other, jazz)):
            listener.http.headers["Connection"] = "close"
            shown = {song["song_id"] for song in _shelves(listener)["on_repeat"]["items"]}
            assert shown == {song_of(p) for p in range(4)}
    kept = one.http.get("/recommendations/categories").headers["ETag"]
    asked_with_it = other.http.get("/recommendations/categories", headers={"If-None-Match": kept})
    assert asked_with_it.status_code == 200


def test_a_song_skipped_again_and_again_is_not_recommended(listener: Listener) -> None:
    now = datetime.now(UTC)
    played = [item(f"a{p}", rock(p)) | {"started_at": (now - timedelta(hours=p)).isoformat()} for p in range(10, 14)]
    send(listener, *played)
    first = _shelves(listener)["made_for_you"]["items"][0]["song_id"]
    skipped = [
        item(f"s{i}", first, ended="skipped") | {"started_at": (now - timedelta(minutes=i)).isoformat()}
        for i in range(3)
    ]
    send(listener, *skipped)
    shelves = _shelves(listener)
    assert first not in [song["song_id"] for song in shelves["made_for_you"]["items"]]
