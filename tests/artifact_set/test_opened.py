"""What opening refuses: every message names the file."""

import os
import pickle
import random
import re
import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from artifact_set import ArtifactStore, Similarity, open_set
from artifact_set.builder import build
from artifact_set.manifest import Manifest
from artifact_set.pickles import load_factors, load_model
from artifact_set.trained import plain_svd, write_trained
from catalog.song import song_id
from errors import DamagedSet, NoArtifactSet, RefusedPickle
from tests import camps

FILES = ["best_model.pkl", "catalog.arrow", "faiss_id_map.pkl", "song_vectors.index", "training.json"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return camps.complete(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / sound.name)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_refused_by_name(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(DamagedSet, match=name):
        open_set(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_short_or_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    os.truncate(folder / name, 5)
    with pytest.raises(DamagedSet, match=f"{name} has 5 bytes"):
        open_set(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedSet, match=f"{name} is missing"):
        open_set(folder)


def test_a_manifest_that_is_no_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(DamagedSet, match=r"manifest\.json"):
        open_set(folder)


@pytest.mark.parametrize("name", [name for name in FILES if name != "training.json"])
def test_a_manifest_that_leaves_out_a_file_is_refused_by_its_name(folder: Path, name: str) -> None:
    path = folder / "manifest.json"
    manifest = Manifest.read(path)
    without = {kept: entry for kept, entry in manifest.files.items() if kept != name}
    path.write_text(manifest.model_copy(update={"files": without}).to_json())
    with pytest.raises(DamagedSet, match=rf"manifest\.json: files: .*{re.escape(name)} is not among them"):
        open_set(folder)


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
            open_set(folder)
        path.write_bytes(whole[path])
    open_set(folder)


@pytest.mark.parametrize("similarity", ["cosine", "inner_product"])
def test_a_large_set_of_any_similarity_opens(tmp_path: Path, similarity: Similarity) -> None:
    rng = np.random.default_rng(0)
    qi = rng.standard_normal((3000, 50)).astype(np.float32) * rng.uniform(0.01, 1, (3000, 1)).astype(np.float32)
    names = [f"Song {i}" for i in range(3000)]
    plays = np.ones(3000, np.int64)
    model = plain_svd([song_id("A", name) for name in names], qi)
    folder = write_trained(ArtifactStore(tmp_path), model, ["A"] * 3000, names, plays, plays, camps.record(similarity))
    assert build(ArtifactStore(tmp_path)).activated
    assert len(open_set(folder).songs) == 3000


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("pickle_ran_code",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps(_Evil()))
    for load in (load_model, load_factors):
        with pytest.raises(RefusedPickle, match=r"best_model\.pkl is refused: it asks for posix\.mkdir"):
            load(path)
    assert not (tmp_path / "pickle_ran_code").exists()


def test_a_pickle_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps({"qi": 1}))
    for load in (load_model, load_factors):
        with pytest.raises(DamagedSet, match="holds a dict"):
            load(path)


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("order", ["C", "F"])
def test_large_factors_are_those_that_were_saved(tmp_path: Path, protocol: int, order: Literal["C", "F"]) -> None:
    qi = np.asarray(np.random.default_rng(0).random((30_000, 20)), order=order)  # 4.8 MB
    model = plain_svd([f"song {row}" for row in range(len(qi))], qi)
    model.qi = qi
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps(model, protocol))
    for found in (load_model(path).qi, load_factors(path)):
        assert found.flags.f_contiguous == qi.flags.f_contiguous
        np.testing.assert_array_equal(found, qi)
    assert isinstance(load_factors(path), np.memmap)


def test_large_arrays_elsewhere_are_read(tmp_path: Path) -> None:
    model = plain_svd(["a", "b"], np.eye(2))
    model.more = {"deep": np.arange(300_000)}
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps(model, 5))
    np.testing.assert_array_equal(load_model(path).more["deep"], np.arange(300_000))


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
