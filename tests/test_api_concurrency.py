"""Many at once: nothing is lost, nothing stands still, and who cannot be served is told so."""

import asyncio
import os
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import Server, gunicorn_command, serving, sign_up
from tests.crowd import History, all_likes, alone, crowded, patient_client, through_crashes, together
from tests.load import Load, finish, read_answer, request, start
from tests.processes import children, command
from tests.serving.two_camps import SONGS, jazz, rock

nightly = pytest.mark.nightly
lengths = pytest.mark.parametrize("seconds", [4.0, pytest.param(30.0, marks=nightly)])


@pytest.fixture
def fresh(tmp_path: Path, artifacts: Path, fresh_url: str) -> Iterator[Server]:
    """One process over an empty database."""
    with serving(tmp_path, {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts)}) as server:
        yield server


@pytest.fixture
def three_workers(tmp_path: Path, artifacts: Path, fresh_url: str) -> Iterator[Server]:
    """Three workers over an empty database."""
    settings = {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts)}
    with serving(tmp_path, settings, gunicorn_command) as server:
        yield server


def _tokens(server: Server, count: int) -> list[str]:
    with server.client() as http:
        people = [sign_up(http) for _ in range(count)]
    for somebody in people:
        somebody.http.close()
    return [somebody.token for somebody in people]


@lengths
def test_fifty_clients_lose_and_double_nothing(three_workers: Server, seconds: float) -> None:
    """25 have a listener to themselves; the others are five to a listener, on the same songs."""
    url = three_workers.url
    tokens = _tokens(three_workers, 30)
    single, shared = tokens[:25], tokens[25:]
    histories = {token: {song_id: History() for song_id in SONGS[:6]} for token in shared}
    asyncio.run(
        together(
            *(alone(url, token, seconds, seed) for seed, token in enumerate(single)),
            *(crowded(url, token, seconds, 100 + i, histories[token]) for i in range(5) for token in shared),
        )
    )
    for token, of_songs in histories.items():
        liked = asyncio.run(_likes_of(url, token))
        assert len(liked) == len(set(liked))
        for song_id, history in of_songs.items():
            history.check(liked=song_id in liked)


async def _likes_of(url: str, token: str) -> list[str]:
    async with patient_client(url, token) as http:
        return await all_likes(http)


def test_a_worker_killed_amid_writes_takes_no_acknowledged_one_with_it(three_workers: Server) -> None:
    tokens = _tokens(three_workers, 12)
    killed: list[int] = []

    async def write_and_kill() -> list[dict[str, bool | None]]:
        over = asyncio.Event()
        writing = [
            asyncio.create_task(through_crashes(three_workers.url, token, over.is_set, seed))
            for seed, token in enumerate(tokens)
        ]
        for _ in range(3):
            await asyncio.sleep(1)
            killed.append(_workers(three_workers)[0])
            os.kill(killed[-1], signal.SIGKILL)
        await asyncio.sleep(1)
        over.set()
        return await asyncio.gather(*writing)

    known = asyncio.run(write_and_kill())
    assert len(set(killed)) == 3
    for token, songs in zip(tokens, known, strict=True):
        liked = set(asyncio.run(_likes_of(three_workers.url, token)))
        acknowledged = {song_id: state for song_id, state in songs.items() if state is not None}
        assert acknowledged
        assert {song_id: song_id in liked for song_id in acknowledged} == acknowledged


def _workers(server: Server) -> list[int]:
    return [child for child in children(server.process.pid) if "gunicorn" in " ".join(command(child))]


@lengths
@pytest.mark.parametrize("connections", [64, 256])
def test_nothing_stands_still_from_a_fresh_start(fresh: Server, connections: int, seconds: float) -> None:
    tokens = _tokens(fresh, 8)
    mixed = [part for token in tokens for part in _own_requests(token)]
    load = Load(httpx.URL(fresh.url).port or 0, mixed, connections, seconds, warm_up=0.0)
    healthy = 0
    with start(load) as process:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert httpx.get(f"{fresh.url}/health", timeout=10).status_code == 200
            healthy += 1
            time.sleep(0.1)
        outcome = finish(process)
    assert healthy
    assert outcome.lost == 0
    assert set(outcome.statuses) <= {200, 201, 204}, outcome.statuses
    assert outcome.statuses.total() > connections


def _own_requests(token: str) -> list[bytes]:
    """Every kind of request that needs the database, of one listener."""
    like = ("/me/likes", f'{{"song_id": "{rock(3)}"}}'.encode())
    start_over = ("/recommendations/cold-start", f'{{"seeds": ["{rock(0)}", "{rock(1)}", "{jazz(0)}"]}}'.encode())
    posts = [request(path, method="POST", token=token, body=body) for path, body in (like, start_over)]
    gets = [request(path, token=token) for path in ("/me", "/me/likes", "/me/seeds", "/recommendations/categories")]
    return [*posts, *gets, request("/me/likes", method="DELETE", token=token, song_id=rock(3))]


def test_who_finds_everything_taken_is_told_when_to_try_again(fresh: Server, fresh_url: str) -> None:
    (token,) = _tokens(fresh, 1)

    async def crowd() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=fresh.url, timeout=60, limits=httpx.Limits(max_connections=None)) as http:
            song = {"song_id": rock(3)}
            own = {"Authorization": f"Bearer {token}"}
            calls = [asyncio.create_task(http.post("/me/likes", json=song, headers=own)) for _ in range(600)]
            # more than threads and queue hold: some are refused while all the others still wait
            early, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            assert {call.result().status_code for call in early} == {503}
            assert (await http.get("/health")).status_code == 200
            return await asyncio.gather(*calls)

    with _locked(fresh_url):
        answers = asyncio.run(crowd())
    assert Counter(answer.status_code for answer in answers) == {503: 600}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    liked = httpx.post(
        f"{fresh.url}/me/likes", json={"song_id": rock(3)}, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert liked.status_code == 201


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Nobody else can write a like meanwhile."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
    else:
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE likes IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()


def test_reading_goes_on_while_somebody_writes_for_long(tmp_path: Path, artifacts: Path) -> None:
    url = f"sqlite:///{tmp_path}/redux.db"
    with serving(tmp_path, {"DATABASE_URL": url, "ARTIFACTS_DIR": str(artifacts)}) as server:
        (token,) = _tokens(server, 1)
        with _locked(url):
            answer = httpx.get(f"{server.url}/me/likes", headers={"Authorization": f"Bearer {token}"}, timeout=30)
            assert answer.status_code == 200


def test_a_postgresql_that_comes_back_is_used_again(
    tmp_path: Path, artifacts: Path, postgresql: Callable[[], str]
) -> None:
    url = postgresql()
    with serving(tmp_path, {"DATABASE_URL": url, "ARTIFACTS_DIR": str(artifacts)}) as server:
        (token,) = _tokens(server, 1)
        own = {"Authorization": f"Bearer {token}"}
        asyncio.run(_ask_often(server.url, own, 40))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        statuses = [httpx.get(f"{server.url}/me/likes", headers=own).status_code for _ in range(20)]
        # one learns that its connection is gone; nobody else has to
        assert Counter(statuses) in ({200: 20}, {200: 19, 503: 1})


async def _ask_often(url: str, headers: dict[str, str], times: int) -> None:
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as http:
        answers = await asyncio.gather(*(http.get("/me/likes") for _ in range(times)))
    assert {answer.status_code for answer in answers} == {200}


def test_idle_connections_outlive_those_who_keep_them(tmp_path: Path, artifacts: Path) -> None:
    """HTTPX keeps idle connections for 5 s, nginx for 60: who closes first must not be the server."""
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db", "ARTIFACTS_DIR": str(artifacts)}
    with (
        serving(tmp_path, settings, gunicorn_command) as server,
        socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), timeout=10) as connection,
    ):
        for pause in (6, 0):
            connection.sendall(request("/health"))
            assert read_answer(connection).startswith(b"HTTP/1.1 200 ")
            time.sleep(pause)
