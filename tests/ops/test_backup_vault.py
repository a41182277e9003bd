"""Where backups are kept: what fails on the way there leaves nothing, and what fails afterwards takes nothing back."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from ops.backup.manifest import BackupError, BackupManifest
from ops.backup.vault import Vault
from tests.ops.conftest import Run, make_tables

_EVERYTHING = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def _manifest(name: str) -> BackupManifest:
    return BackupManifest(
        name=name,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind="sqlite",
        schema_version="1",
        file=f"{name}.sqlite.gz",
        bytes=1,
        sha256="0",
        encrypted=False,
        tables={},
    )


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def backup(backup_of: Run, tmp_path: Path) -> Run:
    """Runs `python -m ops.backup …` over an SQLite database with our tables."""
    url = f"sqlite:///{tmp_path}/kept.db"
    make_tables(url)
    return partial(backup_of, url)


@pytest.fixture
def s3() -> Iterator[Callable[..., dict[str, str]]]:
    """Settings of a bucket whose user may do what the statements of a policy say."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    httpx.post(f"{url}/moto-api/reset").raise_for_status()  # what it holds outlives it, in this process

    def settings(*statements: object) -> dict[str, str]:
        iam = boto3.client("iam", "us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b")
        iam.create_user(UserName="redux")
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="redux", PolicyName="backups", PolicyDocument=policy)
        key = iam.create_access_key(UserName="redux")["AccessKey"]
        httpx.put(f"{url}/redux").raise_for_status()
        httpx.post(f"{url}/moto-api/reset-auth", content=b"0").raise_for_status()
        return {
            "BACKUP_URL": "s3://redux/backups",
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    yield settings
    httpx.post(f"{url}/moto-api/reset-auth", content=b"inf")
    server.stop()


def test_an_upload_that_fails_leaves_nothing(tmp_path: Path) -> None:
    folder, sealed = tmp_path / "vault", tmp_path / "sealed"
    (folder / "n.backup.json.draft").mkdir(parents=True)  # the manifest cannot be written
    sealed.write_bytes(b"s")
    with pytest.raises(BackupError):
        Vault(str(folder)).put(_manifest("n"), sealed)
    assert _names(folder) == {"n.backup.json.draft"}


def test_what_an_upload_left_that_never_ended_is_removed_a_day_later(backup: Run, tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    folder.mkdir()
    left = {f"20260101T000000Z-0001.{end}" for end in ("sqlite.gz", "postgresql.gz.age", "backup.json.draft")}
    stay = {f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-0002.sqlite.gz", "20260101T000000Z-0003.sqlite.gz", "notes.gz"}
    for name in left | stay | {"20260101T000000Z-0003.backup.json"}:
        (folder / name).touch()
    done = backup("create")
    assert (done.returncode, done.stderr) == (0, "")
    assert _names(folder) & left == set()
    assert _names(folder) > stay


def test_who_may_remove_nothing_makes_backups_all_the_same(backup: Run, s3: Callable[..., dict[str, str]]) -> None:
    bucket = s3(_EVERYTHING, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"})
    once = ("--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0")
    first = backup("create", *once, **bucket)
    assert (first.returncode, first.stderr) == (0, "")
    second = backup("create", *once, **bucket)
    assert second.returncode == 0
    assert "cannot be reached or refuses" in second.stderr
    assert backup("list", **bucket).stdout.splitlines() == [first.stdout.strip(), second.stdout.strip()]


def test_a_backup_stands_where_nobody_can_be_told(backup: Run, tmp_path: Path) -> None:
    done = backup("create", "--textfile", str(tmp_path / "nowhere" / "redux.prom"))
    assert done.returncode == 0
    assert "nowhere" in done.stderr
    assert backup("list").stdout == done.stdout


def test_prometheus_is_told_of_a_backup_whatever_comes_of_older_ones(
    backup: Run, s3: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    bucket = s3(_EVERYTHING, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"})
    told = tmp_path / "redux.prom"
    for _ in range(2):
        told.unlink(missing_ok=True)
        backup("create", "--textfile", str(told), "--keep-last", "1", "--keep-daily", "0", **bucket)
    assert "redux_backup_timestamp_seconds 1" in told.read_text()


def test_a_manifest_that_is_for_others_hides_no_backup(backup: Run, s3: Callable[..., dict[str, str]]) -> None:
    theirs = "backups/20260101T000000Z-0001.backup.json"
    bucket = s3(_EVERYTHING, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::redux/{theirs}"})
    keys = {"aws_access_key_id": bucket["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": bucket["AWS_SECRET_ACCESS_KEY"]}
    client = boto3.client("s3", "us-east-1", endpoint_url=bucket["AWS_ENDPOINT_URL"], **keys)
    client.put_object(Bucket="redux", Key=theirs, Body=_manifest("20260101T000000Z-0001").model_dump_json().encode())
    made = backup("create", **bucket)
    assert (made.returncode, made.stderr) == (0, "")
    listed = backup("list", **bucket)
    assert (listed.returncode, listed.stdout) == (0, made.stdout)
    assert f"redux/{theirs} cannot be read as a backup's manifest: let this user read it" in listed.stderr
