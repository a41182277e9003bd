"""What follows from the artifact set alone: made once, given again as bytes, and 304 to who has it."""

import re
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel

from serving.routes.schemas.songs import ArtistOut, FoundSongsOut, KnownSongsOut, SimilarOut, SongsOut
from tests.conftest import Server, eventually, serving, sign_up
from tests.serving.two_camps import complete, rock

ROUTES: list[tuple[str, dict[str, str], type[BaseModel]]] = [
    ("/catalog/search", {"q": "sigur"}, FoundSongsOut),
    ("/catalog/songs", {"song_id": rock(3)}, KnownSongsOut),
    ("/catalog/artist", {"name": "Muse"}, ArtistOut),
    ("/onboarding/suggestions", {"picked": rock(3)}, SongsOut),
    ("/catalog/popular", {"limit": "30"}, SongsOut),
    ("/recommendations/similar", {"song_id": rock(3), "exclude": rock(4)}, SimilarOut),
]
each_route = pytest.mark.parametrize(("path", "params", "schema"), ROUTES)


def _raw(server: Server, path: str, params: dict[str, str], **headers: str) -> tuple[httpx.Response, bytes]:
    """The response and its body as it travelled, by a client that adds no headers of its own."""
    with httpx.Client(base_url=server.url) as http:
        http.headers.clear()
        with http.stream("GET", path, params=params, headers=headers) as answer:
            return answer, b"".join(answer.iter_raw())


@each_route
def test_bytes_given_again_are_those_of_the_schema(
    server: Server, path: str, params: dict[str, str], schema: type[BaseModel]
) -> None:
    first, again = (_raw(server, path, params) for _ in range(2))
    assert first[0].status_code == again[0].status_code == 200
    assert first[1] == again[1] == schema.model_validate_json(first[1]).model_dump_json().encode()
    assert again[0].headers["Content-Type"] == "application/json"
    assert again[0].headers["X-Artifact-Version"] == first[0].headers["X-Artifact-Version"]
    assert again[0].headers["X-Request-ID"] != first[0].headers["X-Request-ID"]


@each_route
def test_who_has_the_answer_gets_304(
    server: Server, path: str, params: dict[str, str], schema: type[BaseModel]
) -> None:
    answer, _ = _raw(server, path, params)
    etag = answer.headers["ETag"]
    assert answer.headers["X-Artifact-Version"] in etag
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        same, body = _raw(server, path, params, **{"If-None-Match": known})
        assert (same.status_code, body) == (304, b"")
        assert same.headers["ETag"] == etag
        assert "Content-Type" not in same.headers
    for other in ('"other"', "other", etag[:-2] + '"'):
        assert _raw(server, path, params, **{"If-None-Match": other})[0].status_code == 200


def test_the_first_answer_may_be_a_304_as_well(server: Server) -> None:
    params = {"limit": "7"}
    etag = _raw(server, "/catalog/popular", {})[0].headers["ETag"]
    assert _raw(server, "/catalog/popular", params, **{"If-None-Match": etag})[0].status_code == 304
    assert len(httpx.get(f"{server.url}/catalog/popular", params=params).json()["items"]) == 7


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/recommendations/similar", {"song_id": "Nobody - Nothing"}, 404),
        ("/catalog/search", {"q": ""}, 422),
        ("/catalog/popular", {"limit": "0"}, 422),
    ],
)
def test_a_refusal_is_neither_kept_nor_304(server: Server, path: str, params: dict[str, str], status: int) -> None:
    etag = _raw(server, "/catalog/popular", {})[0].headers["ETag"]
    for _ in range(2):
        answer, _ = _raw(server, path, params, **{"If-None-Match": etag})
        assert answer.status_code == status
        assert "ETag" not in answer.headers


def test_what_is_personal_is_not_kept_by_anybody(server: Server) -> None:
    with server.client() as http:
        somebody = sign_up(http)
    with somebody.http as own:
        for path in ("/recommendations/categories", "/me/likes/ids", "/me/queue"):
            assert own.get(path).headers["Cache-Control"] == "private, no-cache"  # asked for again each time
        for path in ("/me", "/me/likes", "/me/seeds"):
            answer = own.get(path, headers={"If-None-Match": "*"})
            assert answer.status_code == 200
            assert "ETag" not in answer.headers
            assert "public" not in answer.headers.get("Cache-Control", "")


def test_other_methods_find_no_ready_answer(server: Server) -> None:
    httpx.get(f"{server.url}/catalog/popular")
    assert httpx.post(f"{server.url}/catalog/popular").status_code == 405


def test_a_new_set_has_a_new_etag_and_new_answers(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    complete(root, per_camp=10)
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db", "ARTIFACTS_DIR": str(root)}
    with serving(tmp_path, settings) as server:
        params = {"limit": "100"}
        before = httpx.get(f"{server.url}/catalog/popular", params=params)
        complete(root, per_camp=12)
        known = {"If-None-Match": before.headers["ETag"]}

        def ask() -> httpx.Response:
            return httpx.get(f"{server.url}/catalog/popular", params=params, headers=known)

        def is_new() -> bool:
            answer = ask()
            of_before = answer.headers["X-Artifact-Version"] == before.headers["X-Artifact-Version"]
            assert of_before == (answer.status_code == 304)
            return not of_before

        eventually(is_new)
        after = ask()
        assert len(before.json()["items"]) == 20
        assert len(after.json()["items"]) == 24
        assert after.headers["X-Artifact-Version"] in after.headers["ETag"]


def test_the_document_tells_of_etag_and_304(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    for path, _, _ in ROUTES:
        responses = paths[path]["get"]["responses"]
        assert "ETag" in responses["200"]["headers"]
        assert "304" in responses
        assert re.search("schemas/", str(responses["200"]["content"]))
