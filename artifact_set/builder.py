"""From a trained model to a complete set: index, id map, search index, checksums, manifest; then activation."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from artifact_set import files, pickles
from artifact_set.index import FLAT, aligned, make_index, write_index
from artifact_set.manifest import (
    CATALOG,
    ID_MAP,
    INDEX,
    MANIFEST,
    MODEL,
    SEARCH,
    SEED_WEIGHTS,
    SIGNATURE,
    TASTE_WEIGHTS,
    TRAINING,
    VECTORS,
    FileEntry,
    Manifest,
)
from artifact_set.signing import Keyring
from artifact_set.song_rows import SongsByRow
from artifact_set.store import ArtifactStore, locked, read_manifest
from artifact_set.trained import read_trained
from artifact_set.validation import UNDECIDED, objections
from artifact_set.vectors import save_vectors, to_index_vectors
from artifact_set.verification import verify_files
from catalog.search import SearchError, write_search
from catalog.table import SongTable
from errors import ArtifactError, NoArtifactSet

_FROM_TRAINING = (MODEL, CATALOG, TRAINING, SEED_WEIGHTS, TASTE_WEIGHTS, "card.md")


@dataclass(frozen=True)
class Built:
    """A complete version, and what validation objects to in it (nothing, if it may serve)."""

    manifest: Manifest
    objections: list[str]
    activated: bool


def build(store: ArtifactStore, version: str | None = None, factory: str = FLAT, *, force: bool = False) -> Built:
    """Complete a trained version (the newest, unless named) and activate it if it is sound.

    One of which measuring tells nothing is activated where nothing serves yet. A version that is complete already
    stays as it is: its model is built again under a new time stamp. With `force` an unsound set is activated all the
    same. Its manifest says so, or that it was refused. Raises ArtifactError, DamagedSet where a file of a complete
    version is not what it was, or OSError where the disk is full or read-only.
    """
    store.keyring.refuse_to_build()
    while True:
        folder = _folder_to_fill(store, version or _newest(store))
        with locked(folder) as still_there:
            if not still_there or (folder / MANIFEST).exists():
                continue  # another builder completed it while we waited, or it was pruned
            for left in folder.glob(".*.draft"):  # by a builder that was killed
                files.discard(left)
            manifest, found = _fill(folder, factory, store, force=force)
        if not manifest.refused:
            store.activate(manifest.version)
        return Built(manifest, found, activated=not manifest.refused)


def _songs_now(store: ArtifactStore) -> int:
    """How many songs the current set knows; 0 where there is none that can be read."""
    try:
        return read_manifest(store.path_of_current(), store.keyring)[0].songs
    except ArtifactError:
        return 0


def _newest(store: ArtifactStore) -> str:
    versions = sorted(store.versions() + store.waiting())
    if not versions:
        msg = f"there is no trained model in {store.root}: make one with python main.py"
        raise NoArtifactSet(msg)
    return versions[-1]


def _folder_to_fill(store: ArtifactStore, version: str) -> Path:
    if version in store.waiting():
        return store.root / version
    complete = store.path(version)
    # another index of a damaged model would have checksums of its own, and serve
    verify_files(complete, Manifest.read(complete / MANIFEST), _FROM_TRAINING)

    def copy(folder: Path) -> None:
        for name in _FROM_TRAINING:
            if (complete / name).exists():
                _link_or_copy(complete / name, folder / name)

    return store.add(copy)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)  # sets never change, so two may share one file
    except OSError:
        shutil.copy2(source, target)


def _fill(folder: Path, factory: str, store: ArtifactStore, *, force: bool) -> tuple[Manifest, list[str]]:
    model, songs, record = read_trained(folder)
    song_ids = songs.song_ids()
    vectors = aligned(to_index_vectors(model.qi, record.similarity), factory)
    index, report = make_index(vectors, factory)
    found = objections(vectors, index, song_ids, record, report, _songs_now(store))
    # a set of which nothing is known is better than none, and no reason to replace one that serves
    serves = force or not found or (store.current() is None and set(found) <= set(UNDECIDED))

    files.put(folder / INDEX, lambda path: write_index(index, path))
    if factory != FLAT:
        files.put(folder / VECTORS, lambda path: save_vectors(path, vectors))
    files.put(folder / ID_MAP, lambda path: pickles.save(SongsByRow(song_ids), path))
    files.put(folder / SEARCH, lambda path: _write_search(path, songs))
    manifest = Manifest(
        version=folder.name,
        created_at=datetime.now(UTC),
        songs=len(songs),
        factors=model.qi.shape[1],
        dimension=vectors.shape[1],
        index_factory=factory,
        index_report=report,
        files=_checksums(folder),
        training=record,
        forced=found if force else [],
        refused=[] if serves else found,
    )
    _write_manifest(folder, manifest, store.keyring)
    return manifest, found


def _write_search(path: Path, songs: SongTable) -> None:
    try:
        write_search(path, songs)
    except SearchError as exc:
        raise ArtifactError(str(exc)) from exc
    except ValueError as exc:  # tantivy's word for a disk that is full
        msg = f"{path} cannot be written: {exc}"
        raise OSError(msg) from exc


def _write_manifest(folder: Path, manifest: Manifest, keyring: Keyring) -> None:
    """Last of all: with its manifest a set is complete."""
    content = manifest.to_json().encode()
    if signature := keyring.sign(content):
        files.put(folder / SIGNATURE, lambda path: path.write_bytes(signature))
    files.put(folder / MANIFEST, lambda path: path.write_bytes(content))


def _checksums(folder: Path) -> dict[str, FileEntry]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in (MANIFEST, SIGNATURE))
    for path in paths:
        path.chmod(0o644)  # tantivy makes some files for its own user alone; whoever serves must read them
    return {
        str(path.relative_to(folder)): FileEntry(sha256=files.sha256(path), bytes=path.stat().st_size) for path in paths
    }
