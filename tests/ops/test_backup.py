"""Backups: made while listeners write, restored row by row, and refused where they are not what they were."""

import random
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import ValidationError
from sqlalchemy import create_engine, make_url, select, text

from db import parse_url
from models import metadata
from ops.backup import sealing
from ops.backup.manifest import BackupError, BackupManifest
from ops.backup.retention import Keep, expired
from tests.conftest import REPOSITORY, Server, environment, farewell, gunicorn_command, serving, sign_up
from tests.serving.two_camps import SONGS


@pytest.fixture
def fresh(fresh_url: str, artifacts: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts)}, gunicorn_command) as server:
        yield server


def _rows(url: str) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table of ours."""
    engine = create_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            return {
                table.name: {tuple(map(repr, row)) for row in connection.execute(select(table))}
                for table in metadata.sorted_tables
            }
    finally:
        engine.dispose()


def _likes(url: str) -> dict[str, set[str]]:
    """Who likes what, by their names."""
    users, likes = metadata.tables["users"], metadata.tables["likes"]
    found: dict[str, set[str]] = {}
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        for name, song_id in connection.execute(select(users.c.username, likes.c.song_id).join_from(users, likes)):
            found.setdefault(name, set()).add(song_id)
    engine.dispose()
    return found


def _destroy(url: str) -> None:
    """All of it is gone: no table is left."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        for file in Path(str(parsed.database)).parent.glob(f"{Path(str(parsed.database)).name}*"):
            if not file.name.endswith(".secret"):
                file.unlink()
        return
    engine = create_engine(parse_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def test_what_was_acknowledged_before_a_backup_under_load_is_all_there_after_a_restore(
    fresh: Server, fresh_url: str, backup: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    done = threading.Event()
    acknowledged: list[str] = []

    def write() -> None:
        with httpx.Client(base_url=fresh.url, timeout=30) as http:
            while not done.is_set():
                listener = sign_up(http)
                for song_id in SONGS[:3]:
                    liked = listener.http.post("/me/likes", json={"song_id": song_id})
                    assert liked.status_code == 201, liked.text
                acknowledged.append(listener.username)
                listener.http.close()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        while len(acknowledged) < 6:
            assert any(writer.is_alive() for writer in writers)
        before = list(acknowledged)
        made = backup("create")
        assert (made.returncode, made.stderr) == (0, ""), made.stderr
        while len(acknowledged) < len(before) + 6:
            assert any(writer.is_alive() for writer in writers)
    finally:
        done.set()
        for writer in writers:
            writer.join()
    fresh.stop()
    assert backup("verify").returncode == 0
    at_the_end = _rows(fresh_url)
    _destroy(fresh_url)
    restored = backup("restore")
    assert restored.returncode == 0, restored.stderr
    found = _rows(fresh_url)
    likes = _likes(fresh_url)
    assert {name: likes.get(name) for name in before} == {name: set(SONGS[:3]) for name in before}
    assert all(found[table] <= at_the_end[table] for table in ("users", "likes"))


def test_every_row_is_what_it_was_and_listeners_log_in_again(
    fresh: Server, fresh_url: str, backup: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    with fresh.client() as http:
        kept, gone = sign_up(http, "ada"), sign_up(http, "eve")
        kept.http.post("/me/likes", json={"song_id": SONGS[0]})
        kept.http.put("/me/hidden", json={"song_id": SONGS[1]})
    before = _rows(fresh_url)
    assert backup("create").returncode == 0
    assert farewell(gone).status_code == 204
    refused = backup("restore")
    assert refused.returncode == 1
    assert "holds tables already: restore with --replace" in refused.stderr
    assert _rows(fresh_url) != before
    fresh.stop()
    assert backup("restore", "--replace").returncode == 0
    assert _rows(fresh_url) == before
    for listener in (kept, gone):
        listener.http.close()


@pytest.mark.parametrize("damage", ["cut", "altered", "gone"])
def test_a_damaged_backup_is_refused_and_changes_nothing(
    fresh: Server,
    fresh_url: str,
    backup: Callable[..., "subprocess.CompletedProcess[str]"],
    tmp_path: Path,
    damage: str,
) -> None:
    fresh.stop()
    assert backup("create").returncode == 0
    (file,) = (tmp_path / "vault").glob("*.gz")
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        half = len(content) // 2
        file.write_bytes(
            content[:half] if damage == "cut" else content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
        )
    before = _rows(fresh_url)
    for command in (["verify"], ["restore", "--replace"]):
        done = backup(*command)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert {"cut": "it was cut", "altered": "it was altered", "gone": "is not there"}[damage] in done.stderr
    assert _rows(fresh_url) == before


def test_who_has_the_secret_key_alone_reads_an_encrypted_backup(
    fresh: Server, fresh_url: str, backup: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    fresh.stop()
    secret, public = backup("keygen").stdout.split()
    recipient = {"BACKUP_RECIPIENT": public.partition("=")[2]}
    assert backup("create", **recipient).returncode == 0
    (file,) = (tmp_path / "vault").glob("*.age")
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    assert "is encrypted: name the file with its secret key" in backup("verify").stderr
    other = tmp_path / "other.key"
    other.write_text(backup("keygen").stdout)
    assert "cannot be decrypted" in backup("verify", "--identity", str(other)).stderr
    own = tmp_path / "own.key"
    own.write_text(f"# kept elsewhere\n{secret}\n")
    assert backup("verify", "--identity", str(own)).returncode == 0
    assert backup("verify", "--identity", "-", typed=own.read_text()).returncode == 0
    assert "- holds no age secret key" in backup("verify", "--identity", "-").stderr


def test_a_secret_key_that_goes_to_a_file_is_not_shown_and_replaces_none(
    backup: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    key = tmp_path / "redux.key"
    made = backup("keygen", "--out", str(key))
    assert made.stdout.startswith("BACKUP_RECIPIENT=age1")
    assert (stat.S_IMODE(key.stat().st_mode), key.read_text()[:15]) == (0o600, "AGE-SECRET-KEY-")
    again = backup("keygen", "--out", str(key))
    assert (again.returncode, "File exists" in again.stderr) == (1, True)


def test_backups_go_to_s3_and_prometheus_is_told(
    fresh: Server, fresh_url: str, backup: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    with fresh.client() as http:
        sign_up(http).http.close()
    fresh.stop()
    before = _rows(fresh_url)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    s3 = {
        "BACKUP_URL": "s3://redux/backups",
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    httpx.put(f"{url}/redux")
    try:
        made = backup("create", "--textfile", str(tmp_path / "redux.prom"), **s3)
        assert made.returncode == 0, made.stderr
        assert made.stdout in backup("list", **s3).stdout
        assert backup("verify", **s3).returncode == 0
        _destroy(fresh_url)
        restored = backup("restore", **s3)
        assert restored.returncode == 0, restored.stderr
        assert _rows(fresh_url) == before
    finally:
        server.stop()
    assert "redux_backup_timestamp_seconds 1" in (tmp_path / "redux.prom").read_text()


def test_a_backup_is_due_when_the_newest_is_old_enough(
    fresh: Server, backup: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    for hours in ("0", "24", "99999999999999"):
        assert backup("due", "--hours", hours).stdout == "0\n"  # there is none
    assert backup("create").returncode == 0
    said = backup("due", "--hours", "24")
    assert 23 * 3600 < int(said.stdout) <= 24 * 3600
    assert "is the newest backup, 0.0 hours old" in said.stderr
    assert backup("due", "--hours", "0").stdout == "0\n"
    assert backup("due", "--hours", "soon").returncode == 2


def test_a_backup_from_the_future_is_no_reason_to_make_none(
    fresh: Server, backup: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    fresh.stop()
    assert backup("create").returncode == 0
    (path,) = (tmp_path / "vault").glob("*.backup.json")
    manifest = BackupManifest.model_validate_json(path.read_text())
    future = manifest.model_copy(update={"created_at": manifest.created_at + timedelta(days=365)})
    path.write_text(future.model_dump_json())
    assert backup("due", "--hours", "24").stdout == "0\n"


def test_a_table_that_does_not_come_back_as_it_was_is_named(
    fresh: Server, backup: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    fresh.stop()
    assert backup("create").returncode == 0
    (path,) = (tmp_path / "vault").glob("*.backup.json")
    manifest = BackupManifest.model_validate_json(path.read_text())
    manifest.tables["likes"].rows = 3
    path.write_text(manifest.model_dump_json())
    assert "does not restore to what it was made of: likes (3 rows, now 0)" in backup("verify").stderr


def test_a_disk_that_is_full_is_not_taken_for_a_wrong_key(tmp_path: Path) -> None:
    secret, public = sealing.new_identity()
    dump, sealed, key = tmp_path / "dump", tmp_path / "n.sqlite.gz.age", tmp_path / "key"
    dump.write_bytes(random.randbytes(100_000))
    key.write_text(secret)
    sealing.seal(dump, sealed, public)
    (tmp_path / "packed").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        sealing.unseal(sealed, tmp_path / "out", key)
    (tmp_path / "packed").unlink()
    sealed.write_bytes(sealed.read_bytes()[:-1_000])
    with pytest.raises(BackupError, match="is damaged"):
        sealing.unseal(sealed, tmp_path / "out", key)


@pytest.mark.parametrize("content", ["", '{"name": "half'])
def test_half_a_manifest_is_named_and_hides_no_other_backup(
    fresh: Server, backup: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path, content: str
) -> None:
    fresh.stop()
    made = backup("create").stdout
    (tmp_path / "vault" / "29990101T000000Z-dead.backup.json").write_text(content)
    listed = backup("list")
    assert listed.stdout == made
    assert "29990101T000000Z-dead.backup.json cannot be read as a backup's manifest" in listed.stderr
    assert backup("verify").returncode == backup("create").returncode == 0


@pytest.mark.parametrize("file", ["/etc/hostname", "../elsewhere", "..", ""])
def test_a_manifest_that_leads_elsewhere_is_none(file: str) -> None:
    sound = {"name": "n", "created_at": "2026-01-01T00:00:00Z", "kind": "sqlite", "schema_version": "1", "bytes": 1}
    sound |= {"sha256": "0", "encrypted": False, "tables": {}}
    assert BackupManifest.model_validate(sound | {"file": "n.sqlite.gz"}).file == "n.sqlite.gz"
    with pytest.raises(ValidationError):
        BackupManifest.model_validate(sound | {"file": file})


def test_what_cannot_be_backed_up_is_said_in_one_line(tmp_path: Path) -> None:
    def run(**settings: str) -> str:
        command = [sys.executable, "-m", "ops.backup", "create"]
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment(settings), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        return line

    database = f"sqlite:///{tmp_path}/none.db"
    assert "set BACKUP_URL" in run(DATABASE_URL=database)
    vault = str(tmp_path / "vault")
    assert "none.db is not there: check DATABASE_URL" in run(DATABASE_URL=database, BACKUP_URL=vault)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    assert "holds no tables of ours" in run(DATABASE_URL=f"sqlite:///{tmp_path}/empty.db", BACKUP_URL=vault)
    (tmp_path / "text.db").write_text("no database " * 100)
    assert "text.db cannot be read (file is not a database)" in run(
        DATABASE_URL=f"sqlite:///{tmp_path}/text.db", BACKUP_URL=vault
    )
    assert "is no age public key" in run(DATABASE_URL=database, BACKUP_URL=str(tmp_path), BACKUP_RECIPIENT="age1")


def test_the_newest_of_each_day_week_and_month_stay() -> None:
    first = datetime(2026, 1, 1, 3, tzinfo=UTC)

    def made(moment: datetime) -> BackupManifest:
        return BackupManifest(
            name=f"{moment:%Y%m%dT%H%M%SZ}",
            created_at=moment,
            kind="sqlite",
            schema_version="1",
            file="f",
            bytes=1,
            sha256="0",
            encrypted=False,
            tables={},
        )

    backups = [made(first + timedelta(hours=12 * n)) for n in range(240)]  # twice a day until 30 April
    stay = [
        one.created_at for one in backups if one not in expired(backups, Keep(last=1, daily=3, weekly=2, monthly=3))
    ]
    days = [(moment.month, moment.day, moment.hour) for moment in stay]
    assert days == [(2, 28, 15), (3, 31, 15), (4, 26, 15), (4, 28, 15), (4, 29, 15), (4, 30, 15)]
    assert expired(backups[-1:], Keep(0, 0, 0, 0)) == []
