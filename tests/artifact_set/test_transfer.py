"""Publishing and pulling through a real S3 server and through plain folders."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from artifact_set import ArtifactStore, open_set
from artifact_set.__main__ import main
from artifact_set.builder import build
from artifact_set.manifest import FileEntry, Manifest
from artifact_set.signing import NO_KEYS, Keyring, key_from, new_key_pair
from artifact_set.transfer import Progress, Remote, TransferError
from errors import DamagedSet, NoArtifactSet
from tests import camps
from tests.conftest import eventually

ROOT = Path(__file__).parents[2]


def _quiet(_name: str, _total: int, _done: int) -> None:
    """Nobody watches the bars of a test."""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    for key, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(key, value)
    name = f"bucket-{abs(hash(tmp_path))}"
    boto3.client("s3").create_bucket(Bucket=name)
    return f"s3://{name}/sets"


@pytest.fixture
def local(tmp_path: Path) -> str:
    return f"file://{tmp_path / 'remote'}"


def test_publish_wipe_pull_serves_the_same_set_through_s3(bucket: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    assert main(["--artifacts", str(tmp_path / "here"), "publish", bucket]) == 0
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    shutil.rmtree(tmp_path / "here")
    assert main(["--artifacts", str(tmp_path / "here"), "pull", bucket, "--activate"]) == 0
    opened = open_set(ArtifactStore(tmp_path / "here").path_of_current())
    assert opened.version == folder.name
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_a_half_published_version_is_not_there(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    remote = Remote(local)
    remote.publish(folder, _quiet)
    (tmp_path / "remote" / folder.name / "manifest.json").unlink()
    assert remote.versions() == []
    with pytest.raises(NoArtifactSet, match="complete: none"):
        remote.pull(ArtifactStore(tmp_path / "there"), None, _quiet)


class _Broken(Exception):
    """The line goes down."""


def _broken_at(count: int) -> Progress:
    """A transfer's progress that breaks it off at the count-th report."""
    reports: list[str] = []

    def report(name: str, _total: int, _done: int) -> None:
        reports.append(name)
        if len(reports) == count:
            raise _Broken

    return report


@pytest.mark.parametrize("after", range(1, 10))
def test_publishing_goes_on_where_it_was_broken_off(local: str, tmp_path: Path, after: int) -> None:
    folder = camps.complete(tmp_path / "here")
    with pytest.raises((_Broken, TransferError)):
        Remote(local).publish(folder, _broken_at(after))
    assert Remote(local).versions() == []
    Remote(local).publish(folder, _quiet)
    pulled = Remote(local).pull(ArtifactStore(tmp_path / "there"), None, _quiet)
    assert open_set(pulled).version == folder.name
    assert not (tmp_path / "remote" / folder.name / "publishing.json").exists()


@pytest.mark.parametrize("after", range(1, 10))
def test_pulling_goes_on_where_it_was_broken_off(local: str, tmp_path: Path, after: int) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    there = ArtifactStore(tmp_path / "there")
    with pytest.raises((_Broken, TransferError)):
        Remote(local).pull(there, None, _broken_at(after))
    assert there.versions() == []
    assert open_set(Remote(local).pull(there, None, _quiet)).version == folder.name


def test_a_broken_off_file_is_taken_up_not_sent_again(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    index = (folder / "song_vectors.index").read_bytes()
    draft = tmp_path / "there" / f".pull.{folder.name}"
    draft.mkdir(parents=True)
    (draft / "song_vectors.index.part").write_bytes(index[:50])
    done: list[int] = []
    Remote(local).pull(
        ArtifactStore(tmp_path / "there"), None, lambda n, _t, d: done.append(d) if n == "song_vectors.index" else None
    )
    assert done == [50, len(index) - 50]


def test_of_two_pulls_at_once_both_have_the_set(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    there = ArtifactStore(tmp_path / "there")
    draft = there.root / f".pull.{folder.name}"
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[Path]] = []

        def overlap(_name: str, _total: int, _done: int) -> None:
            if not others:
                others.append(pool.submit(Remote(local).pull, there, None, _quiet))
                eventually(lambda: _somebody_waits_for(draft))

        assert Remote(local).pull(there, None, overlap) == others[0].result() == there.root / folder.name
    assert open_set(there.root / folder.name).version == folder.name
    assert [path.name for path in there.root.iterdir()] == [folder.name]


def _somebody_waits_for(folder: Path) -> bool:
    """Whether the system has somebody wait for the lock of a folder."""
    waits = [line for line in Path("/proc/locks").read_text().splitlines() if "-> FLOCK" in line]
    return any(line.split()[-3].endswith(f":{folder.stat().st_ino}") for line in waits)


def test_what_arrives_altered_is_refused_and_gets_no_name(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    path = tmp_path / "remote" / folder.name / "catalog.arrow"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedSet, match=r"catalog\.arrow does not match its checksum"):
        Remote(local).pull(ArtifactStore(tmp_path / "there"), None, _quiet)
    assert ArtifactStore(tmp_path / "there").versions() == []


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("name", ["catalog.arrow", "manifest.json", "search/meta.json"])
def test_a_version_that_is_damaged_here_is_made_whole_by_pulling_it_again(
    local: str, tmp_path: Path, name: str, gone: bool, signed: bool
) -> None:
    pair = new_key_pair()
    keyring = Keyring(key_from(pair.signing), (key_from(pair.trusted) or b"",)) if signed else NO_KEYS
    camps.train(tmp_path / "here")
    store = ArtifactStore(tmp_path / "here", keyring)
    folder = tmp_path / "here" / build(store).manifest.version
    Remote(local, keyring).publish(folder, _quiet)
    whole = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if gone:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(whole[folder / name][:-1] + b"?")
    Remote(local, keyring).pull(store, None, _quiet)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == whole
    assert main(["--artifacts", str(tmp_path / "here"), "verify"]) == 0


def test_a_damaged_version_is_not_replaced_by_another_set_of_its_name(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    path = tmp_path / "remote" / folder.name / "manifest.json"
    path.write_text(path.read_text() + " ")
    (folder / "catalog.arrow").write_bytes(b"?")
    with pytest.raises(TransferError, match="another set"):
        Remote(local).pull(ArtifactStore(tmp_path / "here"), None, _quiet)
    assert (folder / "catalog.arrow").read_bytes() == b"?"


def test_a_manifest_cannot_name_files_outside_its_folder(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    path = tmp_path / "remote" / folder.name / "manifest.json"
    manifest = Manifest.read(path)
    evil = {"../../evil": FileEntry(sha256="0" * 64, bytes=1)}
    path.write_text(manifest.model_copy(update={"files": manifest.files | evil}).to_json())
    with pytest.raises(DamagedSet, match="not a plain path"):
        Remote(local).pull(ArtifactStore(tmp_path / "there"), None, _quiet)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_a_manifest_cannot_name_itself(local: str, tmp_path: Path, name: str) -> None:
    folder = camps.complete(tmp_path / "here")
    manifest = Manifest.read(folder / "manifest.json")
    evil = manifest.model_copy(update={"files": manifest.files | {name: FileEntry(sha256="0" * 64, bytes=1)}})
    (folder / "manifest.json").write_text(evil.to_json())
    with pytest.raises(DamagedSet, match="not a plain path"):
        Remote(local).publish(folder, _quiet)


def test_a_pull_stops_at_the_size_the_manifest_promises(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    path = tmp_path / "remote" / folder.name / "catalog.arrow"
    promised = path.stat().st_size
    with path.open("ab") as file:
        file.truncate(1 << 30)  # a gigabyte that takes no room here
    taken: list[int] = []

    def count(name: str, _total: int, done: int) -> None:
        if name == "catalog.arrow":
            taken.append(done)

    with pytest.raises(DamagedSet, match=r"catalog\.arrow does not match its checksum"):
        Remote(local).pull(ArtifactStore(tmp_path / "there"), None, count)
    assert sum(taken) == promised + 1


@pytest.mark.parametrize(("name", "size"), [("manifest.json", 17 << 20), ("manifest.sig", 2 << 10)])
def test_a_pull_reads_no_endless_manifest(local: str, tmp_path: Path, name: str, size: int) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    (tmp_path / "remote" / folder.name / name).write_bytes(b" " * size)
    with pytest.raises(TransferError, match="has more than"):
        Remote(local).pull(ArtifactStore(tmp_path / "there"), None, _quiet)


def test_a_version_is_never_replaced_by_another_set(local: str, tmp_path: Path) -> None:
    folder = camps.complete(tmp_path / "here")
    Remote(local).publish(folder, _quiet)
    Remote(local).publish(folder, _quiet)  # the same again is no fault
    path = tmp_path / "remote" / folder.name / "manifest.json"
    path.write_text(path.read_text() + " ")
    with pytest.raises(TransferError, match="another set"):
        Remote(local).publish(folder, _quiet)


@pytest.mark.parametrize("url", ["s3://no-such-bucket-here/x", "nosuchprotocol://x", "gs://bucket/x"])
def test_an_unreachable_url_is_one_clear_line(
    bucket: str, tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    camps.complete(tmp_path)
    assert main(["--artifacts", str(tmp_path), "publish", url]) == 1
    err = capsys.readouterr().err.strip().splitlines()
    assert err[-1].startswith("artifact_set: ")
    assert url in err[-1]
    assert not any("Traceback" in line for line in err)


@pytest.mark.parametrize("command", ["publish", "pull"])
def test_a_killed_transfer_through_s3_resumes(bucket: str, tmp_path: Path, command: str) -> None:
    folder = camps.complete(tmp_path / "here")
    if command == "pull":
        Remote(bucket).publish(folder, _quiet)
    root = str(tmp_path / ("here" if command == "publish" else "there"))
    call = [sys.executable, "-m", "artifact_set", "--artifacts", root, command, bucket]
    for delay in (0.9, 1.2, 1.5):
        process = subprocess.Popen(call, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert main(["--artifacts", root, command, bucket]) == 0
    assert Remote(bucket).versions() == [folder.name]
    if command == "pull":
        assert open_set(tmp_path / "there" / folder.name).version == folder.name
