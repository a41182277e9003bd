"""Pickles: what a model and an id map hold comes out as it went in; everything else is refused and nothing is run."""

import json
import os
import pickle
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pytest

from artifact_set.pickle_reader import PickleReader
from artifact_set.pickles import load_id_map, load_model
from artifact_set.song_rows import SongsByRow
from artifact_set.stand_ins import Instance
from artifact_set.trained import plain_svd
from errors import DamagedSet, RefusedPickle
from tests.artifact_set.crafted import SHAPES
from tests.conftest import REPOSITORY
from tests.pickled import dumped, surprise_svd

_READ_THEM_ALL = """
import json, resource, sys
from pathlib import Path
from artifact_set.pickles import load_id_map, load_model
from errors import DamagedSet

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    for load in (load_model, load_id_map):
        try:
            load(path)
        except DamagedSet as exc:
            said.setdefault(path.name, []).append(str(exc))
print(json.dumps([said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


def test_every_crafted_shape_is_refused_in_one_line_and_little_memory(tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    for number, content in enumerate(SHAPES.values()):
        (folder / f"{number:03}").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", _READ_THEM_ALL, str(folder)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
        # a gigabyte of addresses, of which the libraries take most
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )
    said, grown = json.loads(done.stdout)
    assert len(SHAPES) >= 46
    for number, name in enumerate(SHAPES):
        for line in said[f"{number:03}"]:
            assert str(folder / f"{number:03}") in line, name
            assert "\n" not in line, name
    assert all(len(lines) == 2 for lines in said.values())
    assert grown < 60 << 10  # KB
    assert not (tmp_path / "run_me").exists()


@pytest.mark.parametrize("name", SHAPES)
def test_a_crafted_shape_is_no_model(tmp_path: Path, name: str) -> None:
    path = tmp_path / "best_model.pkl"
    path.write_bytes(SHAPES[name])
    with pytest.raises(DamagedSet, match=r"best_model\.pkl"):
        load_model(path)


class _Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("pickle_ran_code",)


def test_a_pickle_that_would_run_code_is_refused_by_the_name_it_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps(_Evil()))
    with pytest.raises(RefusedPickle, match=r"best_model\.pkl is refused: it asks for posix\.mkdir"):
        load_model(path)


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("order", ["C", "F"])
def test_factors_are_those_that_were_saved(tmp_path: Path, protocol: int, order: Literal["C", "F"]) -> None:
    qi = np.asarray(np.random.default_rng(0).random((3_000, 20)), order=order)
    model = surprise_svd([f"song {row}" for row in range(len(qi))], qi)
    model.qi = qi
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps(model, protocol))
    found = load_model(path)
    assert found.qi.flags.f_contiguous == qi.flags.f_contiguous
    np.testing.assert_array_equal(found.qi, qi)
    assert found.rows == {f"song {row}": row for row in range(len(qi))}


def test_a_model_with_numbers_of_numpys_own_kind_is_read(tmp_path: Path) -> None:
    model = surprise_svd(["a", "b"], np.eye(2), bi=np.ones(2), global_mean=3.5)
    model.n_epochs, model.trainset._global_mean = np.int64(20), np.float64(0.5)
    path = tmp_path / "best_model.pkl"
    path.write_bytes(pickle.dumps(model, 5))
    np.testing.assert_array_equal(load_model(path).qi, np.eye(2))


@pytest.mark.parametrize("song_id", ["", "x" * 300, "Sigur Rós - Hoppípolla", "日本 - 語", "\udcff - lone surrogate"])
def test_any_text_comes_out_as_it_went_in(song_id: str) -> None:
    assert PickleReader(pickle.dumps({0: song_id, 1: song_id + "!"}, 5)).read() == {0: song_id, 1: song_id + "!"}


@pytest.mark.parametrize("protocol", [4, 5])
def test_plain_data_comes_out_as_it_went_in(protocol: int) -> None:
    data: list[object] = [
        None,
        True,
        False,
        0,
        255,
        256,
        65536,
        -1,
        2**40,
        -(2**63),
        1.5,
        "a",
        (),
        (1,),
        (1, 2),
        (1, 2, 3),
        (1,) * 9,
    ]
    data += [[], [1, [2, {"a": {"b": ["c"] * 2000}}]], {"x": {1: 2}, 3: "y"}, [["same"]] * 300]
    assert PickleReader(pickle.dumps(data, protocol)).read() == data


@pytest.mark.parametrize("protocol", [0, 1, 2, 3])
def test_an_old_protocol_is_refused_with_what_is_expected(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "faiss_id_map.pkl"
    path.write_bytes(pickle.dumps({0: "a", 1: "b"}, protocol))
    with pytest.raises(DamagedSet, match="protocol"):
        load_id_map(path)


@pytest.mark.parametrize("found", [{"qi": 1}, [1], "x", {1: "a"}, {0: "a", 2: "b"}, {0: 1}])
def test_a_pickle_of_something_else_is_neither_model_nor_id_map(tmp_path: Path, found: object) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(pickle.dumps(found))
    with pytest.raises(DamagedSet, match=f"holds a {type(found).__name__}"):
        load_model(path)
    with pytest.raises(DamagedSet, match="holds no map of the rows"):
        load_id_map(path)


def test_stand_ins_carry_no_code_of_surprises(tmp_path: Path) -> None:
    found = PickleReader(pickle.dumps(surprise_svd(["a"], np.eye(1)), 5)).read()
    assert type(found) is Instance
    assert found.attributes["n_factors"] == 1
    assert type(found.attributes["trainset"]) is Instance


def _mutated(content: bytes, rng: random.Random) -> bytes:
    """The content with one to four bytes altered, taken out, doubled, or the rest cut off."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        how = rng.randrange(4)
        if how == 0:
            data[at] = rng.randrange(256)
        elif how == 1:
            del data[at : at + rng.randint(1, 8)]
        elif how == 2:
            data[at:at] = data[at : at + rng.randint(1, 64)]
        else:
            data = data[: at + 1]
    return bytes(data)


def fuzz(folder: Path, count: int, seed: int) -> tuple[int, int]:
    """How many mutated models and id maps were refused, and how many still were a model or a map."""
    rng = random.Random(seed)
    songs = [f"Artist {i} - Song {i}" for i in range(300)]
    expected = pa.array(songs)
    qi = np.random.default_rng(0).random((300, 3))
    kinds: list[tuple[Callable[[Path], object], bytes]] = [
        (load_model, pickle.dumps(surprise_svd(songs, qi), 5)),
        (load_id_map, pickle.dumps(dict(enumerate(songs)), 5)),
        (lambda path: load_model(path, expected), dumped(plain_svd(songs, qi))),
        (lambda path: load_id_map(path, expected), dumped(SongsByRow(expected))),
    ]
    refused = read = 0
    for number in range(count):
        path = folder / "mutated.pkl"
        load, content = kinds[number % len(kinds)]
        path.write_bytes(_mutated(content, rng))
        try:
            load(path)
        except DamagedSet:
            refused += 1
        else:
            read += 1
    return refused, read


def test_mutated_pickles_are_refused_or_read_and_raise_nothing_else(tmp_path: Path) -> None:
    refused, read = fuzz(tmp_path, 500, seed=1)
    assert refused + read == 500
    assert refused > 300


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_20000_mutated_pickles_are_refused_or_read_and_raise_nothing_else(tmp_path: Path) -> None:
    refused, read = fuzz(tmp_path, 20_000, seed=2)
    assert refused + read == 20_000
    assert refused > 15_000
