"""The production stack from its own files: nginx with TLS, two replicas of three workers, PostgreSQL and Valkey."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import httpx
import pytest

from tests.conftest import PASSWORD, REPOSITORY, Listener, Server, eventually, sign_up
from tests.deploy.clients import Clients
from tests.deploy.proxy import TEMPLATES
from tests.deploy.stack import Stack, stack
from tests.serving import two_camps
from tests.serving.two_camps import rock


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of sets that is this module's alone."""
    root = tmp_path_factory.mktemp("stack") / "artifacts"
    two_camps.complete(root)
    return root


@pytest.fixture(scope="module")
def running(sets: Path, postgresql: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"ARTIFACTS_DIR": str(sets), "DATABASE_URL": postgresql(), "RATE_LIMITS": "on"}
    with stack(tmp_path_factory.mktemp("stack"), settings) as one:
        yield one
    said = one.log.read_text()
    assert "Traceback" not in said, said


@pytest.fixture
def replicas(running: Stack) -> Iterator[list[httpx.Client]]:
    """A client of each replica, without nginx between."""
    clients = [replica.client() for replica in running.replicas]
    yield clients
    for client in clients:
        client.close()


@pytest.fixture
def devices(running: Stack) -> Iterator[list[Listener]]:
    """Somebody who signed up through nginx, at each replica."""
    with running.client() as http:
        somebody = sign_up(http)
    somebody.http.close()
    token = {"Authorization": f"Bearer {somebody.token}"}
    clients = [httpx.Client(base_url=one.url, timeout=30, headers=token) for one in running.replicas]
    yield [Listener(somebody.username, client, somebody.token, somebody.refresh_token) for client in clients]
    for client in clients:
        client.close()


def test_requests_go_to_both_replicas(running: Stack) -> None:
    assert running.proxy
    with running.client() as http:
        for _ in range(20):
            assert http.get("/health/ready").status_code == 200
    asked = {replica.url.removeprefix("http://") for replica in running.replicas}
    eventually(lambda: all(address in running.proxy.access_log for address in asked))  # type: ignore[union-attr]


def test_who_signs_up_at_one_replica_logs_in_at_another_and_out_at_both(replicas: list[httpx.Client]) -> None:
    here, there = replicas
    with sign_up(here).http as known:
        username = known.get("/me").json()["username"]
    login = there.post("/auth/login", data={"username": username, "password": PASSWORD})
    assert login.status_code == 200
    token = {"Authorization": f"Bearer {login.json()['access_token']}"}
    assert here.get("/me", headers=token).status_code == 200
    assert here.post("/auth/logout", headers=token).status_code == 204
    assert {one.get("/me", headers=token).status_code for one in replicas} == {401}


def test_signups_are_counted_together(replicas: list[httpx.Client]) -> None:
    address = {"X-Forwarded-For": "203.0.113.7"}  # as nginx says it, whom the replicas believe
    tries = [
        one.post("/auth/signup", json={"username": f"many-{n}", "password": PASSWORD}, headers=address).status_code
        for n, one in enumerate(islice(cycle(replicas), 21))
    ]
    assert tries == [201] * 20 + [429]


def test_a_queue_is_one_whichever_replica_a_device_asks(devices: list[Listener]) -> None:
    phone, desk = devices
    body = {"items": [{"song_id": rock(1), "added_by": "user"}]}
    put = phone.http.put("/me/queue", json=body, headers={"If-Match": '"none"'})
    assert put.status_code == 200
    late = desk.http.put("/me/queue", json=body, headers={"If-Match": '"none"'})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert desk.http.get("/me/queue").headers["ETag"] == put.headers["ETag"]


def test_an_import_sent_to_one_replica_is_followed_at_another(devices: list[Listener]) -> None:
    here, there = devices
    history = ("history.csv", b"Username,Artist,Track\n" + b"me,Muse,Starlight\n" * 9)
    job = here.http.post("/me/imports", files={"files": history}).json()["id"]
    eventually(lambda: there.http.get(f"/me/imports/{job}").json()["state"] == "done")


def test_a_new_set_is_taken_over_by_every_worker_of_both(running: Stack, sets: Path) -> None:
    newer = two_camps.complete(sets).name

    def serves(replica: Server) -> bool:
        return {httpx.get(f"{replica.url}/health").json()["artifacts"] for _ in range(12)} == {newer}

    for replica in running.replicas:
        eventually(lambda replica=replica: serves(replica))  # type: ignore[misc]
    assert httpx.get(f"{running.url}/catalog/popular").headers["X-Artifact-Version"] == newer


def test_http_leads_to_https_and_certbot_finds_its_proof(running: Stack) -> None:
    assert running.proxy
    moved = httpx.post(f"{running.proxy.plain}/auth/login?a=b", headers={"Host": "music.example"})
    assert (moved.status_code, moved.headers["Location"]) == (308, "https://music.example/auth/login?a=b")
    proof = running.proxy.folder / "acme" / ".well-known" / "acme-challenge" / "token"
    proof.parent.mkdir(parents=True)
    proof.write_text("proof")
    assert httpx.get(f"{running.proxy.plain}/.well-known/acme-challenge/token").text == "proof"


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/metrics"])
def test_every_answer_tells_browsers_to_stay_with_https(running: Stack, path: str) -> None:
    assert httpx.get(f"{running.url}{path}").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_an_answer_of_a_closed_site_does_as_well(running: Stack) -> None:
    assert running.proxy
    with running.proxy.closed():
        answer = httpx.get(f"{running.url}/health")
    assert answer.status_code == 503
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


# what deploy/replace.sh asks of Docker, done with the nginx here; a replica gets ready unless a file has its name
_DOCKER = """#!/bin/sh
cd {folder}
here() {{ echo "$*" | sed 's/10.119.0.11:8000/{first}/; s/10.119.0.12:8000/{second}/'; }}
case "$*" in
    *" grep -q "*) grep -q "$(here "$7")" {conf} ;;
    *"/replica.sh "*) sh {script} $(here "$7 $8") ;;
    *) shift $(($# - 1)); echo "$1" >> replaced; [ ! -e "$1" ] ;;
esac
"""


def test_a_replica_that_does_not_get_ready_stays_out_and_goes_first_the_next_time(
    running: Stack, tmp_path: Path
) -> None:
    assert running.proxy
    first, second = (one.url.removeprefix("http://") for one in running.replicas)
    places = running.proxy.places
    script, conf = TEMPLATES / "replica.sh", places["API_CONF"]
    docker = tmp_path / "docker"
    docker.write_text(_DOCKER.format(folder=tmp_path, first=first, second=second, conf=conf, script=script))
    docker.chmod(0o755)
    argv = ["sh", str(REPOSITORY / "deploy" / "replace.sh")]
    env = os.environ | places | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    (tmp_path / "api-b").touch()
    refused = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert (refused.returncode, "api-b does not get ready" in refused.stderr) == (1, True)
    assert f"server {second} down" in Path(conf).read_text()
    (tmp_path / "api-b").unlink()
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "api-b is replaced\napi-a is replaced\n"), done.stderr
    assert (tmp_path / "replaced").read_text().split() == ["api-a", "api-b", "api-b", "api-a"]
    assert " down" not in Path(conf).read_text()


def test_reloads_lose_nothing_and_a_replica_that_is_stopped_no_more_than_waits_to_be_taken(
    artifacts: Path, postgresql: Callable[[], str], tmp_path: Path
) -> None:
    settings = {"ARTIFACTS_DIR": str(artifacts), "DATABASE_URL": postgresql()}
    with stack(tmp_path, settings) as running, Clients(running.url) as clients:
        assert running.proxy
        running.proxy.reload()
        clients.ask_more(50)
        for replica, ended in zip(running.replicas, (3, 6), strict=True):
            replica.process.send_signal(signal.SIGHUP)
            eventually(lambda ended=ended: running.log.read_text().count("Finished server process") >= ended)  # type: ignore[misc]
            clients.ask_more(50)
        assert set(clients.statuses) == {422}
        assert running.replicas[0].stop() == 0
        clients.ask_more(50)
    # the system resets a connection that no worker has taken when the last one closes the port: one a client at most,
    # and nginx may not send a POST again
    assert set(clients.statuses) <= {422, 503}
    assert clients.statuses.count(503) <= clients.COUNT


def test_a_replica_that_was_taken_out_of_nginx_is_stopped_without_a_lost_request(
    artifacts: Path, postgresql: Callable[[], str], tmp_path: Path
) -> None:
    settings = {"ARTIFACTS_DIR": str(artifacts), "DATABASE_URL": postgresql()}
    with stack(tmp_path, settings) as running, Clients(running.url) as clients:
        assert running.proxy
        first, second = (one.url.removeprefix("http://") for one in running.replicas)
        for what, address in (("out", second), ("in", second), ("out", first)):
            done = running.proxy.replica(what, address)
            assert (done.returncode, done.stderr) == (0, "")
            clients.ask_more(50)
        assert running.replicas[0].stop() == 0
        clients.ask_more(50)
        assert running.proxy.access_log.splitlines()[-1].count(second)
    assert set(clients.statuses) == {422}


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("expected out or in, and HOST:PORT", ["out"]),
        ("'off': expected out or in", ["off", "{first}"]),
        ("'127.0.0.1:1' is no replica: expected one of {first} {second}", ["out", "127.0.0.1:1"]),
        ("{second} is the last one that is asked: let another one in before", ["out", "{second}"]),
    ],
)
def test_what_nginx_cannot_do_with_a_replica_is_said_in_a_line(running: Stack, said: str, arguments: list[str]) -> None:
    assert running.proxy
    first, second = (one.url.removeprefix("http://") for one in running.replicas)
    assert running.proxy.replica("out", first).returncode == 0
    done = running.proxy.replica(*(one.format(first=first, second=second) for one in arguments))
    assert running.proxy.replica("in", first).returncode == 0
    assert (done.returncode, done.stderr) == (2, f"replica.sh: {said.format(first=first, second=second)}\n")
