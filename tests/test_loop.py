"""The loop: what listeners play reaches the next model, and the running API takes it over."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
from sqlalchemy import select

from db import Database
from models import metadata
from tests.conftest import REPOSITORY, Listener, Server, environment, eventually, farewell, serving, sign_up

CAMPS = {"North": 10, "South": 10}  # listeners of each, who share no song
SONGS = 18  # of a camp; both together are more than half of those that serve
_RETRAIN = ["--trials", "2", "--algorithms", "puresvd"]


def _listen(server: Server, listener: Listener, songs: list[tuple[str, str]]) -> None:
    token = listener.http.post("/me/tokens", json={"name": "player"}).json()["token"]
    begin = int(time.time()) - 400 * len(songs)
    payload = [
        {"listened_at": begin + 300 * i, "track_metadata": {"artist_name": artist, "track_name": track}}
        for i, (artist, track) in enumerate(songs)
    ]
    answer = httpx.post(
        f"{server.url}/1/submit-listens",
        json={"listen_type": "import", "payload": payload},
        headers={"Authorization": f"Token {token}"},
        timeout=30,
    )
    assert answer.json() == {"status": "ok"}, answer.text


def _songs(camp: str) -> list[tuple[str, str]]:
    return [(f"{camp} {i % 6}", f"Song {i}") for i in range(SONGS)]


def _recipe(database_url: str) -> list[list[str]]:
    """The commands of `make retrain`, as make would run them."""
    environment = {**os.environ, "DATABASE_URL": database_url}
    options = f"OPTIONS={' '.join(_RETRAIN)}"
    command = ["make", "--dry-run", "--silent", "retrain", "BIN=bin", "VENV=.", options]
    told = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True).stdout
    lines = [line.removeprefix("bin/python ") for line in told.splitlines() if line.startswith("bin/python ")]
    assert [line.split()[0] for line in lines] == ["main.py", "build_vector_db.py"]
    return [line.replace('"', "").split() for line in lines]


def _retrain(folder: Path, database_url: str, artifacts: Path) -> str:
    """Run them; returns the fingerprint of what was learned from."""
    for script, *arguments in _recipe(database_url):
        settings = {"DATABASE_URL": database_url, "ARTIFACTS_DIR": str(artifacts), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(REPOSITORY / script), *arguments]
        done = subprocess.run(
            command, cwd=folder, env=environment(settings), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return (artifacts / "current" / "manifest.json").read_text()


def _wait_for(server: Server, version: str) -> None:
    eventually(
        lambda: httpx.get(f"{server.url}/health", timeout=30).json()["artifacts"] == version, server.log.read_text
    )


def _rows_with(database: Database, text: str) -> list[str]:
    """The tables in which any cell of any row holds a text."""
    with database.engine.connect() as connection:
        return [
            table.name
            for table in metadata.sorted_tables
            if any(text in str(cell) for row in connection.execute(select(table)) for cell in row)
        ]


def test_what_two_camps_play_is_what_a_newcomer_is_recommended(tmp_path: Path, artifacts: Path, fresh_url: str) -> None:
    own = tmp_path / "artifacts"
    shutil.copytree(artifacts, own, symlinks=True)
    settings = {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(own)}
    with serving(tmp_path, settings) as server, server.client() as http:
        crowd = [(camp, sign_up(http)) for camp, count in CAMPS.items() for _ in range(count)]
        for place, (camp, listener) in enumerate(crowd):
            songs = _songs(camp)
            _listen(server, listener, songs[place % 4 :] + songs[: place % 3])
        only_one = sign_up(http)
        _listen(server, only_one, [*_songs("North"), ("Secret", "Only mine")])
        first = _retrain(tmp_path, fresh_url, own)
        _wait_for(server, (own / "current").resolve().name)
        newcomer = sign_up(http)
        seeds = [f"{artist} - {track}" for artist, track in _songs("North")[:3]]
        answer = newcomer.http.post("/recommendations/cold-start", json={"seeds": seeds}, params={"limit": 5})
        assert answer.status_code == 200, answer.text
        assert all(item["artist"].startswith("North") for item in answer.json()["items"])
        assert answer.headers["X-Artifact-Version"] == (own / "current").resolve().name
        unknown = http.get("/catalog/songs", params={"song_id": "Secret - Only mine"})
        assert unknown.status_code == 404 or "Secret - Only mine" in unknown.json().get("unknown", [])
        gone_id = only_one.http.get("/me").json()["id"]
        database = Database(fresh_url)
        assert {"users", "listens", "player_tokens"} <= set(_rows_with(database, gone_id))
        assert farewell(only_one).status_code == 204
        assert _rows_with(database, gone_id) == []
        database.close()
        again = _retrain(tmp_path, fresh_url, own)
        assert again != first
        for listener in (newcomer, only_one, *(listener for _, listener in crowd)):
            listener.http.close()
