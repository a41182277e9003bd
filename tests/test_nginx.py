"""The reverse proxy's own files, in a real nginx before a real server."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import PASSWORD, Server, eventually, free_port, gunicorn_command, serving, sign_up
from tests.deploy.clients import Clients
from tests.deploy.proxy import Proxy, proxied
from tests.serving.two_camps import rock


def _address(server: Server) -> str:
    return server.url.removeprefix("http://")


@pytest.fixture(scope="module")
def nginx(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxied(tmp_path_factory.mktemp("nginx"), [_address(server)]) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def proxy(nginx: Proxy) -> str:
    return nginx.url


def test_the_api_answers_through_the_proxy(proxy: str) -> None:
    answer = httpx.get(f"{proxy}/health")
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]


def test_query_strings_arrive_as_they_were_sent(proxy: str, server: Server) -> None:
    for query in ("q=Bj%C3%B6rk", "q=a%26b&limit=3", "q=%22%3A*"):
        through = httpx.get(f"{proxy}/catalog/search?{query}").json()
        assert through == httpx.get(f"{server.url}/catalog/search?{query}").json()


def test_a_body_above_64_kb_is_refused_by_the_proxy(proxy: str) -> None:
    answer = httpx.post(f"{proxy}/auth/signup", content=b"x" * 70_000)
    assert answer.status_code == 413


def test_a_thousand_listens_and_a_history_pass_the_proxy(proxy: str, http: httpx.Client) -> None:
    listener = sign_up(http)
    headers = {"Authorization": f"Bearer {listener.token}"}
    listener.http.close()
    items = [{"id": f"{i}", "song_id": rock(1), "started_at": "2026-01-31T12:00:00Z"} for i in range(1000)]
    told = httpx.post(f"{proxy}/me/listens", json={"items": items}, headers=headers)
    assert (told.status_code, told.text) == (202, '{"accepted":1000}')
    history = ("history.csv", b"Username,Artist,Track\n" + b"me,Muse,Starlight\n" * 100_000)
    queued = httpx.post(f"{proxy}/me/imports", files={"files": history}, headers=headers)
    assert (queued.status_code, queued.json()["files"]) == (202, ["history.csv"])
    player = {"Authorization": "Token of-nobody"}
    refused = httpx.post(f"{proxy}/1/submit-listens", content=b" " * 10_240_001, headers=player)
    assert refused.json() == {"code": 400, "error": "Payload too large. Payload cannot exceed 10240000 bytes"}


def test_the_api_sees_the_address_that_nginx_saw_whatever_a_client_claims(
    artifacts: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("limited")
    with (
        serving(folder, {"ARTIFACTS_DIR": str(artifacts), "RATE_LIMITS": "on"}) as server,
        proxied(folder, [_address(server)]) as nginx,
    ):
        tries = [
            httpx.post(
                f"{nginx.url}/auth/signup",
                json={"username": f"liar-{n}", "password": PASSWORD},
                headers={"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"},
            ).status_code
            for n in range(21)
        ]
    assert tries == [201] * 20 + [429]


@pytest.fixture(scope="module")
def behind(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an nginx that believes 127.0.0.2, and nobody else, what it says of a client."""
    folder = tmp_path_factory.mktemp("behind")
    with (
        serving(folder, {"ARTIFACTS_DIR": str(artifacts), "RATE_LIMITS": "on"}) as server,
        proxied(folder, [_address(server)], behind="127.0.0.2") as nginx,
    ):
        yield nginx.url


def _signup(behind: str, source: str, name: str, forwarded_for: str) -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded_for, "X-Forwarded-Proto": "https"}
    body = {"username": name, "password": PASSWORD}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as http:
        return http.post(f"{behind}/auth/signup?cookie=true", json=body, headers=headers)


def test_another_proxy_is_believed_who_its_client_is_and_how_that_came(behind: str) -> None:
    answers = [_signup(behind, "127.0.0.2", f"believed-{n}", f"198.51.100.1, 203.0.113.{n}") for n in range(21)]
    assert [one.status_code for one in answers] == [201] * 21
    assert "Secure" in answers[0].headers["Set-Cookie"]
    assert answers[0].headers["Strict-Transport-Security"] == "max-age=31536000"
    same = [_signup(behind, "127.0.0.2", f"same-{n}", "203.0.113.99").status_code for n in range(21)]
    assert same == [201] * 20 + [429]


def test_nobody_but_that_proxy_is_believed(behind: str) -> None:
    answers = [_signup(behind, "127.0.0.3", f"liar-{n}", f"203.0.113.{n}") for n in range(21)]
    assert [one.status_code for one in answers] == [201] * 20 + [429]
    assert "Secure" not in answers[0].headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answers[0].headers


def test_a_body_of_delete_arrives(proxy: str, http: httpx.Client) -> None:
    listener = sign_up(http)
    headers = {"Authorization": f"Bearer {listener.token}"}
    listener.http.close()
    wrong = httpx.request("DELETE", f"{proxy}/me", json={"password": "not it"}, headers=headers)
    assert wrong.status_code == 403
    assert httpx.request("DELETE", f"{proxy}/me", json={"password": PASSWORD}, headers=headers).status_code == 204


def test_a_queue_that_is_compressed_on_the_way_can_be_replaced(proxy: str, http: httpx.Client) -> None:
    listener = sign_up(http)
    headers = {"Authorization": f"Bearer {listener.token}", "If-Match": "*"}
    listener.http.close()
    body = {"items": [{"song_id": rock(n % 30), "added_by": "user"} for n in range(60)]}
    assert httpx.put(f"{proxy}/me/queue", json=body, headers=headers).status_code == 200
    read = httpx.get(f"{proxy}/me/queue", headers=headers)
    assert read.headers["Content-Encoding"] == "gzip"
    headers["If-Match"] = read.headers["ETag"]
    assert httpx.put(f"{proxy}/me/queue", json=body, headers=headers).status_code == 200


def test_five_hundred_songs_to_leave_out_fit_into_an_address(proxy: str) -> None:
    params = {"song_id": rock(0), "exclude": [rock(n % 30) + "x" * 40 for n in range(500)]}
    assert httpx.get(f"{proxy}/recommendations/similar", params=params).status_code == 200


def test_pages_are_compressed_on_the_way(proxy: str) -> None:
    answer = httpx.get(f"{proxy}/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["openapi"]


def test_an_address_that_asks_too_often_waits_and_others_do_not(proxy: str) -> None:
    def flood(http: httpx.Client, count: int) -> list[httpx.Response]:
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(lambda _: http.get(f"{proxy}/catalog/popular"), range(count)))

    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as http:
        answers = flood(http, 600)
        while not any(answer.status_code == 429 for answer in answers):  # a slow machine does not ask so often
            answers += flood(http, 600)
            assert len(answers) < 20_000
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["status"] == 429
    assert httpx.get(f"{proxy}/catalog/popular").status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/.env", "/.git/config"])
def test_internals_are_not_public(proxy: str, path: str) -> None:
    answer = httpx.get(f"{proxy}{path}")
    assert answer.status_code == 404
    assert answer.headers["Server"] == "nginx"


@pytest.mark.parametrize(
    ("method", "path", "burst", "address"),
    [
        ("POST", "/auth/login", 40, "127.0.1.1"),
        ("POST", "/me/listens", 60, "127.0.1.2"),
        ("GET", "/me/imports", 60, "127.0.1.3"),
    ],
)
def test_logins_and_intake_have_stricter_limits(proxy: str, method: str, path: str, burst: int, address: str) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as http, ThreadPoolExecutor(16) as pool:
        asked: list[httpx.Response] = []
        while not any(answer.status_code == 429 for answer in asked):
            asked += pool.map(lambda _: http.request(method, f"{proxy}{path}"), range(2 * burst))
            assert len(asked) < 2_000
        passed = sum(answer.status_code != 429 for answer in asked)
        assert passed > burst
        assert http.get(f"{proxy}/catalog/popular").status_code == 200
    assert httpx.request(method, f"{proxy}{path}").status_code != 429


def test_an_upload_may_be_large_where_histories_are_taken_alone(proxy: str) -> None:
    refused = httpx.post(f"{proxy}/me/seeds", content=b"x" * 70_000)
    assert refused.status_code == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "too_large"
    assert httpx.post(f"{proxy}/me/imports", content=b"x" * 70_000).status_code == 401


def test_a_request_has_one_id_in_the_answer_and_in_the_log_without_its_query(nginx: Proxy) -> None:
    mine = "0d8a1c6e-3f0b-4c55-9a3e-6a1f7be6d111"
    assert httpx.get(f"{nginx.url}/health", headers={"X-Request-ID": mine}).headers["X-Request-ID"] == mine
    secret = httpx.get(f"{nginx.url}/catalog/search?q=secret", headers={"X-Request-ID": 'no "id"'})
    lines: list[dict[str, object]] = []

    def both_are_logged() -> bool:
        lines[:] = map(json.loads, nginx.access_log.splitlines())
        return {mine, secret.headers["X-Request-ID"]} <= {line["request_id"] for line in lines}

    eventually(both_are_logged)
    said = next(line for line in lines if line["request_id"] == secret.headers["X-Request-ID"])
    assert (said["path"], said["status"], said["method"]) == ("/catalog/search", 200, "GET")
    assert "secret" not in nginx.access_log


@pytest.mark.parametrize("asked", ["/listens", "/listen-count", "/playing-now", ""])
def test_whose_listens_a_player_asks_for_is_not_logged(nginx: Proxy, asked: str) -> None:
    answer = httpx.get(f"{nginx.url}/1/user/s%C3%A9cr%C3%A8te{asked}")
    mine = answer.headers["X-Request-ID"]

    def line() -> dict[str, object]:
        lines = map(json.loads, nginx.access_log.splitlines())
        return next((one for one in lines if one["request_id"] == mine), {})

    eventually(lambda: bool(line()))
    assert line()["path"] == f"/1/user/NAME{asked}"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_closed_site_says_when_to_come_back(nginx: Proxy, method: str) -> None:
    with nginx.closed():
        program = httpx.request(method, f"{nginx.url}/auth/login")
        person = httpx.request(method, nginx.url, headers={"Accept": "text/html,*/*"})
    assert program.status_code == person.status_code == 503
    assert program.headers["Retry-After"] == person.headers["Retry-After"] == "10"
    assert program.json()["code"] == "busy"
    assert "Back in a moment" in person.text
    assert person.headers["Content-Type"].startswith("text/html")
    assert httpx.get(f"{nginx.url}/health").status_code == 200


def test_who_asks_while_no_replica_runs_is_told_to_come_back(tmp_path: Path) -> None:
    with proxied(tmp_path, [f"127.0.0.1:{free_port()}"]) as nginx:
        answer = httpx.post(f"{nginx.url}/auth/login")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_a_replica_that_is_away_is_not_noticed(server: Server, tmp_path: Path) -> None:
    with proxied(tmp_path, [_address(server), f"127.0.0.1:{free_port()}"]) as two:
        statuses = {httpx.post(f"{two.url}/auth/login").status_code for _ in range(20)}
    assert statuses == {422}


def test_workers_that_have_answered_enough_are_replaced_and_lose_no_post(artifacts: Path, tmp_path: Path) -> None:
    def command(port: int) -> list[str]:
        *given, app = gunicorn_command(port)
        return [*given, "--max-requests", "100", "--max-requests-jitter", "50", app]

    with (
        serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, command) as server,
        proxied(tmp_path, [_address(server)]) as nginx,
        Clients(nginx.url) as clients,
    ):
        eventually(lambda: server.log.read_text().count("Finished server process") >= 3)
        clients.ask_more()
    assert set(clients.statuses) == {422}


def test_a_reload_of_nginx_and_one_of_gunicorn_lose_no_post(artifacts: Path, tmp_path: Path) -> None:
    with (
        serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server,
        proxied(tmp_path, [_address(server)]) as nginx,
        Clients(nginx.url) as clients,
    ):
        clients.ask_more()
        nginx.reload()
        clients.ask_more()
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: server.log.read_text().count("Finished server process") >= 3)
        clients.ask_more()
    assert len(clients.statuses) >= 600
    assert set(clients.statuses) == {422}
