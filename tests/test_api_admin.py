"""The operator's page: who sees it, and that it tells what is there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from artifact_set import ArtifactStore
from db import Database
from models import users
from serving.http import rate_limits
from tests.conftest import STACK, Listener, eventually, serving, sign_up
from tests.serving.two_camps import complete, rock


def promote(database_url: str, username: str) -> None:
    """Give an account the role admin."""
    database = Database(database_url)
    database.run_here(
        lambda connection: connection.execute(
            update(users).where(users.c.username_key == username.casefold()).values(role="admin")
        )
    )
    database.close()


@pytest.fixture
def admin(listener: Listener, database_url: str) -> Listener:
    """Somebody who has the role."""
    promote(database_url, listener.username)
    return listener


def test_the_page_is_closed_to_strangers_and_to_listeners(http: httpx.Client, listener: Listener) -> None:
    assert http.get("/admin/status").status_code == 401
    refused = listener.http.get("/admin/status")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_admin")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert listener.http.get("/me").json()["role"] == "listener"


def test_nobody_gives_themselves_the_role(listener: Listener) -> None:
    assert listener.http.patch("/me", json={"role": "admin"}).status_code in (200, 422)
    assert listener.http.get("/me").json()["role"] == "listener"


def test_a_role_that_is_taken_away_closes_the_page_at_once(admin: Listener, database_url: str) -> None:
    assert admin.http.get("/admin/status").status_code == 200
    database = Database(database_url)
    database.run_here(lambda connection: connection.execute(update(users).values(role="listener")))
    database.close()
    assert admin.http.get("/admin/status").status_code == 403


def test_the_page_is_read_only(admin: Listener) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert admin.http.request(method, "/admin/status").status_code == 405


def test_the_page_names_the_model_that_answers(admin: Listener, artifacts: Path) -> None:
    status = admin.http.get("/admin/status")
    assert admin.http.get("/me").json()["role"] == "admin"
    told = status.json()
    assert status.headers["Cache-Control"] == "no-store"
    store = ArtifactStore(artifacts)
    assert told["model"]["version"] == store.current() == status.headers["X-Artifact-Version"]
    assert told["model"]["songs"] == 60
    assert told["model"]["trained_at"] <= told["model"]["built_at"] <= told["generated_at"]
    assert [(one["version"], one["state"]) for one in told["training_history"]] == [(store.current(), "current")]


def test_the_page_counts_what_is_there(admin: Listener, newcomer: Callable[[], Listener]) -> None:
    before = admin.http.get("/admin/status").json()["counts"]
    somebody = newcomer()
    somebody.http.post("/me/likes", json={"song_id": rock(1)})
    item = {"id": "one", "song_id": rock(1), "started_at": "2026-01-31T12:00:00Z"}
    somebody.http.post("/me/listens", json={"items": [item]})
    after = admin.http.get("/admin/status").json()["counts"]
    assert {name: after[name] - before[name] for name in after} == {"users": 1, "sessions": 1, "likes": 1, "listens": 1}


def test_the_page_shows_the_last_imports_without_what_they_hold(admin: Listener) -> None:
    history = ("secret name.csv", b"Username,Artist,Track,Date,Time\nme,Muse,Starlight,31 Jan 2021, 23:36\n")
    assert admin.http.post("/me/imports", files={"files": history}).status_code == 202

    def is_done() -> bool:
        return bool(admin.http.get("/admin/status").json()["imports"][0]["state"] == "done")

    eventually(is_done)
    told = admin.http.get("/admin/status")
    newest = told.json()["imports"][0]
    assert (newest["username"], newest["total"], newest["kept"], newest["fault"]) == (admin.username, 1, 1, None)
    assert "secret name" not in told.text


def test_the_page_lists_every_policy_there_is(admin: Listener) -> None:
    limits = admin.http.get("/admin/status").json()["limits"]
    policies = [value for value in vars(rate_limits).values() if isinstance(value, rate_limits.Policy)]
    assert [(one["name"], one["amount"], one["seconds"]) for one in limits["policies"]] == [
        (policy.name, policy.amount, policy.seconds) for policy in policies
    ]
    assert (limits["rate_limits"], limits["shared"]) == ("off", STACK)


def test_damaged_and_waiting_sets_stand_in_the_history_with_their_fault(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "artifacts")
    sound = complete(store.root).name
    damaged = shutil.copytree(store.path(sound), store.root / "20000101T000000Z")
    (damaged / "manifest.json").write_text("{}")
    waiting = shutil.copytree(store.path(sound), store.root / "20000102T000000Z")
    (waiting / "manifest.json").unlink()
    with serving(tmp_path, {}) as server, server.client() as http:
        admin = sign_up(http)
        promote(f"sqlite:///{tmp_path}/redux.db", admin.username)
        history = admin.http.get("/admin/status").json()["training_history"]
        admin.http.close()
    assert [(one["version"], one["state"]) for one in history] == [
        (sound, "current"),
        ("20000102T000000Z", "trained"),
        ("20000101T000000Z", "damaged"),
    ]
    assert "manifest.json" in history[2]["fault"]
    assert history[1]["trained_at"] is not None
