"""Every code that the OpenAPI document lists is produced by some request, and none that it does not list."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jose import jwt
from starlette.types import Receive, Scope, Send

from db import DatabaseDown
from errors import Code
from serving.accounts import player_tokens
from serving.http import problems
from serving.http.problems import Problem
from serving.http.request_limits import Deadline
from serving.library.imports import TooManyImports
from tests.conftest import PASSWORD, Listener, Server, serving, sign_up
from tests.serving.two_camps import jazz, rock

KEY = "kept by the server of these tests, 48 bytes long!"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def keyed(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose key is known here, that counts who asks too often."""
    settings = {"ARTIFACTS_DIR": str(artifacts), "API_SECRET_KEY": KEY, "RATE_LIMITS": "on"}
    with serving(tmp_path_factory.mktemp("keyed"), settings) as server:
        yield server


@pytest.fixture(scope="module")
def ada(keyed: Server) -> Iterator[Listener]:
    with keyed.client() as http:
        listener = sign_up(http)
        yield listener
        listener.http.close()


def _codes(answer: httpx.Response) -> set[Code]:
    """The codes of a problem: its own and those of its fields."""
    body = answer.json()
    return {Code(body["code"]), *(Code(fault["code"]) for fault in body.get("errors", []))}


def _signup(http: httpx.Client, username: object, password: object = PASSWORD) -> httpx.Response:
    return http.post("/auth/signup", json={"username": username, "password": password})


def _bearer(http: httpx.Client, token: str) -> httpx.Response:
    return http.get("/me", headers={"Authorization": f"Bearer {token}"})


def _expired(ada: Listener) -> httpx.Response:
    claims = jwt.get_unverified_claims(ada.token) | {"iat": 1, "exp": int(time.time()) - 1}
    return _bearer(ada.http, jwt.encode(claims, KEY, algorithm="HS256"))


def _revoked(ada: Listener) -> httpx.Response:
    form = {"username": ada.username, "password": PASSWORD}
    other = ada.http.post("/auth/login", data=form).json()
    ada.http.post("/auth/logout", json={"refresh_token": other["refresh_token"]})
    return _bearer(ada.http, other["access_token"])


def _seeds(http: httpx.Client, *seeds: str) -> httpx.Response:
    return http.post("/recommendations/cold-start", json={"seeds": seeds})


def _other_seeds(ada: Listener) -> httpx.Response:
    _seeds(ada.http, rock(0), rock(1), rock(2))
    return _seeds(ada.http, jazz(0), jazz(1), jazz(2))


def _too_often(ada: Listener) -> httpx.Response:
    body = {"current_password": "not the password", "new_password": "a better one this time"}
    answer = ada.http.post("/me/password", json=body)
    while answer.status_code == 403:
        answer = ada.http.post("/me/password", json=body)
    return answer


def _queue(http: httpx.Client, etag: str) -> httpx.Response:
    headers = {"If-Match": etag} if etag else {}
    return http.put("/me/queue", json={"items": []}, headers=headers)


def _too_many_tokens(ada: Listener) -> httpx.Response:
    answers = [ada.http.post("/me/tokens", json={"name": f"player {n}"}) for n in range(player_tokens.MOST + 1)]
    return answers[-1]


def _in_private(ada: Listener) -> httpx.Response:
    ada.http.patch("/me", json={"private": True})
    answer = ada.http.post("/me/imports", files={"files": ("a.json", b"[]")})
    ada.http.patch("/me", json={"private": False})
    return answer


# What one request to a running server is answered with, by code.
ASKED: dict[Code, Callable[[Listener], httpx.Response]] = {
    Code.NOT_SIGNED_IN: lambda ada: httpx.get(ada.http.base_url.join("/me")),
    Code.TOKEN_INVALID: lambda ada: _bearer(ada.http, "x"),
    Code.TOKEN_EXPIRED: _expired,
    Code.TOKEN_REVOKED: _revoked,
    Code.BAD_CREDENTIALS: lambda ada: ada.http.post("/auth/login", data={"username": "nobody", "password": "x"}),
    Code.WRONG_PASSWORD: lambda ada: ada.http.request("DELETE", "/me", json={"password": "x"}),
    Code.NOT_ADMIN: lambda ada: ada.http.get("/admin/status"),
    Code.USERNAME_TAKEN: lambda ada: _signup(ada.http, ada.username),
    Code.MISSING: lambda ada: ada.http.get("/recommendations/similar"),
    Code.WRONG_TYPE: lambda ada: _signup(ada.http, 7),
    Code.TOO_SHORT: lambda ada: _signup(ada.http, "x"),
    Code.TOO_LONG: lambda ada: _signup(ada.http, "x" * 51),
    Code.OUT_OF_RANGE: lambda ada: ada.http.get("/catalog/popular", params={"limit": 0}),
    Code.NOT_A_CHOICE: lambda ada: ada.http.get("/me/likes", params={"sort": "mood"}),
    Code.MALFORMED: lambda ada: ada.http.post("/me/likes", content="{", headers=JSON),
    Code.BAD_TEXT: lambda ada: ada.http.post("/me/likes", json={"song_id": "a\0"}),
    Code.BAD_USERNAME: lambda ada: _signup(ada.http, " ada"),
    Code.WEAK_PASSWORD: lambda ada: _signup(ada.http, "somebody", "password1"),
    Code.BAD_CURSOR: lambda ada: ada.http.get("/me/likes", params={"cursor": "x"}),
    Code.SONG_UNKNOWN: lambda ada: ada.http.post("/me/likes", json={"song_id": "Nobody - Nothing"}),
    Code.ARTIST_UNKNOWN: lambda ada: ada.http.get("/catalog/artist", params={"name": "Nobody"}),
    Code.SHELF_UNKNOWN: lambda ada: ada.http.get("/recommendations/shelf", params={"id": "x"}),
    Code.COVER_UNKNOWN: lambda ada: ada.http.get(f"/covers/{'0' * 32}"),
    Code.SEEDS_FIXED: _other_seeds,
    Code.TOO_FEW_SEEDS: lambda ada: _seeds(ada.http, rock(0)),
    Code.SAME_SEED_TWICE: lambda ada: _seeds(ada.http, rock(0), rock(0), rock(1)),
    Code.UNREADABLE: lambda ada: ada.http.post("/me/likes", content="[" * 60_000, headers=JSON),
    Code.NOT_FOUND: lambda ada: ada.http.get("/nowhere"),
    Code.METHOD_NOT_ALLOWED: lambda ada: ada.http.put("/me/likes"),
    Code.CHANGED_MEANWHILE: lambda ada: _queue(ada.http, '"made up"'),
    Code.CONDITION_REQUIRED: lambda ada: _queue(ada.http, ""),
    Code.TOO_LARGE: lambda ada: ada.http.post("/me/likes", content="x" * 70_000),
    Code.RATE_LIMITED: _too_often,
    Code.TOKEN_UNKNOWN: lambda ada: ada.http.delete("/me/tokens/x"),
    Code.TOO_MANY_TOKENS: _too_many_tokens,
    Code.IMPORT_UNKNOWN: lambda ada: ada.http.get("/me/imports/x"),
    Code.PRIVATE_SESSION: _in_private,
}
SIGNING_UP: dict[Code, tuple[str, str | None]] = {
    Code.SIGNUP_CLOSED: ("closed", None),
    Code.INVITE_REQUIRED: ("invite", None),
    Code.INVITE_INVALID: ("invite", "made up"),
}


def _raising(error: Exception) -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    return app


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


# What no request brings about on a server that is well.
FORCED: dict[Code, Any] = {
    Code.BUSY: _raising(DatabaseDown("away")),
    Code.INTERNAL: _raising(RuntimeError("unforeseen")),
    Code.TOO_MANY_IMPORTS: _raising(Problem(409, Code.TOO_MANY_IMPORTS, str(TooManyImports()))),
    Code.TOO_SLOW: Deadline(_never, seconds=0.05),
}


@pytest.mark.parametrize("code", ASKED, ids=str)
def test_a_request_produces_the_code(ada: Listener, code: Code) -> None:
    assert code in _codes(ASKED[code](ada))


@pytest.mark.parametrize("code", SIGNING_UP, ids=str)
def test_a_signup_produces_the_code(artifacts: Path, tmp_path: Path, code: Code) -> None:
    setting, invite = SIGNING_UP[code]
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts), "SIGNUP": setting}) as server:
        body = {"username": "uninvited", "password": PASSWORD, "invite_code": invite}
        answer = httpx.post(f"{server.url}/auth/signup", json=body)
    assert answer.status_code == 403
    assert _codes(answer) == {code}


@pytest.mark.parametrize("code", FORCED, ids=str)
def test_a_fault_of_ours_produces_the_code(code: Code) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(FORCED[code], raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.get("/")

    assert _codes(asyncio.run(ask())) == {code}


def test_no_code_is_left_out_and_the_document_lists_them_all(http: httpx.Client) -> None:
    assert {*ASKED, *SIGNING_UP, *FORCED} == set(Code)
    assert http.get("/openapi.json").json()["components"]["schemas"]["Code"]["enum"] == [str(code) for code in Code]


def test_no_message_has_pydantics_prefix(http: httpx.Client) -> None:
    answer = _signup(http, " ada", "password1")
    assert [fault["code"] for fault in answer.json()["errors"]] == ["bad_username", "weak_password"]
    assert "Value error" not in answer.text
    assert answer.json()["detail"] == "username: must not begin or end with a blank"
