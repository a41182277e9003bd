"""Sets whose index or catalog was altered before its checksum was taken: a verdict each time, whatever libraries do.

FAISS and Arrow are native code and read such files as they are, so each is opened in a process that may die.
"""

import multiprocessing
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from artifact_set import Verification, files
from artifact_set.manifest import FileEntry, Manifest
from errors import DamagedSet
from tests import camps

_NAMES = ("song_vectors.index", "catalog.arrow", "faiss_id_map.pkl", "best_model.pkl")


def _mutate(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data[: rng.randrange(len(data))] if rng.random() < 0.3 else data)


def verdicts(folder: Path, count: int, seed: int) -> Counter[str]:
    """How many mutations of each file were found sound, and how many refused."""
    rng = random.Random(seed)
    manifest = Manifest.read(folder / "manifest.json")
    found: Counter[str] = Counter()
    for number in range(count):
        name = _NAMES[number % len(_NAMES)]
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(_mutate(whole, rng))
        entry = FileEntry(sha256=files.sha256(folder / name), bytes=(folder / name).stat().st_size)
        vouched = manifest.model_copy(update={"files": manifest.files | {name: entry}})
        (folder / "manifest.json").write_text(vouched.to_json())
        try:
            Verification(folder).wait()
        except DamagedSet as exc:
            found[f"{name} {'killed its process' if 'was ended' in str(exc) else 'refused'}"] += 1
        else:
            found[f"{name} sound"] += 1
        (folder / name).write_bytes(whole)
    return found


@pytest.mark.parametrize("seed", [3])
def test_a_mutated_set_is_sound_or_refused(tmp_path: Path, seed: int) -> None:
    folder = shutil.copytree(camps.complete(tmp_path / "a"), tmp_path / "b")
    assert verdicts(folder, 12, seed).total() == 12
    assert multiprocessing.active_children() == []


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_2000_mutated_sets_are_sound_or_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(camps.complete(tmp_path / "a"), tmp_path / "b")
    assert verdicts(folder, 2_000, 4).total() == 2_000
