"""Several workers: a lost one is replaced whatever is out of order, and only the first start may fail for good."""

import os
import shutil
import signal
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from artifact_set import ArtifactStore
from tests.conftest import Server, eventually, gunicorn_command, serving, sign_up
from tests.processes import children, ends_soon
from tests.serving.two_camps import complete

_WORKERS = 3
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _have_booted(server: Server, workers: int) -> None:
    """Wait until so many have, of all generations together."""
    _until(server, lambda: server.log.read_text().count("Application startup complete") >= workers)


def _until(server: Server, what: Callable[[], bool]) -> None:
    """Wait for something to become true while the server goes on."""

    def holds() -> bool:
        assert server.process.poll() is None, server.log.read_text()
        return what()

    eventually(holds, server.log.read_text)


def _kill_all_workers(server: Server) -> None:
    _have_booted(server, _WORKERS)
    for pid in children(server.process.pid):
        os.kill(pid, signal.SIGKILL)
    _have_booted(server, 2 * _WORKERS)


def _reload(server: Server) -> None:
    _have_booted(server, _WORKERS)
    server.process.send_signal(signal.SIGHUP)
    _have_booted(server, 2 * _WORKERS)


@pytest.mark.parametrize("lose_workers", [_kill_all_workers, _reload])
def test_workers_are_replaced_while_postgresql_is_away_and_answer_503_until_it_is_back(
    tmp_path: Path, artifacts: Path, postgresql: Callable[[], str], lose_workers: Callable[[Server], None]
) -> None:
    url = make_url(postgresql())
    way = tmp_path / "postgresql"  # to its socket; taken away, nobody finds the server any more
    socket_folder = Path(str(url.query["host"]))
    way.symlink_to(socket_folder)
    settings = {
        "ARTIFACTS_DIR": str(artifacts),
        "DATABASE_URL": url.update_query_dict({"host": str(way)}).render_as_string(hide_password=False),
    }
    with serving(tmp_path, settings, gunicorn_command) as server:
        with server.client() as http:
            token = {"Authorization": f"Bearer {sign_up(http).token}"}
        way.unlink()
        lose_workers(server)
        assert httpx.get(f"{server.url}/catalog/popular").status_code == 200
        assert httpx.get(f"{server.url}/me", headers=token, timeout=30).status_code == 503
        assert httpx.get(f"{server.url}/health/ready", timeout=30).status_code == 503
        way.symlink_to(socket_folder)
        _until(server, lambda: httpx.get(f"{server.url}/health/ready", timeout=30).status_code == 200)
        assert httpx.get(f"{server.url}/me", headers=token).status_code == 200


@pytest.mark.parametrize("lose_workers", [_kill_all_workers, _reload])
@pytest.mark.parametrize("damage", ["altered", "dangling", "missing"])
def test_workers_are_replaced_while_current_is_out_of_order_and_serve_what_the_parent_opened(
    tmp_path: Path, lose_workers: Callable[[Server], None], damage: str
) -> None:
    root = tmp_path / "artifacts"
    sound = complete(root).name
    with serving(tmp_path, {}, gunicorn_command) as server:
        if damage == "altered":
            damaged = shutil.copytree(root / sound, root / "20000101T000000Z")
            (damaged / "song_vectors.index").write_bytes(b"")
            ArtifactStore(root).activate(damaged.name)
        else:
            (root / "current").unlink()
            if damage == "dangling":
                (root / "current").symlink_to("20000101T000000Z")
        lose_workers(server)
        assert httpx.get(f"{server.url}/health").json()["artifacts"] == sound
        assert httpx.get(f"{server.url}/health/ready").status_code == 200


def test_a_worker_forked_after_a_swap_takes_what_current_names(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    first = complete(root).name
    with serving(tmp_path, {}, gunicorn_command) as server:
        second = complete(root).name
        assert first != second
        _kill_all_workers(server)

        def all_serve_the_second() -> bool:
            answers = [httpx.get(f"{server.url}/health").json()["artifacts"] for _ in range(12)]
            return set(answers) == {second}

        _until(server, all_serve_the_second)


def test_workers_of_a_reload_begin_with_what_current_names(tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    complete(root)
    with serving(tmp_path, {}, gunicorn_command) as server:
        second = complete(root).name

        def swapped() -> bool:
            return server.log.read_text().count(f"{second} serves now") == _WORKERS

        _until(server, swapped)
        _reload(server)
        _until(server, lambda: server.log.read_text().count("Application shutdown complete") == _WORKERS)
        assert {httpx.get(f"{server.url}/health").json()["artifacts"] for _ in range(12)} == {second}
        assert swapped(), server.log.read_text()  # none of the new ones had to


@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGTERM])
def test_a_request_on_its_way_to_a_worker_that_stops_is_answered(
    tmp_path: Path, artifacts: Path, how: signal.Signals
) -> None:
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        _have_booted(server, _WORKERS)
        used, unused = (HTTPConnection(server.url.removeprefix("http://")) for _ in range(2))
        with closing(used), closing(unused):
            used.request("GET", "/health")
            assert used.getresponse().read()
            unused.connect()
            server.process.send_signal(how)
            eventually(lambda: server.log.read_text().count("Shutting down") >= _WORKERS)
            for connection in (used, unused):
                connection.request("POST", "/auth/login", "username=nobody&password=wrong", _FORM)
                answer = connection.getresponse()
                assert answer.status == 401
                assert answer.headers["Connection"] == "close"
                assert answer.read()


def test_a_worker_that_stops_closes_connections_that_stay_idle(tmp_path: Path, artifacts: Path) -> None:
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        _have_booted(server, _WORKERS)
        with closing(HTTPConnection(server.url.removeprefix("http://"))) as idle:
            idle.connect()
            assert server.stop() == 0


def test_uvicorns_own_worker_class_still_serves(tmp_path: Path, artifacts: Path) -> None:
    def command(port: int) -> list[str]:
        given = gunicorn_command(port)
        return [word.replace("uvicorn_worker.", "uvicorn.workers.") for word in given]

    assert "uvicorn.workers.UvicornWorker" in command(1)
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, command) as server:
        assert httpx.get(f"{server.url}/health/ready").status_code == 200


def test_no_process_is_left_when_the_parent_is_killed(tmp_path: Path, artifacts: Path) -> None:
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        _have_booted(server, _WORKERS)
        workers = children(server.process.pid)
        assert len(workers) == _WORKERS
        server.stop(signal.SIGKILL)
        assert all(map(ends_soon, workers))


def test_nothing_is_left_in_the_home_of_who_runs_it(tmp_path: Path, artifacts: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = {"ARTIFACTS_DIR": str(artifacts), "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    with serving(tmp_path, settings, gunicorn_command) as server:
        _have_booted(server, _WORKERS)
        assert list(home.rglob("*")) == []


def test_a_worker_that_is_told_to_end_in_its_first_moment_ends(tmp_path: Path, artifacts: Path) -> None:
    with serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        _have_booted(server, _WORKERS)
        for _ in range(10):
            before = set(children(server.process.pid))
            os.kill(min(before), signal.SIGKILL)
            while not (newborn := set(children(server.process.pid)) - before):
                assert server.process.poll() is None
            told = newborn.pop()
            os.kill(told, signal.SIGTERM)
            assert ends_soon(told)
            eventually(lambda: len(children(server.process.pid)) == _WORKERS)
