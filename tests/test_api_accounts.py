"""Signing up, logging in, being somebody, and leaving."""

import json
import statistics
import time
from collections.abc import Callable

import httpx
import pytest
from jose import jwt

from tests.conftest import PASSWORD, Listener, farewell


def _login(http: httpx.Client, username: str, password: str) -> httpx.Response:
    return http.post("/auth/login", data={"username": username, "password": password})


def test_signup_gives_a_token_that_works(http: httpx.Client, listener: Listener) -> None:
    me = listener.http.get("/me")
    assert me.status_code == 200
    assert me.json()["username"] == listener.username
    assert me.json()["onboarded"] is False
    assert me.json()["created_at"].endswith("Z")


def test_login_gives_what_signup_gives(http: httpx.Client, listener: Listener) -> None:
    session = _login(http, listener.username, PASSWORD).json()
    assert set(session) == {"access_token", "token_type", "expires_in", "user"}
    assert session["token_type"] == "bearer"
    assert session["expires_in"] == 24 * 3600
    assert session["user"] == listener.http.get("/me").json()


def test_token_carries_sub_iat_exp_and_jti(listener: Listener) -> None:
    claims = jwt.get_unverified_claims(listener.token)
    assert claims["sub"] == listener.http.get("/me").json()["id"]
    assert claims["exp"] - claims["iat"] == 24 * 3600
    assert claims["jti"]
    assert jwt.get_unverified_header(listener.token)["alg"] == "HS256"


@pytest.mark.parametrize(
    ("first", "second"), [("Ada", "aDA"), ("Straße", "STRASSE"), ("Ｆｕｌｌ", "full"), ("é" * 2, "É" * 2)]
)
def test_username_is_taken_in_any_case_and_form(
    http: httpx.Client, newcomer: Callable[..., Listener], first: str, second: str
) -> None:
    newcomer(first)
    again = http.post("/auth/signup", json={"username": second, "password": PASSWORD})
    assert again.status_code == 409
    assert second in again.json()["detail"]
    assert _login(http, second, PASSWORD).json()["user"]["username"] == first


def test_wrong_password_and_unknown_user_get_the_same_answer(http: httpx.Client, listener: Listener) -> None:
    wrong = _login(http, listener.username, "not the password")
    unknown = _login(http, "nobody-of-that-name", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_login_takes_equal_time_for_unknown_users(http: httpx.Client, listener: Listener) -> None:
    def median(username: str) -> float:
        times = []
        for _ in range(7):
            start = time.perf_counter()
            _login(http, username, "not the password")
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    known, unknown = median(listener.username), median("nobody-of-that-name")
    # a hash takes tens of milliseconds, everything else one or two
    assert unknown > known / 2
    assert known > unknown / 2


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "é.é.é", "e30.e30.e30", "[" * 5000, "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."]
)
def test_bad_token_is_401_with_a_challenge(http: httpx.Client, token: str) -> None:
    answer = http.get("/me", headers={b"Authorization": f"Bearer {token}".encode()})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_no_token_is_401_and_says_what_to_send(http: httpx.Client) -> None:
    answer = http.get("/me")
    assert answer.status_code == 401
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_token_of_a_deleted_account_is_401_everywhere(listener: Listener) -> None:
    song = {"song_id": "Radiohead - Amber"}
    assert listener.http.post("/me/likes", json=song).status_code == 201
    assert farewell(listener).status_code == 204
    seeds = {"seeds": ["Radiohead - Amber", "Muse - Basalt", "Placebo - Cobalt"]}
    answers = [
        listener.http.get("/me"),
        farewell(listener),
        listener.http.get("/me/seeds"),
        listener.http.delete("/me/seeds"),
        listener.http.post("/recommendations/cold-start", json=seeds),
        listener.http.get("/recommendations/categories"),
        listener.http.get("/me/likes"),
        listener.http.post("/me/likes", json=song),
        listener.http.delete("/me/likes", params=song),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)


def test_deleted_name_is_free_and_its_new_owner_starts_empty(
    newcomer: Callable[..., Listener], listener: Listener
) -> None:
    listener.http.post("/me/likes", json={"song_id": "Radiohead - Amber"})
    farewell(listener)
    heir = newcomer(listener.username)
    assert heir.http.get("/me/likes").json() == {"items": [], "next_cursor": None}
    assert listener.http.get("/me").status_code == 401


@pytest.mark.parametrize(
    "username", ["a", "x" * 51, " ada", "ada ", "a\tb", "a\x00b", "\ud800b", "a\u200bb", "", 7, None, ["ada"]]
)
def test_username_that_cannot_be_one_is_422(http: httpx.Client, username: object) -> None:
    # escaped by hand: a lone surrogate has no UTF-8 of its own
    body = json.dumps({"username": username, "password": PASSWORD})
    answer = http.post("/auth/signup", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["loc"] == ["body", "username"]


@pytest.mark.parametrize("password", ["", "seven77", "x" * 129, "eight\x0088", 12345678, None])
def test_password_that_cannot_be_one_is_422_and_not_repeated(http: httpx.Client, password: object) -> None:
    answer = http.post("/auth/signup", json={"username": "somebody", "password": password})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "password"]
    if isinstance(password, str) and password:
        assert password not in answer.text


def test_megabyte_password_is_refused_before_it_is_hashed(http: httpx.Client, listener: Listener) -> None:
    huge = "x" * 1_000_000
    start = time.perf_counter()
    assert http.post("/auth/signup", json={"username": "somebody", "password": huge}).status_code == 413
    assert _login(http, listener.username, huge).status_code == 413
    assert time.perf_counter() - start < 1
