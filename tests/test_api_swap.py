"""Another artifact set takes over while requests go on: no error, no answer that mixes two versions."""

import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pytest

from artifact_set import ArtifactStore, files
from artifact_set.builder import build
from artifact_set.manifest import FileEntry, Manifest
from artifact_set.signing import NO_KEYS, Keyring, key_from, new_key_pair
from artifact_set.trained import plain_svd, write_trained
from catalog.song import song_id
from tests import camps
from tests.conftest import Server, environment, eventually, server_command, serving
from tests.processes import children

SEED = "Radiohead - Creep"


def _set_of(root: Path, mark: str, keyring: Keyring = NO_KEYS) -> str:
    """A complete set whose every song but the seed is named after `mark`; its version."""
    tracks = ["Creep", *(f"{mark} {i}" for i in range(5))]
    artists = ["Radiohead"] * 6
    qi = np.array([[1, 0.1 * i] for i in range(6)], np.float32)
    plays = np.arange(6, 0, -1, dtype=np.int64)
    model = plain_svd([song_id(a, t) for a, t in zip(artists, tracks, strict=True)], qi)
    write_trained(ArtifactStore(root), model, artists, tracks, plays, plays, camps.record())
    return build(ArtifactStore(root, keyring)).manifest.version


@pytest.fixture
def sets(tmp_path: Path) -> dict[str, str]:
    """version -> the word in its songs' names; the last one built is current."""
    return {_set_of(tmp_path / "artifacts", mark): mark for mark in ("North", "South")}


@pytest.fixture
def running(sets: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, {"ARTIFACTS_DIR": str(tmp_path / "artifacts")}) as server:
        yield server


def _serves(server: Server, version: str) -> bool:
    return bool(httpx.get(f"{server.url}/health").json()["artifacts"] == version)


def _wait_for(server: Server, version: str) -> None:
    eventually(lambda: _serves(server, version), server.log.read_text)


def test_no_request_fails_or_mixes_versions_while_sets_are_swapped(
    running: Server, sets: dict[str, str], tmp_path: Path
) -> None:
    store = ArtifactStore(tmp_path / "artifacts")
    seen: Counter[str] = Counter()
    faults: list[str] = []
    done = threading.Event()

    def ask() -> None:
        with running.client() as client:
            while not done.is_set():
                answer = client.get("/recommendations/similar", params={"song_id": SEED})
                version = answer.headers.get("x-artifact-version", "none")
                tracks = [item["track"] for item in answer.json()["items"]]
                seen[version] += 1
                if answer.status_code != 200 or not all(t.startswith(sets[version]) for t in tracks) or not tracks:
                    faults.append(answer.text)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        for version in [*sets] * 2:
            store.activate(version)
            running.process.send_signal(signal.SIGHUP)
            _wait_for(running, version)
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert faults == []
    assert set(seen) == set(sets)


@pytest.mark.parametrize("asks", ["by signal", "by activating it once more"])
def test_a_damaged_set_is_refused_and_the_old_one_keeps_serving(
    running: Server, sets: dict[str, str], tmp_path: Path, asks: str
) -> None:
    other, current = sets
    index = tmp_path / "artifacts" / other / "song_vectors.index"
    whole = index.read_bytes()
    index.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    ArtifactStore(tmp_path / "artifacts").activate(other)
    eventually(lambda: "is refused" in running.log.read_text())
    said = running.log.read_text()
    assert f"artifact set {other} is refused, {current} keeps serving" in said
    assert "song_vectors.index does not match its checksum" in said
    assert _serves(running, current)
    index.write_bytes(whole)
    if asks == "by signal":
        os.kill(running.process.pid, signal.SIGHUP)
    else:
        ArtifactStore(tmp_path / "artifacts").activate(other)
    _wait_for(running, other)  # it is mended


def _vouch(folder: Path, name: str) -> None:
    """Let the manifest say what the file is now."""
    manifest = Manifest.read(folder / "manifest.json")
    entry = FileEntry(sha256=files.sha256(folder / name), bytes=(folder / name).stat().st_size)
    changed = manifest.model_copy(update={"files": manifest.files | {name: entry}})
    (folder / "manifest.json").write_text(changed.to_json())


def _wait_for_line(server: Server, part: str) -> str:
    eventually(lambda: part in server.log.read_text(), server.log.read_text)
    return next(line for line in server.log.read_text().splitlines() if part in line)


def _arrow_of_another_kind(path: Path) -> None:
    """Songs as JSON in one column: a catalog's file, but not its columns."""
    table = pa.table({"artist": pa.array([[1], [2]], pa.list_(pa.int8()))})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _zeros(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:64] + bytes(len(content) - 64))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("catalog.arrow", _half),
        ("catalog.arrow", _zeros),
        ("catalog.arrow", _arrow_of_another_kind),
        ("song_vectors.index", _half),
        ("song_vectors.index", _zeros),
        ("faiss_id_map.pkl", _zeros),
        ("best_model.pkl", _half),
    ],
)
def test_a_set_with_right_checksums_and_a_damaged_inside_is_refused_and_a_later_one_is_still_seen(
    running: Server, sets: dict[str, str], tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    other, current = sets
    store = ArtifactStore(tmp_path / "artifacts")
    damage(store.root / other / name)
    _vouch(store.root / other, name)
    store.activate(other)
    line = _wait_for_line(running, f"artifact set {other} is refused, {current} keeps serving")
    assert name in line or other in line
    assert _serves(running, current)
    third = _set_of(store.root, "West")
    _wait_for(running, third)
    assert httpx.get(f"{running.url}/health/ready").status_code == 200


def test_a_refused_set_leaves_no_process_behind(running: Server, sets: dict[str, str], tmp_path: Path) -> None:
    other, _ = sets
    store = ArtifactStore(tmp_path / "artifacts")
    _half(store.root / other / "song_vectors.index")
    store.activate(other)
    _wait_for_line(running, f"artifact set {other} is refused")
    assert children(running.process.pid) == []


def test_a_set_signed_by_another_key_is_refused_at_a_swap_and_at_a_start(tmp_path: Path) -> None:
    ours, theirs = new_key_pair(), new_key_pair()
    root = tmp_path / "artifacts"
    own = _set_of(root, "North", Keyring(key_from(ours.signing)))
    settings = {"ARTIFACTS_DIR": str(root), "ARTIFACTS_TRUSTED_KEYS": ours.trusted}
    with serving(tmp_path, settings) as server:
        foreign = _set_of(root, "South", Keyring(key_from(theirs.signing)))
        assert f"is signed by {theirs.trusted}" in _wait_for_line(server, f"artifact set {foreign} is refused")
        assert _serves(server, own)
    done = subprocess.run(
        server_command(1), cwd=tmp_path, env=environment(settings), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert len([line for line in said.splitlines() if f"is signed by {theirs.trusted}, which is none of" in line]) == 1


def test_every_answer_from_a_set_names_its_version(running: Server, sets: dict[str, str]) -> None:
    current = list(sets)[-1]
    for path in ("/catalog/search?q=creep", "/catalog/popular", f"/catalog/songs?song_id={SEED}", "/health"):
        assert httpx.get(f"{running.url}{path}").headers["x-artifact-version"] == current
