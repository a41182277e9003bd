"""An open set: what a server keeps of a version that was verified."""

from dataclasses import dataclass
from pathlib import Path

from artifact_set.index import read_index
from artifact_set.manifest import CATALOG, INDEX, SEARCH, SEED_WEIGHTS, TASTE_WEIGHTS, VECTORS, Manifest
from artifact_set.vectors import Floats, SongVectors, open_vectors
from catalog.search import CatalogSearch, SearchError
from catalog.table import CatalogError, SongTable
from errors import ArtifactError, DamagedSet


@dataclass(frozen=True)
class ArtifactSet:
    """One verified version, open for serving. A `row` means the same song in all of its parts."""

    version: str
    manifest: Manifest
    songs: SongTable
    vectors: SongVectors
    search: CatalogSearch


def map_set(folder: Path, manifest: Manifest) -> ArtifactSet:
    """Open a set that was verified: milliseconds, for its files are mapped and not read. Raises DamagedSet."""
    try:
        songs = SongTable.open(folder / CATALOG)
        search = CatalogSearch.open(folder / SEARCH, songs)
        exact = open_vectors(folder / VECTORS) if VECTORS in manifest.files else None
        of_songs = _weights(folder, manifest, SEED_WEIGHTS, len(songs), "song")
        of_tastes = _weights(folder, manifest, TASTE_WEIGHTS, manifest.factors, "factor")
        vectors = SongVectors(read_index(folder / INDEX), manifest.factors, exact, of_songs, of_tastes)
    except ArtifactError:
        raise
    except (CatalogError, SearchError) as exc:
        raise DamagedSet(str(exc)) from exc
    except Exception as exc:  # libraries raise nearly anything at a file that is damaged inside
        msg = f"{folder} cannot be opened ({type(exc).__name__}: {exc}): rebuild with python build_vector_db.py"
        raise DamagedSet(msg) from exc
    return ArtifactSet(manifest.version, manifest, songs, vectors, search)


def _weights(folder: Path, manifest: Manifest, name: str, count: int, each: str) -> Floats | None:
    """The weights of songs or factors, (count,); None in a set that counts all alike. Raises DamagedSet."""
    if name not in manifest.files:
        return None
    weights = open_vectors(folder / name)
    if weights.shape != (count,):
        msg = f"{folder / name} has the shape {weights.shape}, expected ({count},), one number a {each}"
        raise DamagedSet(f"{msg}: rebuild with python build_vector_db.py")
    return weights
