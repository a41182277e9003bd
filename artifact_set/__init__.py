"""One versioned set of artifacts: write, verify, activate, open. The only room both wings share beside `catalog`."""

from artifact_set.apart import VerifyingApart
from artifact_set.manifest import DataFingerprint, Manifest, TrainingRecord
from artifact_set.opened import ArtifactSet, map_set, open_set
from artifact_set.store import ArtifactStore
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
    "VerifyingApart",
    "map_set",
    "open_set",
    "to_index_vectors",
]
