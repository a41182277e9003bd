"""Artifact sets of any size for benchmarks: ours, and the literal files of a plain first draft."""

import pickle
from datetime import UTC, datetime
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from surprise import SVD, Trainset

from artifact_set import ArtifactStore, DataFingerprint, TrainingRecord
from artifact_set.builder import build
from artifact_set.manifest import installed_libraries
from artifact_set.trained import plain_svd, write_trained
from benchmarks.names import Names, synthetic_names
from catalog.song import song_id

_LISTENS_OF_A_USER = 20


def factors(count: int, dimensions: int = 100, seed: int = 0) -> npt.NDArray[np.float32]:
    """(count, dimensions) float32 in √count clusters with a falling spectrum, the shape learned factors have."""
    rng = np.random.default_rng(seed)
    spectrum = (np.arange(1, dimensions + 1) ** -0.5).astype(np.float32)
    centres = rng.standard_normal((max(8, int(count**0.5)), dimensions), dtype=np.float32) * spectrum
    vectors = centres[rng.integers(0, len(centres), count)]
    for start in range(0, count, 100_000):
        part = vectors[start : start + 100_000]
        part += rng.standard_normal(part.shape, dtype=np.float32) * spectrum * 0.6
    return vectors


def record(songs: int, seed: int = 0) -> TrainingRecord:
    """The record of a training run on nothing real."""
    return TrainingRecord(
        created_at=datetime.now(UTC),
        data=DataFingerprint(
            source=f"synthetic, seed {seed}", sha256="0" * 64, listens=songs, pairs=songs, users=1, songs=songs
        ),
        algorithm="synthetic",
        parameters={},
        metrics={},
        similarity="cosine",
        libraries=installed_libraries(),
    )


def make_set(root: Path, names: Names, vectors: npt.NDArray[np.float32], factory: str = "Flat") -> Path:
    """A complete, active set in our format; the path of its folder."""
    store = ArtifactStore(root)
    _write_trained(store, names, vectors)
    build(store, factory=factory, force=True)  # nothing was measured of it, and another one may serve
    return store.path_of_current()


def write_synthetic(root: Path, songs: int, dimensions: int) -> None:
    """A trained version that waits for its index."""
    _write_trained(ArtifactStore(root), synthetic_names(songs), factors(songs, dimensions))


def _write_trained(store: ArtifactStore, names: Names, vectors: npt.NDArray[np.float32]) -> None:
    song_ids = [song_id(artist, track) for artist, track in zip(*names, strict=True)]
    plays = (1e6 / np.arange(1, len(song_ids) + 1)).astype(np.int64) + 1
    write_trained(store, plain_svd(song_ids, vectors), names.artists, names.tracks, plays, plays, record(len(song_ids)))


def make_literal(folder: Path, names: Names, vectors: npt.NDArray[np.float32], users: int) -> None:
    """best_model.pkl with its whole trainset, song_vectors.index, faiss_id_map.pkl as a plain dict."""
    folder.mkdir(parents=True)
    song_ids = [song_id(artist, track) for artist, track in zip(*names, strict=True)]
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "song_vectors.index"))
    with (folder / "faiss_id_map.pkl").open("wb") as file:
        pickle.dump(dict(enumerate(song_ids)), file, protocol=5)
    with (folder / "best_model.pkl").open("wb") as file:
        pickle.dump(_with_trainset(song_ids, vectors, users), file, protocol=5)


def _with_trainset(song_ids: list[str], vectors: npt.NDArray[np.float32], users: int) -> SVD:
    rng = np.random.default_rng(0)
    rows = (rng.random((users, _LISTENS_OF_A_USER)) ** 2 * len(song_ids)).astype(int)
    by_user: dict[int, list[tuple[int, float]]] = {}
    by_song: dict[int, list[tuple[int, float]]] = {row: [] for row in range(len(song_ids))}
    for user in range(users):
        by_user[user] = [(row, 1.0) for row in rows[user].tolist()]
        for row, rating in by_user[user]:
            by_song[row].append((user, rating))
    model = SVD(n_factors=vectors.shape[1])
    inner_users = {f"user {user}": user for user in range(users)}
    inner_songs = {name: row for row, name in enumerate(song_ids)}
    model.trainset = Trainset(by_user, by_song, users, len(song_ids), rows.size, (0, 5), inner_users, inner_songs)
    model.qi = vectors.astype(np.float64)
    model.pu = rng.normal(0, 0.1, (users, vectors.shape[1]))
    model.bu, model.bi = np.zeros(users), np.zeros(len(song_ids))
    return model
