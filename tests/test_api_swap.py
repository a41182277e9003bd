"""Another artifact set takes over while requests go on: no error, no answer that mixes two versions."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from artifact_set import ArtifactStore
from artifact_set.builder import build
from artifact_set.trained import plain_svd, write_trained
from catalog.song import song_id
from tests import camps
from tests.conftest import Server, serving

SEED = "Radiohead - Creep"


def _set_of(root: Path, mark: str) -> str:
    """A complete set whose every song but the seed is named after `mark`; its version."""
    tracks = ["Creep", *(f"{mark} {i}" for i in range(5))]
    artists = ["Radiohead"] * 6
    qi = np.array([[1, 0.1 * i] for i in range(6)], np.float32)
    plays = np.arange(6, 0, -1, dtype=np.int64)
    model = plain_svd([song_id(a, t) for a, t in zip(artists, tracks, strict=True)], qi)
    write_trained(ArtifactStore(root), model, artists, tracks, plays, plays, camps.record())
    return build(ArtifactStore(root)).manifest.version


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
    for _ in range(300):
        if _serves(server, version):
            return
        time.sleep(0.05)
    pytest.fail(f"{version} does not serve:\n{server.log.read_text()}")


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


def test_a_damaged_set_is_refused_and_the_old_one_keeps_serving(
    running: Server, sets: dict[str, str], tmp_path: Path
) -> None:
    other, current = sets
    index = tmp_path / "artifacts" / other / "song_vectors.index"
    whole = index.read_bytes()
    index.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    ArtifactStore(tmp_path / "artifacts").activate(other)
    for _ in range(200):
        if "is refused" in running.log.read_text():
            break
        time.sleep(0.05)
    said = running.log.read_text()
    assert f"artifact set {other} is refused, {current} keeps serving" in said
    assert "song_vectors.index does not match its checksum" in said
    assert _serves(running, current)
    index.write_bytes(whole)
    os.kill(running.process.pid, signal.SIGHUP)  # mended: look again
    _wait_for(running, other)


def test_every_answer_from_a_set_names_its_version(running: Server, sets: dict[str, str]) -> None:
    current = list(sets)[-1]
    for path in ("/catalog/search?q=creep", "/catalog/popular", f"/catalog/songs?song_id={SEED}", "/health"):
        assert httpx.get(f"{running.url}{path}").headers["x-artifact-version"] == current
