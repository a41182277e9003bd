"""What verifying refuses: every message names the file."""

import os
import random
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from artifact_set import ArtifactStore, Similarity, files
from artifact_set.builder import build
from artifact_set.manifest import FileEntry, Manifest
from artifact_set.pickles import save
from artifact_set.trained import plain_svd, write_trained
from artifact_set.verification import verify_set
from catalog.song import song_id
from errors import DamagedSet, NoArtifactSet
from tests import camps

FILES = ["best_model.pkl", "catalog.arrow", "faiss_id_map.pkl", "song_vectors.index", "training.json"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return camps.complete(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / sound.name)


def _verify(folder: Path) -> None:
    verify_set(folder, Manifest.read(folder / "manifest.json"))


def _vouch(folder: Path, name: str) -> None:
    """Let the manifest say what the file is now."""
    path = folder / "manifest.json"
    manifest = Manifest.read(path)
    entry = FileEntry(sha256=files.sha256(folder / name), bytes=(folder / name).stat().st_size)
    path.write_text(manifest.model_copy(update={"files": manifest.files | {name: entry}}).to_json())


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_refused_by_name(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DamagedSet, match=name):
        _verify(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_short_or_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    os.truncate(folder / name, 5)
    with pytest.raises(DamagedSet, match=f"{name} has 5 bytes"):
        _verify(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedSet, match=f"{name} is missing"):
        _verify(folder)


def test_a_manifest_that_is_no_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(DamagedSet, match=r"manifest\.json"):
        _verify(folder)


@pytest.mark.parametrize("name", [name for name in FILES if name != "training.json"])
def test_a_manifest_that_leaves_out_a_file_is_refused_by_its_name(folder: Path, name: str) -> None:
    path = folder / "manifest.json"
    manifest = Manifest.read(path)
    without = {kept: entry for kept, entry in manifest.files.items() if kept != name}
    path.write_text(manifest.model_copy(update={"files": without}).to_json())
    with pytest.raises(DamagedSet, match=rf"manifest\.json: files: .*{re.escape(name)} is not among them"):
        _verify(folder)


def test_any_byte_altered_or_cut_off_is_refused_by_name(folder: Path) -> None:
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    whole = {path: path.read_bytes() for path in paths}
    rng = random.Random(0)
    for attempt in range(500):
        path = paths[attempt % len(paths)]
        content = bytearray(whole[path])
        at = rng.randrange(len(content))
        if attempt // len(paths) % 2:
            content = content[:at]
        else:
            content[at] ^= rng.randrange(1, 256)
        path.write_bytes(content)
        with pytest.raises(DamagedSet, match=re.escape(path.name)):
            _verify(folder)
        path.write_bytes(whole[path])
    _verify(folder)


@pytest.mark.parametrize("similarity", ["cosine", "inner_product"])
def test_a_large_set_of_any_similarity_opens(tmp_path: Path, similarity: Similarity) -> None:
    rng = np.random.default_rng(0)
    qi = rng.standard_normal((3000, 50)).astype(np.float32) * rng.uniform(0.01, 1, (3000, 1)).astype(np.float32)
    names = [f"Song {i}" for i in range(3000)]
    plays = np.ones(3000, np.int64)
    model = plain_svd([song_id("A", name) for name in names], qi)
    folder = write_trained(ArtifactStore(tmp_path), model, ["A"] * 3000, names, plays, plays, camps.record(similarity))
    assert build(ArtifactStore(tmp_path)).activated
    _verify(folder)


def test_a_model_of_other_songs_is_refused(folder: Path) -> None:
    song_ids = [song_id(*song) for song in camps.SONGS]
    for names, qi, reason in (
        (["a", "b"], np.eye(2), r"best_model\.pkl has 2 songs and 2 names, catalog\.arrow 7 songs"),
        (song_ids[::-1], camps.factors(), r"is row 0 in catalog\.arrow and 6 in best_model\.pkl"),
        (song_ids, -camps.factors(), r"the vectors in song_vectors\.index are not those of best_model\.pkl"),
        (song_ids, camps.factors() * np.nan, r"the vectors in song_vectors\.index are not those of best_model\.pkl"),
    ):
        save(plain_svd(names, qi), folder / "best_model.pkl")
        _vouch(folder, "best_model.pkl")
        with pytest.raises(DamagedSet, match=reason):
            _verify(folder)


def test_an_id_map_of_other_songs_is_refused(folder: Path) -> None:
    save(dict(enumerate(["x"] * 7)), folder / "faiss_id_map.pkl")
    _vouch(folder, "faiss_id_map.pkl")
    with pytest.raises(DamagedSet, match=r"row 0 is 'x' in faiss_id_map\.pkl and 'Radiohead - Creep' in catalog"):
        _verify(folder)


@pytest.mark.parametrize("name", ["catalog.arrow", "song_vectors.index"])
def test_a_file_damaged_before_its_checksum_was_taken_is_refused(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    for length in (0, 4, len(whole) // 2, len(whole) - 1):
        (folder / name).write_bytes(whole[:length])
        _vouch(folder, name)
        with pytest.raises(DamagedSet, match="rebuild with python build_vector_db"):
            _verify(folder)


def test_without_a_set_the_message_names_both_commands(tmp_path: Path) -> None:
    with pytest.raises(NoArtifactSet, match=r"python main\.py.*python build_vector_db\.py"):
        ArtifactStore(tmp_path).path_of_current()


def test_a_trained_version_without_manifest_is_no_set(tmp_path: Path) -> None:
    folder = camps.train(tmp_path)
    store = ArtifactStore(tmp_path)
    assert store.versions() == []
    assert store.waiting() == [folder.name]
    with pytest.raises(NoArtifactSet):
        store.activate(folder.name)
