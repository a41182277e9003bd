"""Sessions: renewing them, losing them to a thief, ending them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, update

from db import Database
from models import sessions
from tests.conftest import PASSWORD, Listener, Server


def _refresh(http: httpx.Client, token: str) -> httpx.Response:
    return http.post("/auth/refresh", json={"refresh_token": token})


def _renewed(http: httpx.Client, token: str) -> str:
    answer = _refresh(http, token)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["refresh_token"])


def _statuses_everywhere(server: Server, token: str) -> Counter[tuple[int, str | None]]:
    """What some thirty connections of their own, and so every worker, say to an access token."""
    answers: Counter[tuple[int, str | None]] = Counter()
    for _ in range(30):
        answer = httpx.get(f"{server.url}/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        answers[answer.status_code, answer.json().get("code")] += 1
    return answers


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def _age(connection: Connection, session_id: str, by: timedelta) -> None:
    row = connection.execute(sessions.select().where(sessions.c.id == session_id)).one()
    moments = {"refreshed_at": row.refreshed_at - by, "expires_at": row.expires_at - by}
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(moments))


def _grow_older(url: str, token: str, by: timedelta) -> None:
    """Let a session be as if so much time had passed."""
    with _database(url) as database:
        database.run_here(_age, token.partition(".")[0], by)


def test_a_refresh_token_gives_new_tokens_for_the_same_account(http: httpx.Client, listener: Listener) -> None:
    answer = _refresh(http, listener.refresh_token)
    assert answer.status_code == 200
    renewed = answer.json()
    assert renewed["user"]["username"] == listener.username
    assert renewed["refresh_token"] != listener.refresh_token
    assert "Set-Cookie" not in answer.headers
    for token in (renewed["access_token"], listener.token):  # the one before is good until it expires
        assert http.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_session_can_be_renewed_again_and_again(http: httpx.Client, listener: Listener) -> None:
    token, seen = listener.refresh_token, {listener.refresh_token}
    for _ in range(10):
        token = _renewed(http, token)
        assert token not in seen
        seen.add(token)
    assert len(listener.http.get("/me/sessions").json()["items"]) == 1


def test_a_token_sent_twice_within_a_minute_gives_the_same_successor(http: httpx.Client, listener: Listener) -> None:
    first, second = (_renewed(http, listener.refresh_token) for _ in range(2))
    assert first == second
    assert _renewed(http, first) != first


def test_a_stolen_old_token_ends_the_session_and_both_its_users_are_out(
    server: Server, http: httpx.Client, listener: Listener
) -> None:
    stolen = listener.refresh_token
    newest = _renewed(http, _renewed(http, stolen))
    used_again = _refresh(http, stolen)
    assert (used_again.status_code, used_again.json()["code"]) == (401, "token_revoked")
    assert _refresh(http, newest).json()["code"] == "token_revoked"
    assert _statuses_everywhere(server, listener.token) == {(401, "token_revoked"): 30}


def test_the_token_before_is_stolen_where_it_comes_back_after_a_minute(
    http: httpx.Client, listener: Listener, database_url: str
) -> None:
    newest = _renewed(http, listener.refresh_token)
    _grow_older(database_url, newest, timedelta(seconds=61))
    assert _refresh(http, listener.refresh_token).json()["code"] == "token_revoked"
    assert _refresh(http, newest).status_code == 401


def test_another_session_of_the_same_account_lives_on(http: httpx.Client, listener: Listener) -> None:
    form = {"username": listener.username, "password": PASSWORD}
    elsewhere = http.post("/auth/login", data=form).json()
    _renewed(http, _renewed(http, listener.refresh_token))
    assert _refresh(http, listener.refresh_token).status_code == 401
    assert _refresh(http, elsewhere["refresh_token"]).status_code == 200


def test_a_session_that_was_not_renewed_for_ninety_days_has_expired(
    http: httpx.Client, listener: Listener, database_url: str
) -> None:
    _grow_older(database_url, listener.refresh_token, timedelta(days=91))
    answer = _refresh(http, listener.refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_hundred_renewals_at_once_leave_one_newest_token(server: Server, listener: Listener) -> None:
    async def all_at_once() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as http:
            body = {"refresh_token": listener.refresh_token}
            return await asyncio.gather(*(http.post("/auth/refresh", json=body) for _ in range(100)))

    answers = asyncio.run(all_at_once())
    assert Counter(answer.status_code for answer in answers) == {200: 100}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    with server.client() as http:
        newest = _renewed(http, answers[0].json()["refresh_token"])
        assert _renewed(http, newest) != newest
    assert len(listener.http.get("/me/sessions").json()["items"]) == 1


@pytest.mark.parametrize("token", ["", "x", "é", "a.b", "0" * 32 + "." + "x" * 42, "0" * 200])
def test_what_is_no_refresh_token_is_401(http: httpx.Client, token: str) -> None:
    answer = _refresh(http, token)
    assert answer.status_code == 401
    assert answer.json()["code"] in ("token_invalid", "not_signed_in")


def test_an_unknown_session_is_401(http: httpx.Client) -> None:
    assert _refresh(http, f"{'0' * 32}.{'x' * 43}").json()["code"] == "token_revoked"


def test_a_refresh_without_any_token_says_what_to_send(http: httpx.Client) -> None:
    answer = http.post("/auth/refresh")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert "{refresh_token}" in answer.json()["detail"]


def test_a_logout_ends_the_session_on_every_worker_at_once(
    server: Server, http: httpx.Client, listener: Listener
) -> None:
    assert _statuses_everywhere(server, listener.token) == {(200, None): 30}
    assert listener.http.post("/auth/logout").status_code == 204
    assert _statuses_everywhere(server, listener.token) == {(401, "token_revoked"): 30}
    assert _refresh(http, listener.refresh_token).json()["code"] == "token_revoked"


def test_a_refresh_token_logs_out_as_well_and_again(http: httpx.Client, listener: Listener) -> None:
    for _ in range(2):
        answer = http.post("/auth/logout", json={"refresh_token": listener.refresh_token})
        assert answer.status_code == 204
    assert listener.http.get("/me").status_code == 401


def test_a_logout_of_nobody_is_401(http: httpx.Client) -> None:
    assert http.post("/auth/logout").json()["code"] == "not_signed_in"


def test_a_logout_elsewhere_leaves_this_session(http: httpx.Client, listener: Listener) -> None:
    form = {"username": listener.username, "password": PASSWORD}
    elsewhere = http.post("/auth/login", data=form).json()["refresh_token"]
    assert http.post("/auth/logout", json={"refresh_token": elsewhere}).status_code == 204
    assert listener.http.get("/me").status_code == 200


def _cookie_of(answer: httpx.Response) -> Any:  # noqa: ANN401  a Morsel
    return SimpleCookie(answer.headers["Set-Cookie"])["redux_refresh"]


def test_a_browser_keeps_its_refresh_token_where_no_script_reads_it(server: Server, listener: Listener) -> None:
    with server.client() as browser:
        form = {"username": listener.username, "password": PASSWORD}
        login = browser.post("/auth/login", params={"cookie": "true"}, data=form)
        assert login.json()["refresh_token"] is None
        cookie = _cookie_of(login)
        assert cookie["httponly"]
        assert cookie["samesite"] == "strict"
        assert cookie["path"] == "/auth"
        assert int(cookie["max-age"]) == 90 * 24 * 3600

        renewed = browser.post("/auth/refresh")
        assert renewed.status_code == 200
        assert renewed.json()["refresh_token"] is None
        assert _cookie_of(renewed).value != cookie.value
        assert "cookie" not in browser.get("/me").request.headers  # it travels to /auth alone

        assert browser.post("/auth/logout").status_code == 204
        assert _refresh(browser, _cookie_of(renewed).value).json()["code"] == "token_revoked"
        assert not browser.cookies


def test_behind_https_the_cookie_is_secure(server: Server, listener: Listener) -> None:
    with server.client() as browser:
        form = {"username": listener.username, "password": PASSWORD}
        https = {"X-Forwarded-Proto": "https"}
        login = browser.post("/auth/login", params={"cookie": "true"}, data=form, headers=https)
        assert _cookie_of(login)["secure"]


def test_two_tabs_of_one_browser_that_renew_at_the_same_time_both_stay(server: Server, listener: Listener) -> None:
    with server.client() as browser:
        form = {"username": listener.username, "password": PASSWORD}
        login = browser.post("/auth/login", params={"cookie": "true"}, data=form)
        shared = {"Cookie": f"redux_refresh={_cookie_of(login).value}"}

        def tab(_: int) -> httpx.Response:
            return httpx.post(f"{server.url}/auth/refresh", headers=shared, timeout=30)

        with ThreadPoolExecutor(2) as tabs:
            answers = list(tabs.map(tab, range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({_cookie_of(answer).value for answer in answers}) == 1


def test_sessions_are_listed_and_one_can_be_ended(http: httpx.Client, listener: Listener) -> None:
    form = {"username": listener.username, "password": PASSWORD}
    agent = {b"User-Agent": b"Phone/1.0 \xe9"}
    elsewhere = http.post("/auth/login", data=form, headers=agent).json()
    listed = listener.http.get("/me/sessions").json()["items"]
    assert [item["current"] for item in listed] == [False, True]
    assert listed[0]["device"] == "Phone/1.0 é"
    assert set(listed[0]) == {"id", "device", "created_at", "refreshed_at", "current"}
    for _ in range(2):
        assert listener.http.delete(f"/me/sessions/{listed[0]['id']}").status_code == 204
    assert _refresh(http, elsewhere["refresh_token"]).status_code == 401
    assert http.get("/me", headers={"Authorization": f"Bearer {elsewhere['access_token']}"}).status_code == 401
    assert [item["current"] for item in listener.http.get("/me/sessions").json()["items"]] == [True]


def test_nobody_ends_the_session_of_somebody_else(newcomer: Callable[..., Listener], listener: Listener) -> None:
    (mine,) = listener.http.get("/me/sessions").json()["items"]
    assert newcomer().http.delete(f"/me/sessions/{mine['id']}").status_code == 204
    assert listener.http.get("/me").status_code == 200


def test_another_password_ends_every_session_but_the_new_one(http: httpx.Client, listener: Listener) -> None:
    body = {"current_password": PASSWORD, "new_password": "a better one this time"}
    renewed = listener.http.post("/me/password", json=body).json()
    assert _refresh(http, listener.refresh_token).json()["code"] == "token_revoked"
    assert _refresh(http, renewed["refresh_token"]).status_code == 200
    own = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert len(http.get("/me/sessions", headers=own).json()["items"]) == 1


def test_the_database_holds_no_refresh_token(listener: Listener, database_url: str) -> None:
    with _database(database_url) as database:
        rows = database.run_here(lambda connection: connection.execute(sessions.select()).all())
    assert rows
    assert listener.refresh_token.partition(".")[2] not in str(rows)
