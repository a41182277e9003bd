"""Limits: how often, how large, and whose address is counted."""

import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import PASSWORD, STACK, Server, gunicorn_command, serving
from tests.load import read_answer

ON = {"RATE_LIMITS": "on"}


@pytest.fixture(scope="module")
def limited(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One process that counts for itself, and believes a proxy on this machine."""
    folder = tmp_path_factory.mktemp("limited")
    with serving(folder, {"ARTIFACTS_DIR": str(artifacts)} | ON) as server:
        yield server


def _from(address: str) -> dict[str, str]:
    """As the proxy on this machine says where a request came from."""
    return {"X-Forwarded-For": address}


def _guess(http: httpx.Client, username: str, address: str, password: str = "not the password") -> httpx.Response:
    form = {"username": username, "password": password}
    return http.post("/auth/login", data=form, headers=_from(address))


def _sign_up(http: httpx.Client, username: str, address: str) -> httpx.Response:
    return http.post("/auth/signup", json={"username": username, "password": PASSWORD}, headers=_from(address))


def _is_refused(answer: httpx.Response, policy: str) -> None:
    assert answer.status_code == 429, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["RateLimit-Policy"].startswith(f'"{policy}";q=')
    assert re.fullmatch(rf'"{policy}";r=0;t=\d+', answer.headers["RateLimit"])
    assert answer.headers["Retry-After"] in answer.json()["detail"]


def test_a_flood_of_signups_from_one_address_is_stopped_and_others_sign_up(limited: Server) -> None:
    with limited.client() as http:
        statuses = Counter(_sign_up(http, f"flood-{n}", "203.0.113.1").status_code for n in range(30))
        assert statuses == {201: 20, 429: 10}
        _is_refused(_sign_up(http, "flood-31", "203.0.113.1"), "signup")
        assert _sign_up(http, "somebody-else", "203.0.113.2").status_code == 201


def test_remaining_signups_are_told(limited: Server) -> None:
    with limited.client() as http:
        left = [_sign_up(http, f"told-{n}", "203.0.113.3").headers["RateLimit"] for n in range(2)]
    assert [text.split(";")[1] for text in left] == ["r=19", "r=18"]


def test_guesses_at_one_account_stop_at_ten_and_its_owner_elsewhere_logs_in(limited: Server) -> None:
    with limited.client() as http:
        assert _sign_up(http, "Victim", "198.51.100.1").status_code == 201
        # the same account however it is spelled
        names = ["victim", "VICTIM"] * 6
        statuses = [_guess(http, name, "198.51.100.2").status_code for name in names]
        assert statuses == [401] * 10 + [429] * 2
        _is_refused(_guess(http, "victim", "198.51.100.2", PASSWORD), "password")
        assert _guess(http, "victim", "198.51.100.1", PASSWORD).status_code == 200


def test_guesses_at_many_accounts_from_one_address_are_stopped(limited: Server) -> None:
    with limited.client() as http:
        statuses = Counter(_guess(http, f"nobody-{n}", "198.51.100.3").status_code for n in range(63))
        assert statuses == {401: 60, 429: 3}


def test_guesses_at_one_account_from_many_addresses_are_stopped(limited: Server) -> None:
    with limited.client() as http, ThreadPoolExecutor(4) as pool:
        tries = pool.map(lambda n: _guess(http, "wanted", f"192.0.2.{n}").status_code, range(103))
        assert Counter(tries) == {401: 100, 429: 3}


def test_guesses_at_the_password_by_a_stolen_token_are_stopped(limited: Server) -> None:
    with limited.client() as http:
        token = _sign_up(http, "robbed", "198.51.100.4").json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"} | _from("198.51.100.5")
        tries = [
            http.request("DELETE", "/me", json={"password": f"guess number {n}"}, headers=headers).status_code
            for n in range(11)
        ]
        assert tries == [403] * 10 + [429]
        # one count for each account, whichever way is tried: a login from there is refused as well
        assert _guess(http, "robbed", "198.51.100.5", PASSWORD).status_code == 429
        change = {"current_password": PASSWORD, "new_password": "the thief chooses"}
        assert http.post("/me/password", json=change, headers=headers).status_code == 429
        assert http.get("/me", headers=headers).status_code == 200


def test_a_whole_ipv6_network_is_one_address(limited: Server) -> None:
    with limited.client() as http:
        tries = [_sign_up(http, f"six-{n}", f"2001:db8:1:2::{n:x}").status_code for n in range(21)]
        assert tries == [201] * 20 + [429]
        assert _sign_up(http, "six-next-door", "2001:db8:1:3::1").status_code == 201


def test_who_is_no_trusted_proxy_cannot_choose_an_address(artifacts: Path, tmp_path: Path) -> None:
    settings = {"ARTIFACTS_DIR": str(artifacts), "FORWARDED_ALLOW_IPS": "192.0.2.1"} | ON
    with serving(tmp_path, settings) as server, server.client() as http:
        tries = [_sign_up(http, f"liar-{n}", f"203.0.113.{n}").status_code for n in range(21)]
    assert tries == [201] * 20 + [429]


def test_three_workers_count_together_in_valkey(artifacts: Path, tmp_path: Path, valkey: str) -> None:
    settings = {"ARTIFACTS_DIR": str(artifacts), "REDIS_URL": valkey} | ON
    with serving(tmp_path, settings, gunicorn_command) as server:

        def guess(n: int) -> int:
            with server.client() as http:  # a connection of its own each time, so that every worker gets some
                return _guess(http, "wanted", f"192.0.2.{n % 12}").status_code

        with ThreadPoolExecutor(4) as pool:
            assert Counter(pool.map(guess, range(103))) == {401: 100, 429: 3}
        assert "Traceback" not in server.log.read_text()


def test_without_its_valkey_the_app_answers_and_still_limits(artifacts: Path, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        with (
            serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts), "REDIS_URL": url} | ON) as server,
            server.client() as http,
        ):
            tries = [_sign_up(http, f"alone-{n}", "203.0.113.9").status_code for n in range(21)]
            assert tries == [201] * 20 + [429]
            said = server.log.read_text()
    assert "REDIS_URL does not answer" in said
    assert "Traceback" not in said


def test_limits_can_be_switched_off(http: httpx.Client) -> None:
    answers = [_guess(http, "nobody", "203.0.113.10") for _ in range(12)]
    assert {answer.status_code for answer in answers} == {401}
    assert "RateLimit" not in answers[-1].headers


def _raw(server: Server, request: bytes) -> bytes:
    with server.connect() as connection:
        connection.sendall(request)
        return read_answer(connection)


def test_a_body_above_64_kb_is_refused_before_it_is_sent(server: Server) -> None:
    head = b"POST /auth/signup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    answer = _raw(server, head % 10_000_000_000)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/auth/signup"), ("POST", "/me/listens"), ("POST", "/me/imports"), ("PUT", "/me/queue")],
)
def test_the_document_says_how_large_a_body_may_be(server: Server, method: str, path: str) -> None:
    answer = _raw(server, f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n".encode())
    operation = httpx.get(f"{server.url}/openapi.json").json()["paths"][path][method.lower()]
    documented = operation["responses"]["413"]["content"]["application/problem+json"]["example"]
    said = json.loads(answer.partition(b"\r\n\r\n")[2])
    if STACK:  # nginx has words of its own where a body is larger than it hands on
        said, documented = said["code"], documented["code"]
    assert said == documented


def test_a_body_that_hides_its_length_is_refused_at_64_kb(http: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 1000

    answer = http.post("/auth/signup", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    if not STACK:  # nginx has words of its own
        assert answer.json()["detail"] == "A body may have 64 KB at most."


def test_a_body_of_64_kb_is_read(http: httpx.Client) -> None:
    body = b'{"username": "roomy", "password": "%s"}' % PASSWORD.encode()
    answer = http.post("/auth/signup", content=body.ljust(64 * 1024), headers={"Content-Type": "application/json"})
    assert answer.status_code in (201, 409)
