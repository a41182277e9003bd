"""What one client can take from a gunicorn without a proxy: a bounded head, a bounded number of connections."""

import json
import re
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server, gunicorn_command, serving

FILES = 256


def _with_few_files(port: int) -> list[str]:
    return ["prlimit", f"--nofile={FILES}:{FILES}", *gunicorn_command(port)]


@pytest.fixture(scope="module")
def server(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"ARTIFACTS_DIR": str(artifacts)}
    with serving(tmp_path_factory.mktemp("bounded"), settings, _with_few_files) as running:
        yield running


def _connect(server: Server) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def _all(connection: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            received += part
    return received


def _is_problem(answer: bytes, status: int, code: str) -> str:
    """Its request id."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"content-type: application/problem+json" in head
    assert (json.loads(body)["status"], json.loads(body)["code"]) == (status, code)
    request_id = re.search(rb"^x-request-id: ([0-9a-f]{32})\r?$", head, re.MULTILINE)
    assert request_id is not None
    return request_id[1].decode()


def test_a_head_without_end_is_refused(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
        line = b"X-More: " + b"x" * 1_000 + b"\r\n"
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(50_000):
                connection.sendall(line)
                sent += len(line)
    assert sent < 20_000_000  # what the kernel holds, and not the 50 MB that were to come


def test_a_head_that_is_too_large_is_told_so(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 300_000)
        _is_problem(_all(connection), 431, "too_large")


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n"]
)
def test_what_is_no_http_is_told_so_in_a_problem(server: Server, sent: bytes) -> None:
    request_ids = set()
    for _ in range(2):
        with _connect(server) as connection:
            connection.sendall(sent)
            request_ids.add(_is_problem(_all(connection), 400, "unreadable"))
    assert len(request_ids) == 2


def test_large_heads_that_are_allowed_come_through_again_and_again(server: Server) -> None:
    with httpx.Client(base_url=server.url) as http:
        for _ in range(5):
            assert http.get("/health", headers={"X-Long": "x" * 60_000}).status_code == 200
            body = b"x" * 60_000
            assert http.post("/auth/signup", content=body).status_code == 422


def test_idle_connections_make_room_for_who_asks_for_health(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    with ExitStack() as held:
        for _ in range(3 * FILES):
            held.enter_context(_connect(server))
        for _ in range(12):  # whichever worker is asked
            assert httpx.get(f"{server.url}/health", timeout=20).status_code == 200
    said = server.log.read_text()
    assert "Too many open files" not in said
    assert "Traceback" not in said
