"""Data a reader can solve by hand: two camps of songs that share no listener, as a trained version.

Rock songs point along the first axis, jazz songs along the second; within a camp each song leans a little
further away from the axis, so "nearest" has one right order. Row 0 is the most popular song.
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artifact_set import ArtifactStore, DataFingerprint, Similarity, TrainingRecord
from artifact_set.builder import build
from artifact_set.manifest import installed_libraries
from artifact_set.trained import plain_svd, write_trained
from catalog.song import song_id

ROCK = [("Radiohead", "Creep"), ("Muse", "Starlight"), ("Radiohead", "Karma Police"), ("Placebo", "Special K")]
JAZZ = [("Miles Davis", "So What"), ("Nina Simone", "Feeling Good"), ("Miles Davis", "Blue in Green")]
SONGS = [ROCK[0], JAZZ[0], ROCK[1], JAZZ[1], ROCK[2], JAZZ[2], ROCK[3]]


def record(similarity: Similarity = "cosine", ndcg: float = 0.5) -> TrainingRecord:
    """A record of a training run that never was; popularity's NDCG is 0.2."""
    data = DataFingerprint(source="two camps", sha256="0" * 64, listens=70, pairs=35, users=10, songs=len(SONGS))
    return TrainingRecord(
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        data=data,
        algorithm="puresvd",
        parameters={"factors": 3},
        metrics={"ndcg@20": ndcg, "popularity_ndcg@20": 0.2},
        similarity=similarity,
        libraries=installed_libraries(),
    )


def factors() -> npt.NDArray[np.float32]:
    """(7, 3) float32 factors of SONGS."""
    vectors = np.zeros((len(SONGS), 3), np.float32)
    for axis, camp in enumerate((ROCK, JAZZ)):
        for place, song in enumerate(camp):
            vectors[SONGS.index(song), axis] = 1.0
            vectors[SONGS.index(song), 2] = 0.1 * place
    return vectors


def train(
    root: Path,
    qi: npt.NDArray[np.float32] | None = None,
    training: TrainingRecord | None = None,
    seed_weights: npt.NDArray[np.float32] | None = None,
    taste_weights: npt.NDArray[np.float32] | None = None,
    songs: int = len(SONGS),
) -> Path:
    """A trained version of the two camps, or of their first songs alone, that waits for its index."""
    artists, tracks = [a for a, _ in SONGS[:songs]], [t for _, t in SONGS[:songs]]
    plays = np.arange(songs, 0, -1, dtype=np.int64) * 10
    model = plain_svd([song_id(a, t) for a, t in SONGS[:songs]], factors()[:songs] if qi is None else qi)
    return write_trained(
        ArtifactStore(root),
        model,
        artists,
        tracks,
        plays,
        plays // 10,
        training or record(),
        seed_weights=seed_weights,
        taste_weights=taste_weights,
    )


def complete(root: Path) -> Path:
    """A complete, active set of the two camps."""
    folder = train(root)
    build(ArtifactStore(root))
    return folder
