"""Many players at once, and a worker killed amid them: what was accepted is stored, and stored once."""

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server, gunicorn_command, serving, sign_up
from tests.processes import children, command
from tests.serving.two_camps import SONGS
from tests.test_api_imports import count

CLIENTS = 64
ACCOUNTS = 8
BATCHES = 6  # of each client
SIZE = 20  # listens of a batch


async def _submit(url: str, token: str, client: int, accepted: list[int], unheard: list[int]) -> None:
    """Submit batches, each again until it is accepted: a player knows no better than the answers it hears."""
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
        for batch in range(BATCHES):
            items = [
                {
                    "id": f"{client}-{batch}-{i}",
                    "song_id": SONGS[(client + i) % len(SONGS)],
                    "started_at": f"2026-01-{1 + batch:02}T10:{i:02}:00Z",
                }
                for i in range(SIZE)
            ]
            while True:
                try:
                    answer = await http.post("/me/listens", json={"items": items})
                except httpx.TransportError:
                    unheard.append(SIZE)
                    continue
                if answer.status_code == 202:
                    break
                assert answer.status_code == 503, answer.text
            accepted.append(answer.json()["accepted"])


def _workers(server: Server) -> list[int]:
    return [pid for pid in children(server.process.pid) if "gunicorn" in " ".join(command(pid))]


@pytest.mark.parametrize("kills", [0, 3])
def test_what_64_clients_were_told_is_accepted_is_stored_once(
    tmp_path: Path, artifacts: Path, fresh_url: str, kills: int
) -> None:
    accepted: list[int] = []
    unheard: list[int] = []
    with serving(tmp_path, {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        with server.client() as http:
            people = [sign_up(http) for _ in range(ACCOUNTS)]

        async def crowd() -> None:
            work = [
                asyncio.create_task(_submit(server.url, people[client % ACCOUNTS].token, client, accepted, unheard))
                for client in range(CLIENTS)
            ]
            for kill in range(kills):
                while len(accepted) < CLIENTS * BATCHES * (kill + 1) // (kills + 2):
                    await asyncio.sleep(0.01)
                stored = count(fresh_url, "listens")
                told = sum(accepted)
                assert stored >= told - SIZE * CLIENTS  # what was just told may have come between the two counts
                os.kill(_workers(server)[0], signal.SIGKILL)
            await asyncio.gather(*work)

        asyncio.run(crowd())
        for somebody in people:
            somebody.http.close()
    assert sum(accepted) == CLIENTS * BATCHES * SIZE
    assert count(fresh_url, "listens") == sum(accepted)
    if not kills:
        assert unheard == []
