"""The queue on every device: replaced by whoever has read it, and nobody's change is lost without a word."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.conftest import Listener
from tests.crowd import patient_client
from tests.serving.two_camps import rock

_UPDATES = 40  # that each device gets through


def _queue(*song_ids: str, **more: object) -> dict[str, Any]:
    return {"items": [{"song_id": song_id, "added_by": "user"} for song_id in song_ids], **more}


def _put(listener: Listener, etag: str, body: dict[str, Any]) -> httpx.Response:
    return listener.http.put("/me/queue", json=body, headers={"If-Match": etag})


def test_before_the_first_the_queue_is_empty(listener: Listener) -> None:
    answer = listener.http.get("/me/queue")
    empty = {"items": [], "index": 0, "position_ms": 0, "device": None, "updated_at": None}
    assert (answer.status_code, answer.json()) == (200, empty)
    assert answer.headers["ETag"] == '"none"'


def test_what_one_device_puts_another_gets(listener: Listener) -> None:
    body = _queue(rock(0), "Gone - From the Catalog", index=1, position_ms=61_500, device="phone")
    put = _put(listener, '"none"', body)
    assert put.status_code == 200, put.text
    got = listener.http.get("/me/queue")
    assert got.json() == put.json() == body | {"updated_at": got.json()["updated_at"]}
    assert got.headers["ETag"] == put.headers["ETag"]
    again = listener.http.get("/me/queue", headers={"If-None-Match": got.headers["ETag"]})
    assert again.status_code == 304


def test_a_full_queue_of_long_names_is_kept(listener: Listener) -> None:
    body = _queue(*(f"{'Ж' * 150} - {place:0150}" for place in range(500)))
    assert _put(listener, '"none"', body).status_code == 200
    assert len(listener.http.get("/me/queue").json()["items"]) == 500


def test_who_has_not_read_the_newest_gets_412_and_changes_nothing(listener: Listener) -> None:
    first = _put(listener, '"none"', _queue(rock(0)))
    second = _put(listener, first.headers["ETag"], _queue(rock(1)))
    for etag in ('"none"', first.headers["ETag"], '"made up"', "x", ","):
        late = _put(listener, etag, _queue(rock(2)))
        assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert listener.http.get("/me/queue").headers["ETag"] == second.headers["ETag"]


def test_an_etag_that_a_compressing_proxy_made_weak_is_one_that_was_read(listener: Listener) -> None:
    first = _put(listener, '"none"', _queue(rock(0))).headers["ETag"]
    second = _put(listener, f"W/{first}", _queue(rock(1)))
    assert second.status_code == 200
    assert _put(listener, f"W/{first}", _queue(rock(2))).status_code == 412


def test_a_star_replaces_whatever_there_is(listener: Listener) -> None:
    for song_id in (rock(0), rock(1)):
        assert _put(listener, "*", _queue(song_id)).status_code == 200
    assert listener.http.get("/me/queue").json()["items"][0]["song_id"] == rock(1)


def test_one_of_several_etags_is_enough(listener: Listener) -> None:
    first = _put(listener, '"made up", "none"', _queue(rock(0))).headers["ETag"]
    assert _put(listener, f'"none", {first}', _queue(rock(1))).status_code == 200


def test_without_if_match_nothing_is_replaced(listener: Listener) -> None:
    answer = listener.http.put("/me/queue", json=_queue(rock(0)))
    assert (answer.status_code, answer.json()["code"]) == (428, "condition_required")
    assert listener.http.get("/me/queue").json()["items"] == []


def test_queues_are_ones_own(newcomer: Callable[..., Listener], listener: Listener) -> None:
    _put(listener, "*", _queue(rock(0)))
    assert newcomer().http.get("/me/queue").json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": [{"song_id": rock(0)}]},
        {"items": [{"song_id": rock(0), "added_by": "nobody"}]},
        _queue(*["x"] * 501),
        _queue(rock(0), index=1),
        _queue(index=1),
        _queue(rock(0), index=-1),
        _queue(rock(0), position_ms=-1),
        _queue(rock(0), device="x" * 101),
        _queue(rock(0), device="a\0"),
    ],
)
def test_what_is_no_queue_is_422(listener: Listener, body: dict[str, Any]) -> None:
    answer = _put(listener, "*", body)
    assert answer.status_code == 422
    assert "Value error" not in answer.text


async def _device(url: str, token: str, name: str) -> int:
    """Add a song to the queue again and again, as often as it takes; returns how often it came too late."""
    late = 0
    async with patient_client(url, token) as http:
        for n in range(_UPDATES):
            while True:
                found = await http.get("/me/queue")
                items = [*found.json()["items"], {"song_id": f"{name} - {n}", "added_by": "auto"}]
                condition = {"If-Match": found.headers["ETag"]}
                answer = await http.put("/me/queue", json={"items": items, "device": name}, headers=condition)
                if answer.status_code == 200:
                    break
                assert answer.status_code == 412, answer.text
                late += 1
    return late


def test_of_two_devices_that_fight_for_the_queue_neither_loses_a_change_unknowingly(listener: Listener) -> None:
    async def fight() -> list[int]:
        url = str(listener.http.base_url)
        return await asyncio.gather(*(_device(url, listener.token, name) for name in ("phone", "browser")))

    late = asyncio.run(fight())
    kept = [item["song_id"] for item in listener.http.get("/me/queue").json()["items"]]
    assert sorted(kept) == sorted(f"{name} - {n}" for name in ("phone", "browser") for n in range(_UPDATES))
    assert sum(late) > 0  # they did meet
