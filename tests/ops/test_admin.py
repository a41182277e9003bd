"""The operator's command, and what its invites are good for."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from db import Database
from models import hashed, invites
from tests.conftest import PASSWORD, REPOSITORY, Server, environment, serving, sign_up


def _admin(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.admin", *arguments]
    return subprocess.run(
        command, cwd=REPOSITORY, env=environment(settings), capture_output=True, text=True, check=False
    )


def _sign_up(server: Server, username: str, code: str | None) -> httpx.Response:
    body = {"username": username, "password": PASSWORD, "invite_code": code}
    return httpx.post(f"{server.url}/auth/signup", json=body, timeout=30)


@pytest.fixture(scope="module")
def inviting(artifacts: Path, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"ARTIFACTS_DIR": str(artifacts), "DATABASE_URL": database_url, "SIGNUP": "invite"}
    with serving(tmp_path_factory.mktemp("inviting"), settings) as server:
        yield server


@pytest.fixture
def code(database_url: str) -> str:
    done = _admin({"DATABASE_URL": database_url, "SIGNUP": "invite"}, "invite")
    assert (done.returncode, done.stderr) == (0, "good once, for 7 days\n")
    return done.stdout.strip()


def test_an_invite_opens_one_account(inviting: Server, code: str) -> None:
    assert _sign_up(inviting, f"guest-{code}", code).status_code == 201
    again = _sign_up(inviting, f"second-{code}", code)
    assert (again.status_code, again.json()["code"]) == (403, "invite_invalid")


def test_an_invite_opens_one_account_also_for_many_at_once(inviting: Server, code: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: _sign_up(inviting, f"g{n}-{code}", code).status_code, range(8)))
    assert Counter(answers) == {201: 1, 403: 7}


def test_a_name_that_is_taken_uses_up_no_invite(inviting: Server, code: str, database_url: str) -> None:
    assert _sign_up(inviting, f"first-{code}", code).status_code == 201
    other = _admin({"DATABASE_URL": database_url}, "invite").stdout.strip()
    taken = _sign_up(inviting, f"first-{code}", other)
    assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
    assert _sign_up(inviting, f"other-{code}", other).status_code == 201


def test_the_invite_of_a_deleted_account_opens_no_other(inviting: Server, code: str) -> None:
    created = _sign_up(inviting, f"brief-{code}", code).json()
    own = {"Authorization": f"Bearer {created['access_token']}"}
    gone = httpx.request("DELETE", f"{inviting.url}/me", json={"password": PASSWORD}, headers=own, timeout=30)
    assert gone.status_code == 204
    assert _sign_up(inviting, f"heir-{code}", code).json()["code"] == "invite_invalid"


def test_an_old_invite_is_refused(inviting: Server, code: str, database_url: str) -> None:
    database = Database(database_url)
    row = invites.c.code_hash == hashed(code)
    moment = database.run_here(lambda connection: connection.execute(invites.select().where(row)).one()).expires_at
    age = update(invites).where(row).values(expires_at=moment - timedelta(days=8))
    database.run_here(lambda connection: connection.execute(age))
    database.close()
    assert _sign_up(inviting, f"late-{code}", code).json()["code"] == "invite_invalid"


def test_without_an_invite_nobody_signs_up(inviting: Server) -> None:
    for code in (None, ""):
        assert _sign_up(inviting, "uninvited", code).json()["code"] == "invite_required"
    assert _sign_up(inviting, "uninvited", "made up").json()["code"] == "invite_invalid"


def test_a_closed_server_lets_its_listeners_in_and_nobody_else(artifacts: Path, tmp_path: Path) -> None:
    settings = {"ARTIFACTS_DIR": str(artifacts)}
    with serving(tmp_path, settings) as server, server.client() as http:
        known = sign_up(http)
    with serving(tmp_path, settings | {"SIGNUP": "closed"}) as server, server.client() as http:
        refused = _sign_up(server, "too-late", None)
        assert (refused.status_code, refused.json()["code"]) == (403, "signup_closed")
        form = {"username": known.username, "password": PASSWORD}
        assert http.post("/auth/login", data=form).status_code == 200
    known.http.close()


def test_a_setting_that_does_not_ask_for_invites_is_said(tmp_path: Path) -> None:
    done = _admin({"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db"}, "invite", "--days", "1")
    assert done.returncode == 0
    assert done.stderr == "good once, for 1 day; not asked for yet, as SIGNUP is open: set SIGNUP=invite\n"


@pytest.mark.parametrize("days", ["0", "366", "x", "-1", "1.5"])
def test_a_number_of_days_that_is_none_is_refused_by_name(days: str) -> None:
    done = _admin({}, "invite", f"--days={days}")
    assert done.returncode == 2
    assert f"'{days}' is no number of days: expected 1 to 365" in done.stderr


def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for url in ("mysql://x", f"sqlite:///{tmp_path}/file/redux.db"):
        done = _admin({"DATABASE_URL": url}, "invite")
        assert (done.returncode, done.stdout) == (2, "")
        assert "DATABASE_URL" in done.stderr
        assert done.stderr.count("\n") == 1


def _create(database_url: str, username: str, password: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.admin", "create", username]
    settings = environment({"DATABASE_URL": database_url})
    return subprocess.run(
        command, cwd=REPOSITORY, env=settings, input=f"{password}\n", capture_output=True, text=True, check=False
    )


def test_who_was_created_here_logs_in_and_is_the_operator(server: Server, database_url: str) -> None:
    done = _create(database_url, "the operator", PASSWORD)
    assert (done.returncode, done.stderr) == (0, "")
    login = httpx.post(f"{server.url}/auth/login", data={"username": "The Operator", "password": PASSWORD}, timeout=30)
    token = {"Authorization": f"Bearer {login.json()['access_token']}"}
    assert httpx.get(f"{server.url}/admin/status", headers=token, timeout=30).status_code == 200
    assert "is taken: give it the role with" in _create(database_url, "The operator", PASSWORD).stderr
    assert _admin({"DATABASE_URL": database_url}, "role", "the operator", "listener").returncode == 0
    assert httpx.get(f"{server.url}/admin/status", headers=token, timeout=30).status_code == 403


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("ada", "short", "the password: "),
        (" ada", PASSWORD, "the username: must not begin"),
        ("eve", "", "the password: "),
    ],
)
def test_what_nobody_may_be_called_or_log_in_with_is_refused_here_as_well(
    database_url: str, username: str, password: str, said: str
) -> None:
    done = _create(database_url, username, password)
    assert done.returncode == 2
    assert done.stderr.startswith(said)


def test_a_role_is_for_somebody(database_url: str) -> None:
    done = _admin({"DATABASE_URL": database_url}, "role", "nobody at all", "admin")
    assert (done.returncode, "nobody is called 'nobody at all'" in done.stderr) == (2, True)
