"""What somebody kept, after a training that names its songs otherwise."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import eventually, serving, sign_up
from tests.serving import two_camps
from tests.serving.two_camps import ROCK_TRACKS, rock

SEEDS = {"seeds": [rock(10), rock(11), rock(12)]}
LATER = " - Remastered 2011"


@pytest.fixture
def somebody(tmp_path: Path, fresh_url: str) -> Iterator[httpx.Client]:
    """Who chose, liked, hid and played songs before the training, and asks after it."""
    artifacts = tmp_path / "artifacts"
    two_camps.complete(artifacts)
    settings = {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts)}
    with serving(tmp_path, settings) as server, server.client() as stranger, sign_up(stranger).http as http:
        listen = {"id": "a", "song_id": rock(3), "started_at": datetime.now(UTC).isoformat()}
        for answer in (
            http.post("/recommendations/cold-start", json=SEEDS),
            http.post("/me/likes", json={"song_id": rock(1)}),
            http.put("/me/hidden", json={"song_id": rock(2)}),
            http.post("/me/listens", json={"items": [listen]}),
        ):
            answer.raise_for_status()
        version = two_camps.complete(artifacts, renamed={track: track + LATER for track in ROCK_TRACKS}).name
        eventually(lambda: http.get("/health").json()["artifacts"] == version)
        yield http


def _items(http: httpx.Client, path: str) -> list[Any]:
    return list(http.get(path).json()["items"])


def test_what_was_kept_by_another_name_is_taken_back_by_the_new_one(somebody: httpx.Client) -> None:
    assert [item["song"]["song_id"] for item in _items(somebody, "/me/likes")] == [rock(1) + LATER]
    for path, song_id in (("/me/likes", rock(1)), ("/me/hidden", rock(2)), ("/me/listens", rock(3))):
        assert len(_items(somebody, path)) == 1
        assert somebody.delete(path, params={"song_id": song_id + LATER}).is_success
        assert _items(somebody, path) == []


def test_a_song_that_is_liked_by_both_names_is_one_like(somebody: httpx.Client) -> None:
    before = _items(somebody, "/me/likes")
    again = somebody.post("/me/likes", json={"song_id": rock(1) + LATER})
    assert (again.status_code, again.json()["liked_at"]) == (200, before[0]["liked_at"])
    page = somebody.get("/me/likes", params={"limit": 1}).json()
    assert page == {"items": before, "total": 1, "next_cursor": None}
    assert somebody.delete("/me/likes", params={"song_id": rock(1)}).is_success
    assert _items(somebody, "/me/likes") == []


def test_a_song_that_is_hidden_by_both_names_is_hidden_once(somebody: httpx.Client) -> None:
    until = "2100-01-01T00:00:00Z"
    (before,) = _items(somebody, "/me/hidden")
    again = somebody.put("/me/hidden", json={"song_id": rock(2) + LATER, "until": until})
    assert again.json() == before | {"until": until}
    assert _items(somebody, "/me/hidden") == [again.json()]


def test_the_same_seeds_are_the_same_seeds(somebody: httpx.Client) -> None:
    assert somebody.post("/recommendations/cold-start", json=SEEDS).status_code == 200
    others = {"seeds": [rock(10), rock(11), rock(13)]}
    assert somebody.post("/recommendations/cold-start", json=others).status_code == 409


def test_each_asked_name_has_its_own_item_in_its_place(somebody: httpx.Client) -> None:
    """Clients pair them by place: an item has the song's name of today, whatever it was asked by."""
    asked = [rock(5) + LATER, "Nobody - Nothing", two_camps.jazz(1), rock(5), rock(4), rock(4)]
    for path in ("/catalog/songs", "/metadata"):
        answer = somebody.get(path, params={"song_id": asked}).json()
        named = [item["song_id"] for item in answer["items"]]
        assert named == [rock(5) + LATER, two_camps.jazz(1), rock(5) + LATER, rock(4) + LATER], path
        assert answer["unknown"] == ["Nobody - Nothing"]
