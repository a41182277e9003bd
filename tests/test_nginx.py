"""The reverse proxy's own file, in a real nginx before a real server."""

import os
import shutil
import socket
import string
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import PASSWORD, REPOSITORY, Server, serving, sign_up
from tests.serving.two_camps import rock

MAIN = string.Template(
    """daemon off; user root; pid $folder/nginx.pid; error_log $folder/error.log; worker_processes 1;
events {}
http {
    access_log off;
    client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
    include $folder/default.conf;
}
"""
)


def _nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        assert not os.environ.get("CI"), ".ci/run installs nginx"
        pytest.skip("nginx is not installed")
    return found


@contextmanager
def _proxied(server: Server, folder: Path) -> Iterator[str]:
    """The address of an nginx before a server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    template = (REPOSITORY / "nginx" / "default.conf.template").read_text()
    upstream = server.url.removeprefix("http://")
    filled = template.replace("${API_UPSTREAM}", upstream).replace("${LISTEN}", address)
    (folder / "default.conf").write_text(filled)
    (folder / "nginx.conf").write_text(MAIN.substitute(folder=folder))
    process = subprocess.Popen([_nginx(), "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://{address}/health")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with _proxied(server, tmp_path_factory.mktemp("nginx")) as url:
        yield url


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
        _proxied(server, folder) as url,
    ):
        tries = [
            httpx.post(
                f"{url}/auth/signup",
                json={"username": f"liar-{n}", "password": PASSWORD},
                headers={"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"},
            ).status_code
            for n in range(21)
        ]
    assert tries == [201] * 20 + [429]


def test_a_body_of_delete_arrives(proxy: str, http: httpx.Client) -> None:
    listener = sign_up(http)
    headers = {"Authorization": f"Bearer {listener.token}"}
    listener.http.close()
    wrong = httpx.request("DELETE", f"{proxy}/me", json={"password": "not it"}, headers=headers)
    assert wrong.status_code == 403
    assert httpx.request("DELETE", f"{proxy}/me", json={"password": PASSWORD}, headers=headers).status_code == 204


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


def test_metrics_are_not_public(proxy: str) -> None:
    assert httpx.get(f"{proxy}/metrics").status_code == 404
