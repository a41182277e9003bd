"""Starting, failing to start, restarting, and serving from several workers."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import REPOSITORY, environment, eventually, gunicorn_command, server_command, serving, sign_up
from tests.serving.two_camps import complete, jazz, rock

KEY = "f3JxXyZ0eR9wQ5tL2mN8vB4cK7hS1dGp6aUoEiYjWzA"


def _fails(folder: Path, command: list[str], settings: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=folder, env=environment(settings), capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _lines(said: str, part: str) -> list[str]:
    return [line for line in said.splitlines() if part in line]


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the kind the parameter names."""
    return f"sqlite:///{tmp_path}/redux.db" if request.param == "sqlite" else request.getfixturevalue("postgresql")()


both = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)


# One of each way to fail: while settings are read, while the set is opened, in the database. A start takes seconds.
_ALSO_BY_GUNICORN = {
    "LIKED_WEIGHT: Input should be a valid number",
    "make one with `python main.py` and then `python build_vector_db.py`",
    "check DATABASE_URL and that it runs",
}


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        ({"ARTIFACTS_DIR": "none"}, "make one with `python main.py` and then `python build_vector_db.py`"),
        ({"ENVIRONMENT": "production"}, "API_SECRET_KEY is missing"),
        ({"ENVIRONMENT": "production", "API_SECRET_KEY": "short"}, "API_SECRET_KEY has 5 bytes"),
        ({"ENVIRONMENT": "production", "API_SECRET_KEY": "change-me-" * 5}, "API_SECRET_KEY is a placeholder"),
        (
            {"ENVIRONMENT": "production", "API_SECRET_KEY": KEY, "API_SECRET_KEY_PREVIOUS": "short"},
            "API_SECRET_KEY_PREVIOUS has 5 bytes",
        ),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL: expected redis://"),
        ({"ENVIRONMENT": "production", "API_SECRET_KEY": KEY}, "run `alembic upgrade head`"),
        ({"LIKED_WEIGHT": "heavy", "CORS_ORIGINS": "nowhere"}, "LIKED_WEIGHT: Input should be a valid number"),
        ({"DATABASE_URL": "no url"}, "DATABASE_URL is no database URL"),
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL names 'mysql'"),
        ({"DATABASE_URL": "postgresql://me:hidden@127.0.0.1:1/x"}, "check DATABASE_URL and that it runs"),
    ],
)
def test_a_start_that_fails_says_the_cure_in_one_line(
    tmp_path: Path, artifacts: Path, settings: dict[str, str], cure: str
) -> None:
    commands = [server_command(1), gunicorn_command(1)] if cure in _ALSO_BY_GUNICORN else [server_command(1)]
    with ThreadPoolExecutor(2) as pool:  # both at once: a start is mostly imports
        starts = pool.map(lambda it: _fails(tmp_path, it, {"ARTIFACTS_DIR": str(artifacts)} | settings), commands)
    for code, said in starts:
        assert code != 0
        assert "Traceback" not in said
        assert "hidden" not in said
        assert len(_lines(said, cure)) == 1, said


def test_a_damaged_set_is_named_in_one_line(tmp_path: Path) -> None:
    index = complete(tmp_path / "artifacts") / "song_vectors.index"
    content = index.read_bytes()
    index.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    code, said = _fails(tmp_path, server_command(1), {})
    assert code != 0
    assert "Traceback" not in said
    assert len(_lines(said, f"{index.name} does not match its checksum")) == 1


@both
def test_everything_is_still_there_after_a_restart(tmp_path: Path, artifacts: Path, url: str) -> None:
    settings = {"DATABASE_URL": url, "ARTIFACTS_DIR": str(artifacts)}
    seeds = [rock(0), rock(1), jazz(0)]
    with serving(tmp_path, settings) as first, first.client() as http:
        token = sign_up_here(http, "ada")
        told = http.post("/recommendations/cold-start", json={"seeds": seeds}, headers=token).json()
        http.post("/me/likes", json={"song_id": jazz(5)}, headers=token)
        shelves = http.get("/recommendations/categories", headers=token).json()["shelves"]
        first.stop()
    with serving(tmp_path, settings) as second, second.client() as http:
        assert http.get("/me/seeds", headers=token).json()["onboarded"] is True
        assert [item["song"]["song_id"] for item in http.get("/me/likes", headers=token).json()["items"]] == [jazz(5)]
        assert http.get("/recommendations/categories", headers=token).json()["shelves"] == shelves
        assert http.post("/recommendations/cold-start", json={"seeds": seeds}, headers=token).json() == told


def sign_up_here(http: httpx.Client, username: str) -> dict[str, str]:
    """Headers of a new listener."""
    somebody = sign_up(http, username)
    somebody.http.close()
    return {"Authorization": f"Bearer {somebody.token}"}


@both
def test_three_workers_start_at_once_on_an_empty_database_and_agree(tmp_path: Path, artifacts: Path, url: str) -> None:
    with serving(tmp_path, {"DATABASE_URL": url, "ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        with server.client() as http:
            token = sign_up_here(http, "ada")

        def like(_: int) -> int:
            # a connection of its own each time, so that every worker gets some
            return httpx.post(f"{server.url}/me/likes", json={"song_id": rock(7)}, headers=token).status_code

        with ThreadPoolExecutor(8) as pool:
            assert Counter(pool.map(like, range(40))) == {201: 1, 200: 39}
        said = server.log.read_text()
        assert len(_lines(said, "Application startup complete")) == 3
        assert "Traceback" not in said


@both
def test_acknowledged_likes_survive_kill_9(tmp_path: Path, artifacts: Path, url: str) -> None:
    settings = {"DATABASE_URL": url, "ARTIFACTS_DIR": str(artifacts)}
    with serving(tmp_path, settings) as first, first.client() as http:
        token = sign_up_here(http, "ada")
        for p in range(10):
            assert http.post("/me/likes", json={"song_id": rock(p)}, headers=token).status_code == 201
        first.stop(signal.SIGKILL)
    with serving(tmp_path, settings) as second, second.client() as http:
        assert len(http.get("/me/likes", headers=token).json()["items"]) == 10


@both
def test_production_starts_once_the_tables_are_made_by_command(tmp_path: Path, artifacts: Path, url: str) -> None:
    settings = {
        "DATABASE_URL": url,
        "ARTIFACTS_DIR": str(artifacts),
        "ENVIRONMENT": "production",
        "API_SECRET_KEY": KEY,
        "LOG_FORMAT": "json",
    }
    alembic = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "upgrade", "head"]
    subprocess.run(alembic, cwd=tmp_path, env=environment(settings), check=True, capture_output=True)
    with serving(tmp_path, settings) as server, server.client() as http:
        assert http.get("/me", headers=sign_up_here(http, "ada")).status_code == 200
        assert '"request_id"' in server.log.read_text()


def test_making_tables_where_no_database_answers_says_so_in_one_line(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": "postgresql://redux:secret@127.0.0.1:9/redux"}
    alembic = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "upgrade", "head"]
    done = subprocess.run(alembic, cwd=tmp_path, env=environment(settings), check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "redux:***@127.0.0.1:9/redux does not answer (" in done.stderr
    assert "): start it, or check DATABASE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "secret" not in done.stderr


def test_a_database_that_the_command_makes_is_its_owners_alone(tmp_path: Path) -> None:
    alembic = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "upgrade", "head"]
    env = environment({"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db"})
    subprocess.run(alembic, cwd=tmp_path, env=env, check=True, capture_output=True, umask=0o022)
    assert (tmp_path / "redux.db").stat().st_mode & 0o777 == 0o600
    nowhere = environment({"DATABASE_URL": f"sqlite:///{tmp_path}"})
    done = subprocess.run(alembic, cwd=tmp_path, env=nowhere, check=False, capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_a_step_whose_table_is_held_ends_and_changes_nothing(tmp_path: Path, postgresql: Callable[[], str]) -> None:
    url = postgresql()
    command = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "upgrade"]

    def upgrade(to: str) -> "subprocess.CompletedProcess[str]":
        env = environment({"DATABASE_URL": url})
        return subprocess.run([*command, to], cwd=tmp_path, env=env, check=False, capture_output=True, text=True)

    assert upgrade("0002").returncode == 0
    with psycopg.connect(url) as backup:
        backup.execute("SELECT FROM users")  # and its transaction stays open
        done = upgrade("head")
    assert done.returncode == 1
    assert "lock timeout): stop what holds the tables, such as training and backups, and try again" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert upgrade("head").returncode == 0


def test_songs_that_left_the_catalog_are_kept_but_not_shown(tmp_path: Path, artifacts: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db"}
    with serving(tmp_path, settings | {"ARTIFACTS_DIR": str(artifacts)}) as first, first.client() as http:
        token = sign_up_here(http, "ada")
        http.post("/recommendations/cold-start", json={"seeds": [rock(0), rock(1), rock(29)]}, headers=token)
        for p in (0, 29, 28, 27, 1):
            http.post("/me/likes", json={"song_id": rock(p)}, headers=token)
    complete(tmp_path / "smaller", per_camp=27)
    with serving(tmp_path, settings | {"ARTIFACTS_DIR": "smaller"}) as second, second.client() as http:
        page = http.get("/me/likes", params={"limit": 2}, headers=token).json()
        assert [item["song"]["song_id"] for item in page["items"]] == [rock(1), rock(0)]
        assert page["next_cursor"] is None
        one = http.get("/me/likes", params={"limit": 1}, headers=token).json()
        two = http.get("/me/likes", params={"limit": 1, "cursor": one["next_cursor"]}, headers=token).json()
        assert [page["items"][0]["song"]["song_id"] for page in (one, two)] == [rock(1), rock(0)]
        assert two["next_cursor"] is None
        seeds = http.get("/me/seeds", headers=token).json()
        assert seeds["onboarded"] is True
        assert [song["song_id"] for song in seeds["seeds"]] == [rock(0), rock(1)]
        assert http.get("/recommendations/categories", headers=token).status_code == 200
    with serving(tmp_path, settings | {"ARTIFACTS_DIR": str(artifacts)}) as third, third.client() as http:
        assert len(http.get("/me/likes", headers=token).json()["items"]) == 5


def test_an_expired_token_is_401_and_says_so(tmp_path: Path, artifacts: Path) -> None:
    with (
        serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts), "TOKEN_EXPIRE_HOURS": str(1 / 3600)}) as server,
        server.client() as http,
    ):
        token = sign_up_here(http, "ada")
        eventually(lambda: http.get("/me", headers=token).status_code == 401)
        answer = http.get("/me", headers=token)
        assert "expired" in answer.json()["detail"]
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_cors_is_for_the_origins_named(tmp_path: Path, artifacts: Path) -> None:
    origin = "http://localhost:8081"
    with (
        serving(tmp_path, {"ARTIFACTS_DIR": str(artifacts), "CORS_ORIGINS": f"{origin}, https://x.example"}) as server,
        server.client() as http,
    ):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        assert http.options("/me/likes", headers=asked).headers["Access-Control-Allow-Origin"] == origin
        assert http.get("/me", headers={"Origin": origin}).headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Origin" not in http.get("/me", headers={"Origin": "http://evil.example"}).headers


def test_in_development_expos_pages_may_call_and_in_production_nobodys(tmp_path: Path, artifacts: Path) -> None:
    settings = {"ARTIFACTS_DIR": str(artifacts), "DATABASE_URL": f"sqlite:///{tmp_path}/redux.db"}
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match,authorization"}
    with serving(tmp_path, settings) as server, server.client() as http:
        for origin in ("http://localhost:8081", "http://127.0.0.1:19006"):
            allowed = http.options("/me/queue", headers=asked | {"Origin": origin})
            assert allowed.status_code == 200
            assert allowed.headers["Access-Control-Allow-Origin"] == origin
            assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
            assert "ETag" in http.get("/health", headers={"Origin": origin}).headers["Access-Control-Expose-Headers"]
    production = settings | {"ENVIRONMENT": "production", "API_SECRET_KEY": KEY}
    with serving(tmp_path, production) as server, server.client() as http:
        refused = http.get("/health", headers={"Origin": "http://localhost:8081"})
        assert "Access-Control-Allow-Origin" not in refused.headers
