"""Search, songs, popular, health."""

import tomllib

import httpx
import pytest

from tests.conftest import REPOSITORY, Listener
from tests.serving.two_camps import SONGS, rock


def test_search_finds_what_is_being_typed(http: httpx.Client) -> None:
    answer = http.get("/catalog/search", params={"q": "radioh"}).json()
    assert [song["song_id"] for song in answer["items"]] == [rock(p) for p in (0, 6, 12, 18, 24)]
    assert answer["total"] == 5
    assert answer["total_is_exact"] is True


def test_search_pages_do_not_overlap(http: httpx.Client) -> None:
    pages = [
        http.get("/catalog/search", params={"q": "radiohead", "limit": 2, "offset": offset}).json()["items"]
        for offset in (0, 2, 4, 6)
    ]
    assert [[song["song_id"] for song in page] for page in pages] == [
        [rock(0), rock(6)],
        [rock(12), rock(18)],
        [rock(24)],
        [],
    ]


def test_search_forgives_accents(http: httpx.Client) -> None:
    found = http.get("/catalog/search", params={"q": "husker du flint"}).json()["items"]
    song = {"song_id": "Hüsker Dü - Flint", "artist": "Hüsker Dü", "track": "Flint"}
    assert found[0] == song | {"matches": {"artist": [[0, 6], [7, 9]], "track": [[0, 5]]}}


def test_search_names_the_artists_that_were_meant(http: httpx.Client) -> None:
    answer = http.get("/catalog/search", params={"q": "radioh", "limit": 1}).json()
    assert answer["artists"] == [{"artist": "Radiohead", "songs": 5, "matches": [[0, 6]]}]
    typo = http.get("/catalog/search", params={"q": "radiohaed"}).json()
    assert [artist["artist"] for artist in typo["artists"]] == ["Radiohead"]
    assert http.get("/catalog/search", params={"q": "flint"}).json()["artists"] == []
    assert http.get("/catalog/search", params={"q": "radioh", "offset": 1}).json()["artists"] == []


@pytest.mark.parametrize("q", ["'; DROP TABLE users; --", "../../etc/passwd", '"', "(", "*", "a AND", "\\", "🎵", " "])
def test_any_text_can_be_searched(http: httpx.Client, q: str) -> None:
    assert http.get("/catalog/search", params={"q": q}).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "q=", "q=" + "x" * 201, "q=a%00b", "q=a&offset=-1", "q=a&limit=0", "q=a&offset=1e9"]
)
def test_a_search_that_makes_no_sense_is_422(http: httpx.Client, query: str) -> None:
    assert http.get(f"/catalog/search?{query}").status_code == 422


def test_popular_is_most_listened_first(http: httpx.Client) -> None:
    items = http.get("/catalog/popular", params={"limit": 7}).json()["items"]
    assert [song["song_id"] for song in items] == SONGS[:7]


def test_a_song_is_found_by_its_id_in_any_spelling_and_by_nothing_less(http: httpx.Client) -> None:
    song = {"song_id": "Duo - Trio - Elm", "artist": "Duo - Trio", "track": "Elm"}
    for known in ("Duo - Trio - Elm", "DUO - TRIO - Elm (Remastered 2011)"):
        assert http.get("/catalog/songs", params={"song_id": known}).json() == {"items": [song], "unknown": []}
    unknown = "duo - trio - elms"
    assert http.get("/catalog/songs", params={"song_id": unknown}).json() == {"items": [], "unknown": [unknown]}


def test_songs_are_restored_in_the_order_asked_and_what_is_gone_is_named(http: httpx.Client) -> None:
    asked = [rock(3), "Nobody - Nothing", rock(1), rock(3)]
    answer = http.get("/catalog/songs", params={"song_id": asked}).json()
    assert [song["song_id"] for song in answer["items"]] == [rock(3), rock(1)]
    assert answer["unknown"] == ["Nobody - Nothing"]
    assert http.get("/catalog/songs", params={"song_id": SONGS[:60] * 2}).status_code == 422
    assert http.get("/catalog/songs").status_code == 422


def test_an_artists_songs_come_in_pages_most_listened_first(http: httpx.Client) -> None:
    seen: list[str] = []
    params: dict[str, str | int] = {"name": "husker du", "limit": 2}
    while True:
        page = http.get("/catalog/artist", params=params).json()
        assert (page["artist"], page["total"]) == ("Hüsker Dü", 5)
        seen += [song["song_id"] for song in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == [rock(p) for p in (5, 11, 17, 23, 29)]
    assert http.get("/catalog/artist", params={"name": "Nobody"}).json()["code"] == "artist_unknown"
    assert http.get("/catalog/artist", params={"name": "Muse", "cursor": "x"}).json()["code"] == "bad_cursor"


def test_config_tells_an_app_what_it_must_know(http: httpx.Client) -> None:
    config = http.get("/config").json()
    health = http.get("/health").json()
    assert (config["name"], config["signup"]) == ("Spotify Redux", "open")
    assert config["versions"] == {"api": health["version"], "artifacts": health["artifacts"]}
    limits = config["limits"]
    assert (limits["seeds_min"], limits["seeds_max"], limits["queue_max"], limits["body_bytes_max"]) == (
        3,
        5,
        500,
        65_536,
    )


def test_the_limits_in_config_are_those_of_the_calls(http: httpx.Client) -> None:
    limits = http.get("/config").json()["limits"]
    document = http.get("/openapi.json").json()
    fields = document["components"]["schemas"]
    assert limits["recent_max"] == fields["NextIn"]["properties"]["recent"]["maxItems"]
    assert limits["exclude_max"] == fields["NextIn"]["properties"]["exclude"]["maxItems"]
    assert limits["queue_max"] == fields["QueueIn"]["properties"]["items"]["maxItems"]
    most = {
        (path, parameter["name"]): parameter["schema"].get("maximum", parameter["schema"].get("maxItems"))
        for path, methods in document["paths"].items()
        for parameter in methods.get("get", {}).get("parameters", [])
    }
    assert limits["likes_page_max"] == most["/me/likes", "limit"]
    assert limits["songs_max"] == most["/catalog/songs", "song_id"]
    assert limits["page_max"] == most["/catalog/search", "limit"]


def test_health_tells_the_versions_of_code_and_artifacts(http: httpx.Client) -> None:
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    for path in ("/health", "/health/ready"):
        health = http.get(path).json()
        assert health["status"] == "ok"
        assert health["version"] == declared
        assert health["artifacts"].endswith("Z")


def test_a_person_finds_a_page_at_the_root_and_the_documentation(http: httpx.Client) -> None:
    for path in ("/", "/docs"):
        answer = http.get(path)
        assert answer.status_code == 200
        assert "Spotify Redux" in answer.text


def test_every_get_answers_head_with_the_same_headers_and_no_body(http: httpx.Client, listener: Listener) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    # how a body is cut is known only while it is written
    differing = ("x-request-id", "date", "transfer-encoding")
    params = {"q": "sigur", "song_id": rock(0), "id": "popular", "name": "Muse"}
    for path in (path for path, methods in paths.items() if "get" in methods and "{" not in path):
        whole, head = (listener.http.request(method, path, params=params) for method in ("GET", "HEAD"))
        assert head.status_code == whole.status_code == (403 if path == "/admin/status" else 200), path
        assert head.content == b""
        same = [name for name in whole.headers if name.lower() not in differing]
        assert {name: head.headers[name] for name in same} == {name: whole.headers[name] for name in same}
    assert http.head("/auth/login").status_code == 405


def test_openapi_names_every_call_once(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    operations = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert len(operations) == len(set(operations))
    assert set(paths) >= {
        *("/auth/signup", "/auth/login", "/me", "/me/password", "/me/export", "/me/seeds", "/me/likes"),
        *("/recommendations/cold-start", "/recommendations/categories", "/recommendations/similar"),
        *(
            "/catalog/search",
            "/catalog/songs",
            "/catalog/popular",
            "/health",
            "/health/ready",
            "/metadata",
            "/covers/{key}",
        ),
    }
