"""What a set says of itself: `training.json` by the trainer, `manifest.json` by the index builder."""

import hashlib
from datetime import datetime
from importlib.metadata import version as library_version
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    JsonValue,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from artifact_set.vectors import Similarity
from errors import DamagedSet

MODEL = "best_model.pkl"
INDEX = "song_vectors.index"
ID_MAP = "faiss_id_map.pkl"
VECTORS = "song_vectors.npy"  # exact vectors for profiles, where the index does not hold them itself
SEED_WEIGHTS = "seed_weights.npy"  # how much each song counts where it is given, where that differs
TASTE_WEIGHTS = "taste_weights.npy"  # how much each factor counts where one song is given, where that differs
CATALOG = "catalog.arrow"
SEARCH = "search"
TRAINING = "training.json"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"  # of the manifest, where sets are signed

VERSION_PATTERN = r"^[0-9]{8}T[0-9]{6}Z$"  # a UTC time stamp that sorts as time does

CURE = "pull the version again, activate another one, or train anew"  # of a set whose files are not what they were

_UNSEALED = "0" * 64
_SEAL = '"seal": "{}"'
_LIBRARIES = ("faiss-cpu", "numpy", "scipy", "scikit-surprise", "optuna", "pyarrow", "tantivy")


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises DamagedSet."""
    try:
        return path.read_bytes()
    except OSError as exc:
        msg = f"{path} cannot be read ({exc.strerror})"
        raise DamagedSet(msg) from exc


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    def to_json(self) -> str:
        """The document as readable JSON with a final newline."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and check a document. Raises DamagedSet with the file and the first fault."""
        return cls.parse(read_bytes(path), path)

    @classmethod
    def parse(cls, content: bytes, path: Path) -> Self:
        """Check a document that was read from `path`. Raises DamagedSet with the file and the first fault."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as exc:
            fault = exc.errors()[0]
            where = ".".join(str(part) for part in fault["loc"]) or "the document"
            msg = f"{path}: {where}: {fault['msg']}"
            raise DamagedSet(msg) from exc


class DataFingerprint(_Document):
    """Which listens a model learned from."""

    source: str
    sha256: str
    listens: int
    pairs: int
    users: int
    songs: int
    simulated: bool = False


class TrainingRecord(_Document):
    """How a model came to be; `metrics` holds NDCG and the like of the model and of popularity, in 0..1."""

    created_at: datetime
    data: DataFingerprint
    algorithm: str
    parameters: dict[str, JsonValue]
    metrics: dict[str, float]
    similarity: Similarity
    libraries: dict[str, str]


def _inside(name: str) -> str:
    """A manifest may come from elsewhere, and its names become paths: none may leave the set's folder."""
    path = PurePosixPath(name)
    if (
        name in (MANIFEST, SIGNATURE)
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or "\0" in name
        or str(path) != name
    ):
        msg = f"{name!r} is not a plain path inside the set"
        raise ValueError(msg)
    return name


def _complete(files: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in (MODEL, INDEX, ID_MAP, CATALOG) if name not in files]
    if missing:
        msg = f"{missing[0]} is not among them, which every set has"
        raise ValueError(msg)
    return files


class FileEntry(_Document):
    """One file's checksum and size."""

    sha256: str
    bytes: NonNegativeInt


class IndexReport(_Document):
    """What an index other than Flat gains and costs: recall@50 against Flat, bytes, seconds, ms a query."""

    factory: str
    effort: str  # the search parameter that was raised until recall was enough, e.g. nprobe=32
    recall_at_50: float
    bytes: int
    flat_bytes: int
    build_seconds: float
    query_ms: float
    flat_query_ms: float


class Manifest(_Document):
    """A complete set. It is written last: a folder without one is no set.

    `seal` is the SHA-256 of the document's own bytes, with 64 zeros where the seal stands.
    """

    version: Annotated[str, StringConstraints(pattern=VERSION_PATTERN)]
    created_at: datetime
    songs: NonNegativeInt
    factors: PositiveInt  # of the model; the index has one dimension more where vectors are filled up to length 1
    dimension: PositiveInt
    index_factory: str
    index_report: IndexReport | None = None  # where the index is not Flat
    files: Annotated[dict[Annotated[str, AfterValidator(_inside)], FileEntry], AfterValidator(_complete)]
    training: TrainingRecord
    forced: list[str] = []  # what validation objected to, where --force overrode it
    refused: list[str] = []  # what validation objected to, where that kept it from serving
    seal: str = _UNSEALED

    def to_json(self) -> str:
        """The document, sealed."""
        left_out = None if self.refused else {"refused"}  # what serves is read by earlier versions of us as well
        text = self.model_copy(update={"seal": _UNSEALED}).model_dump_json(indent=2, exclude=left_out) + "\n"
        return _reseal(text, _UNSEALED)

    @classmethod
    def parse(cls, content: bytes, path: Path) -> Self:
        """Check a manifest and hold it against its seal. Raises DamagedSet."""
        manifest = super().parse(content, path)
        text = content.decode()
        if text != _reseal(text, manifest.seal):
            msg = f"{path} does not match its own checksum (seal): {CURE}"
            raise DamagedSet(msg)
        return manifest


def _reseal(text: str, seal: str) -> str:
    """The text with the checksum that belongs to it in place of `seal`."""
    unsealed = text.replace(_SEAL.format(seal), _SEAL.format(_UNSEALED))
    digest = hashlib.sha256(unsealed.encode()).hexdigest()
    return unsealed.replace(_SEAL.format(_UNSEALED), _SEAL.format(digest))


def installed_libraries() -> dict[str, str]:
    """Name to version of the libraries whose formats or numbers a set depends on."""
    return {name: library_version(name) for name in _LIBRARIES}
