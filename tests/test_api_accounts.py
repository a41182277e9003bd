"""Signing up, logging in, being somebody, and leaving."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from jose import jwt

from tests.conftest import PASSWORD, Listener, farewell

# usernames that look like "ada", or like nothing
INVISIBLE = ["ad\u034fa", "ada\ufe0f", "\u3164\u3164", "ada\u2800", "ada\u00ad", "ada\u2062"]


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
    assert set(session) == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
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
    ("first", "second"), [("Grace", "gRACE"), ("Straße", "STRASSE"), ("Ｆｕｌｌ", "full"), ("é" * 2, "É" * 2)]
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
    assert heir.http.get("/me/likes").json() == {"items": [], "total": 0, "next_cursor": None}
    assert listener.http.get("/me").status_code == 401


@pytest.mark.parametrize(
    "username",
    ["a", "x" * 51, " ada", "ada ", "a  b", "a\tb", "a\x00b", "\ud800b", "a\u200bb", "", 7, None, ["ada"], *INVISIBLE],
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
    assert http.post("/auth/signup", json={"username": "somebody", "password": huge}).status_code == 413
    assert _login(http, listener.username, huge).status_code == 413


def _change(listener: Listener, current: str, new: str) -> httpx.Response:
    return listener.http.post("/me/password", json={"current_password": current, "new_password": new})


def test_a_new_password_ends_the_old_one_and_every_token(http: httpx.Client, listener: Listener) -> None:
    elsewhere = _login(http, listener.username, PASSWORD).json()["access_token"]
    changed = _change(listener, PASSWORD, "a better one this time")
    assert changed.status_code == 200
    assert changed.json()["user"]["username"] == listener.username
    for old in (listener.token, elsewhere):
        assert http.get("/me", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    new = {"Authorization": f"Bearer {changed.json()['access_token']}"}
    assert http.get("/me", headers=new).status_code == 200
    assert _login(http, listener.username, PASSWORD).status_code == 401
    assert _login(http, listener.username, "a better one this time").status_code == 200


def test_a_wrong_password_changes_and_deletes_nothing(http: httpx.Client, listener: Listener) -> None:
    for answer in (_change(listener, "not the password", "a better one this time"), farewell(listener, "not it")):
        assert answer.status_code == 403
        assert "wrong" in answer.json()["detail"]
    assert listener.http.get("/me").status_code == 200
    assert _login(http, listener.username, PASSWORD).status_code == 200


def test_of_two_changes_at_once_one_wins(http: httpx.Client, listener: Listener) -> None:
    wanted = [f"the new one is {n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda new: _change(listener, PASSWORD, new).status_code, wanted))
    # who comes late finds the token gone, or the password already another
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 403}
    kept = wanted[statuses.index(200)]
    assert [_login(http, listener.username, new).status_code == 200 for new in wanted] == [
        new == kept for new in wanted
    ]


def test_deletion_without_the_password_is_422(listener: Listener) -> None:
    assert listener.http.delete("/me").status_code == 422
    assert listener.http.get("/me").status_code == 200


@pytest.mark.parametrize(
    "password",
    ["password", "Password1", "12345678", "qwertyuiop", "aaaaaaaa", "abababab", "iloveyou", "Spotify2026!", "listener"],
)
def test_passwords_that_are_tried_first_are_refused(listener: Listener, http: httpx.Client, password: str) -> None:
    body = {"username": "listener", "password": password}
    answers = [http.post("/auth/signup", json=body)]
    if password != "listener":
        answers.append(_change(listener, PASSWORD, password))
    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"][1] in ("password", "new_password")
        assert f"'{password}'" not in answer.text


def test_ones_own_name_is_no_password(listener: Listener) -> None:
    answer = _change(listener, PASSWORD, f"{listener.username.upper()}1")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "new_password"]


@pytest.mark.parametrize(
    "password", ["        8 blanks", "пароль из слов", "🎵🎶🎵🎶🎸🥁🎹🎺", "x y z x y z", "xyz" * 42]
)
def test_any_characters_make_a_password(http: httpx.Client, listener: Listener, password: str) -> None:
    name = f"{listener.username}-2"
    assert http.post("/auth/signup", json={"username": name, "password": password}).status_code == 201
    assert _login(http, name, password).status_code == 200


def test_a_password_is_the_same_however_a_keyboard_spells_it(http: httpx.Client, listener: Listener) -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert _change(listener, PASSWORD, composed).status_code == 200
    assert _login(http, listener.username, decomposed).status_code == 200


def test_export_holds_everything_and_no_hash(listener: Listener) -> None:
    seeds = ["Radiohead - Amber", "Muse - Basalt", "Placebo - Cobalt"]
    listener.http.post("/recommendations/cold-start", json={"seeds": seeds})
    for song_id in seeds[:2]:
        listener.http.post("/me/likes", json={"song_id": song_id})
    answer = listener.http.get("/me/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    held = answer.json()
    assert held["user"] == listener.http.get("/me").json()
    assert sorted(held["seeds"]) == sorted(seeds)
    assert [like["song_id"] for like in held["likes"]] == [seeds[1], seeds[0]]
    assert abs(datetime.fromisoformat(held["likes"][0]["liked_at"]) - datetime.now(UTC)) < timedelta(minutes=5)
    assert "argon2" not in answer.text


def test_export_before_onboarding_is_empty(listener: Listener) -> None:
    held = listener.http.get("/me/export").json()
    assert (held["seeds"], held["likes"]) == (None, [])
