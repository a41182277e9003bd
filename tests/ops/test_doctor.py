"""The doctor: well where all is well, and each thing that is not has a line of its own with what to do."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from artifact_set import ArtifactStore
from artifact_set.builder import build
from db import Database
from migrations.prepare import prepare
from tests import camps
from tests.conftest import environment, free_port

_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"


def _doctor(folder: Path, settings: dict[str, str], *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ops.doctor", *options],
        cwd=folder,
        env=environment({"ENVIRONMENT": "production", "RATE_LIMITS": "on", "API_SECRET_KEY": _KEY} | settings),
        capture_output=True,
        text=True,
        check=False,
    )


def _seen(folder: Path, settings: dict[str, str], *options: str) -> list[tuple[str, str, str]]:
    """What is not well: check, level and what was seen."""
    done = _doctor(folder, settings, "--json", "--free-mb", "1", *options)
    found = json.loads(done.stdout)
    assert done.returncode == ["ok", "warning", "fault"].index(found["level"])
    return [(one["check"], one["level"], one["seen"]) for one in found["findings"] if one["level"] != "ok"]


def _prepared(url: str) -> None:
    database = Database(url)
    prepare(database, upgrade=True)
    database.close()


def test_a_sound_deployment_has_an_old_model_and_no_backup_and_no_fault(
    fresh_url: str, artifacts: Path, tmp_path: Path, valkey: str
) -> None:
    _prepared(fresh_url)
    settings = {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts), "REDIS_URL": valkey}
    not_well = _seen(tmp_path, settings)
    assert {(check, level) for check, level, _ in not_well} == {("model", "warning"), ("backups", "warning")}


def test_a_set_that_the_gate_refused_and_that_serves_is_named(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path / "artifacts")
    camps.complete(store.root)
    refused = camps.train(store.root, training=camps.record(ndcg=0.1)).name
    assert not build(store).activated
    store.activate(refused)
    said = [seen for check, _, seen in _seen(tmp_path, {}) if check == "model"]
    assert any(one.startswith(f"{refused} serves all the same: refused: ") for one in said)


def test_every_fault_has_its_line_and_no_secret_is_in_any(tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": f"postgresql://u:geheim@127.0.0.1:{port}/x",
        "REDIS_URL": f"redis://:geheim@127.0.0.1:{port}/0",
        "COVERS_CACHE_MB": "0",
        "API_SECRET_KEY": "geheim",
        "METADATA_PROVIDERS": "itunes",
        "ITUNES_URL": f"http://127.0.0.1:{port}",
        "BACKUP_URL": str(tmp_path / "vault"),
    }
    found = {(check, level) for check, level, _ in _seen(tmp_path, settings)}
    faults = {(check, "fault") for check in ("settings", "keys", "database", "model", "backups")}
    assert found == faults | {("redis", "warning"), ("providers", "warning")}
    done = _doctor(tmp_path, settings)
    assert "geheim" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_half_a_manifest_of_a_backup_is_named(fresh_url: str, tmp_path: Path) -> None:
    _prepared(fresh_url)
    half = tmp_path / "vault" / "20260101T000000Z-0000.backup.json"
    half.parent.mkdir()
    half.write_text("{")
    found = _seen(tmp_path, {"DATABASE_URL": fresh_url, "BACKUP_URL": str(half.parent)})
    assert [said for check, level, said in found if (check, level) == ("backups", "warning")] == [
        f"{half} cannot be read as a backup's manifest"
    ]


def test_tables_of_another_version_are_a_fault(fresh_url: str, tmp_path: Path) -> None:
    _prepared(fresh_url)
    database = Database(fresh_url)
    database.run_here(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    database.close()
    (tables,) = [seen for check, _, seen in _seen(tmp_path, {"DATABASE_URL": fresh_url}) if check == "tables"]
    assert "version 0001" in tables


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = _seen(tmp_path, {})
    assert ("database", "fault", "redux.db is not there") in found
    assert os.listdir(tmp_path) == []  # noqa: PTH208  what is there, hidden or not


def test_files_that_everybody_can_open_are_named(tmp_path: Path) -> None:
    _prepared(f"sqlite:///{tmp_path}/redux.db")
    tmp_path.chmod(0o755)
    for name in (".env", "redux.db", "redux.key"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    (tmp_path / "redux.key").write_text("k" * 64)
    from_file = {"API_SECRET_KEY": "", "API_SECRET_KEY_FILE": "redux.key"}
    said = [seen for _, _, seen in _seen(tmp_path, from_file) if "has mode 644" in seen]
    assert [seen.split()[0] for seen in said] == [".env", "redux.key", "redux.db"]


def test_a_key_in_a_folder_that_is_closed_to_others_is_not_open_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    (folder / "key").write_text("k" * 64)
    (folder / "key").chmod(0o644)
    settings = {"API_SECRET_KEY": "", "API_SECRET_KEY_FILE": "secrets/key"}
    assert "secrets/key" not in {seen.split()[0] for check, _, seen in _seen(tmp_path, settings) if check == "keys"}


def test_settings_that_contradict_each_other_are_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "redux.key").write_text(_KEY)
    ((check, level, seen),) = _seen(tmp_path, {"API_SECRET_KEY_FILE": "redux.key"})
    assert (check, level) == ("settings", "fault")
    assert "both API_SECRET_KEY and API_SECRET_KEY_FILE are set" in seen


def test_an_address_in_a_file_that_is_wrong_is_a_fault_and_stops_no_check(tmp_path: Path) -> None:
    (tmp_path / "redis").write_text("http://x")
    found = _seen(tmp_path, {"REDIS_URL_FILE": "redis"})
    assert [seen for check, level, seen in found if (check, level) == ("settings", "fault")] == [
        "REDIS_URL: Value error, expected redis://HOST:PORT/NUMBER, rediss://… or unix://PATH"
    ]
    assert ("database", "fault", "redux.db is not there") in found


def test_a_backup_from_the_future_is_not_taken_for_a_fresh_one(tmp_path: Path) -> None:
    made = datetime.now(UTC) + timedelta(days=365)
    manifest: dict[str, object] = {"name": "n", "file": "n.sqlite.gz", "kind": "sqlite", "created_at": str(made)}
    manifest |= {"schema_version": "1", "bytes": 1, "sha256": "0", "encrypted": False, "tables": {}}
    folder = tmp_path / "vault"
    folder.mkdir()
    (folder / "n.backup.json").write_text(json.dumps(manifest))
    (said,) = [seen for check, _, seen in _seen(tmp_path, {"BACKUP_URL": str(folder)}) if check == "backups"]
    assert said.startswith("n was made 525,")
    assert said.endswith(" minutes from now")


def test_a_check_that_hangs_is_said_and_stops_no_other(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "signing.key")  # nobody ever writes to it
    found = _seen(tmp_path, {"ARTIFACTS_SIGNING_KEY_FILE": "signing.key"}, "--seconds", "15")
    assert ("keys", "fault", "no answer within 15 s") in found
    assert ("database", "fault", "redux.db is not there") in found


@pytest.mark.parametrize("free", ["0", "x"])
def test_a_number_that_is_none_is_refused_by_name(tmp_path: Path, free: str) -> None:
    assert f"'{free}' is no number: expected 1 or more" in _doctor(tmp_path, {}, "--free-mb", free).stderr
