"""One versioned set of artifacts: write, sign, verify, activate, open. Both wings share it."""

from artifact_set.manifest import DataFingerprint, Manifest, TrainingRecord
from artifact_set.opened import ArtifactSet, map_set
from artifact_set.store import ArtifactStore
from artifact_set.subprocess_verification import Verification, open_set
from artifact_set.vectors import Similarity, SongVectors, to_index_vectors
from errors import ArtifactError

__all__ = [
    "ArtifactError",
    "ArtifactSet",
    "ArtifactStore",
    "DataFingerprint",
    "Manifest",
    "Similarity",
    "SongVectors",
    "TrainingRecord",
    "Verification",
    "map_set",
    "open_set",
    "to_index_vectors",
]
