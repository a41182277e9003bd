"""Opening a set: each file's checksum before its content, then what the files say of each other, and only then use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from artifact_set import files, pickles
from artifact_set.index import read_index
from artifact_set.manifest import CATALOG, ID_MAP, INDEX, MANIFEST, MODEL, SEARCH, VECTORS, FileEntry, Manifest
from artifact_set.vectors import SongVectors, longest, open_vectors, to_index_vectors
from catalog.search import CatalogSearch, SearchError
from catalog.table import CatalogError, SongTable
from errors import DamagedSet

_SAMPLE = 1000  # rows whose factors are held against the index
_CLOSE = 1e-4


@dataclass(frozen=True)
class ArtifactSet:
    """One verified version, open for serving. A `row` means the same song in all of its parts."""

    version: str
    manifest: Manifest
    songs: SongTable
    vectors: SongVectors
    search: CatalogSearch


class ModelSample(NamedTuple):
    """What of a model is held against the index: how many songs it has, and the vectors of every so many-th of them.

    vectors: (m, factors) float32, as the index must have them.
    """

    songs: int
    vectors: npt.NDArray[np.float32]


def verify_files(folder: Path) -> Manifest:
    """Hold every file against the manifest. Raises DamagedSet naming the first that differs."""
    manifest = Manifest.read(folder / MANIFEST)
    with ThreadPoolExecutor() as pool:  # hashing releases the interpreter's lock
        for _ in pool.map(lambda item: _verify(folder / item[0], item[1]), manifest.files.items()):
            pass
    return manifest


def _verify(path: Path, entry: FileEntry) -> None:
    if not path.is_file():
        msg = f"{path} is missing: restore it or rebuild with python build_vector_db.py"
        raise DamagedSet(msg)
    size = path.stat().st_size
    if size != entry.bytes:
        msg = f"{path} has {size:,} bytes, manifest.json says {entry.bytes:,}: rebuild or pull the set again"
        raise DamagedSet(msg)
    if files.sha256(path) != entry.sha256:
        msg = f"{path} does not match its checksum in manifest.json: rebuild or pull the set again"
        raise DamagedSet(msg)


def open_set(folder: Path) -> ArtifactSet:
    """Verify and open the set in a folder. Raises DamagedSet with one line that names the file."""
    return map_set(folder, verify_set(folder))


def verify_set(folder: Path) -> Manifest:
    """Hold a set's files against the manifest, then against each other. Raises DamagedSet, naming the file.

    Reads every byte and unpickles the model, which serving itself never needs.
    """
    with ThreadPoolExecutor(1) as pool:
        return verify_beside_model(folder, pool.submit(sample_model, folder).result)


def sample_model(folder: Path) -> ModelSample:
    """Verify the model, which takes longest of all, and say what the index must agree with. Raises DamagedSet."""
    manifest = Manifest.read(folder / MANIFEST)
    _verify(folder / MODEL, manifest.files[MODEL])
    qi = pickles.load_factors(folder / MODEL)
    similarity = manifest.training.similarity
    vectors = to_index_vectors(qi[_sample(len(qi))], similarity, longest(qi) if similarity == "inner_product" else None)
    return ModelSample(len(qi), vectors[:, : qi.shape[1]])


def verify_beside_model(folder: Path, model: Callable[[], ModelSample]) -> Manifest:
    """Verify all but the model, then hold what `model` answers against the index. Raises DamagedSet."""
    manifest = Manifest.read(folder / MANIFEST)
    for name, entry in manifest.files.items():
        if name != MODEL:
            _verify(folder / name, entry)
    opened = map_set(folder, manifest)
    _check_counts(folder, opened.songs, opened.vectors)
    _check_factors(folder, model(), opened.vectors)
    return manifest


def map_set(folder: Path, manifest: Manifest) -> ArtifactSet:
    """Open a set that was verified: milliseconds, for its files are mapped and not read. Raises DamagedSet."""
    try:
        songs = SongTable.open(folder / CATALOG)
        search = CatalogSearch.open(folder / SEARCH, songs)
    except (CatalogError, SearchError) as exc:
        raise DamagedSet(str(exc)) from exc
    exact = open_vectors(folder / VECTORS) if VECTORS in manifest.files else None
    vectors = SongVectors(read_index(folder / INDEX), manifest.factors, exact)
    return ArtifactSet(manifest.version, manifest, songs, vectors, search)


def _check_counts(folder: Path, songs: SongTable, vectors: SongVectors) -> None:
    ids = pickles.load_id_map(folder / ID_MAP)
    if not len(songs) == len(ids) == len(vectors):
        msg = (
            f"{folder}: {INDEX} has {len(vectors):,} vectors, {ID_MAP} {len(ids):,} ids, {CATALOG} {len(songs):,} "
            "songs: rebuild with python build_vector_db.py"
        )
        raise DamagedSet(msg)
    for row in _sample(len(ids)):
        if songs.song(row).song_id != ids[row]:
            msg = f"{folder}: row {row} is {ids[row]!r} in {ID_MAP} and {songs.song(row).song_id!r} in {CATALOG}"
            raise DamagedSet(msg)


def _check_factors(folder: Path, model: ModelSample, vectors: SongVectors) -> None:
    if model.songs != len(vectors):
        msg = f"{folder}: {MODEL} has {model.songs:,} songs, {INDEX} {len(vectors):,} vectors: rebuild the index"
        raise DamagedSet(msg)
    found = vectors.vectors_of(_sample(model.songs))
    factors = model.vectors.shape[1]  # what fills vectors up to length 1 stands behind them, and follows from them
    if found.shape[1] < factors or np.abs(model.vectors - found[:, :factors]).max(initial=0) > _CLOSE:
        msg = f"{folder}: the vectors in {INDEX} are not those of {MODEL}: rebuild with python build_vector_db.py"
        raise DamagedSet(msg)


def _sample(count: int) -> list[int]:
    return list(range(0, count, max(1, count // _SAMPLE)))
