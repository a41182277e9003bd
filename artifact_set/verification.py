"""Verifying a set: each file's checksum before its content, then what the files say of each other."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from artifact_set import files, pickles
from artifact_set.manifest import CATALOG, CURE, ID_MAP, INDEX, MODEL, FileEntry, Manifest
from artifact_set.opened import map_set
from artifact_set.pickles import Model
from artifact_set.song_rows import SongRows, SongsByRow
from artifact_set.vectors import SongVectors, longest, to_index_vectors
from catalog.table import SongTable
from errors import DamagedSet

_SAMPLE = 1000  # rows whose names and factors are held against each other
_CLOSE = 1e-4
_HASHERS = 4  # threads: each takes address space, which is limited


def verify_files(folder: Path, manifest: Manifest, names: Collection[str] = ()) -> None:
    """Hold every file, or those of some names, against the manifest. Raises DamagedSet, naming the first that differs.

    names: of files that may not be in the set at all.
    """
    asked = [(name, entry) for name, entry in manifest.files.items() if name in names or not names]
    with ThreadPoolExecutor(_HASHERS) as pool:  # hashing releases the interpreter's lock
        for _ in pool.map(lambda item: _verify(folder / item[0], item[1]), asked):
            pass


def verify_set(folder: Path, manifest: Manifest) -> None:
    """Hold a set's files against the manifest, then against each other. Raises DamagedSet, naming the file.

    Reads every byte and both pickles, which serving itself never needs. Servers and commands call it in a process of
    its own: `artifact_set.subprocess_verification`.
    """
    verify_files(folder, manifest)
    verify_songs(folder, manifest)
    verify_model(folder, manifest)


def verify_songs(folder: Path, manifest: Manifest) -> None:
    """Open all but the model and hold the id map against catalog and index. Raises DamagedSet, naming the file."""
    opened = map_set(folder, manifest)
    _check_ids(folder, opened.songs, opened.vectors)


def verify_model(folder: Path, manifest: Manifest) -> None:
    """Hold the model against catalog and index. Raises DamagedSet, naming the file."""
    opened = map_set(folder, manifest)
    model = pickles.load_model(folder / MODEL, opened.songs.song_ids())
    _check_names(folder, model, opened.songs)
    _check_factors(folder, model, manifest, opened.vectors)


def _verify(path: Path, entry: FileEntry) -> None:
    if not path.is_file():
        msg = f"{path} is missing: {CURE}"
        raise DamagedSet(msg)
    size = path.stat().st_size
    if size != entry.bytes:
        msg = f"{path} has {size:,} bytes, manifest.json says {entry.bytes:,}: {CURE}"
        raise DamagedSet(msg)
    if files.sha256(path) != entry.sha256:
        msg = f"{path} does not match its checksum in manifest.json: {CURE}"
        raise DamagedSet(msg)


def _check_ids(folder: Path, songs: SongTable, vectors: SongVectors) -> None:
    ids = pickles.load_id_map(folder / ID_MAP, songs.song_ids())
    if not len(songs) == len(ids) == len(vectors):
        msg = (
            f"{folder}: {INDEX} has {len(vectors):,} vectors, {ID_MAP} {len(ids):,} ids, {CATALOG} {len(songs):,} "
            "songs: rebuild with python build_vector_db.py"
        )
        raise DamagedSet(msg)
    if isinstance(ids, SongsByRow):
        return  # they are the catalog's, all of them
    for row in _sample(len(ids)):
        if songs.song(row).song_id != ids[row]:
            msg = f"{folder}: row {row} is {ids[row]!r} in {ID_MAP} and {songs.song(row).song_id!r} in {CATALOG}"
            raise DamagedSet(msg)


def _check_names(folder: Path, model: Model, songs: SongTable) -> None:
    if not len(model.qi) == len(model.rows) == len(songs):
        msg = (
            f"{folder}: {MODEL} has {len(model.qi):,} songs and {len(model.rows):,} names, {CATALOG} "
            f"{len(songs):,} songs: rebuild the index"
        )
        raise DamagedSet(msg)
    if isinstance(model.rows, SongRows):
        return  # they are the catalog's, all of them
    for row in _sample(len(songs)):
        song_id = songs.song(row).song_id
        if model.rows.get(song_id) != row:
            msg = f"{folder}: {song_id!r} is row {row} in {CATALOG} and {model.rows.get(song_id)} in {MODEL}"
            raise DamagedSet(msg)


def _check_factors(folder: Path, model: Model, manifest: Manifest, vectors: SongVectors) -> None:
    qi, similarity = model.qi, manifest.training.similarity
    sample = _sample(len(qi))
    expected = to_index_vectors(qi[sample], similarity, longest(qi) if similarity == "inner_product" else None)
    expected = expected[:, : qi.shape[1]]  # what fills vectors up to length 1 stands behind them, and follows from them
    found = vectors.vectors_of(sample)
    differ = found.shape[1] < qi.shape[1] or not np.abs(expected - found[:, : qi.shape[1]]).max(initial=0) <= _CLOSE
    if differ or manifest.factors != qi.shape[1]:
        msg = f"{folder}: the vectors in {INDEX} are not those of {MODEL}: rebuild with python build_vector_db.py"
        raise DamagedSet(msg)


def _sample(count: int) -> list[int]:
    return list(range(0, count, max(1, count // _SAMPLE)))
