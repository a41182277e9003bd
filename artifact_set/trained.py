"""What training leaves for the index builder: a folder with the model, the catalog and the record of the run."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from surprise import SVD, Trainset

from artifact_set import pickles
from artifact_set.manifest import CATALOG, MODEL, SEED_WEIGHTS, TASTE_WEIGHTS, TRAINING, TrainingRecord
from artifact_set.pickles import Model
from artifact_set.song_rows import NothingByRow, SongRows
from artifact_set.store import ArtifactStore
from artifact_set.vectors import save_vectors
from catalog.table import CatalogError, SongTable, write_table
from errors import ArtifactError, DamagedSet

_arrow: Any = pa  # whose stubs describe less than there is


def plain_svd(
    song_ids: Any,  # noqa: ANN401  a string array or a sequence of str: pyarrow publishes no types
    qi: npt.NDArray[np.floating],
    bi: npt.NDArray[np.floating] | None = None,
    global_mean: float = 0.0,
) -> SVD:
    """A fitted Surprise SVD with the songs' side alone, for `pickles.save`: no listener and no rating is in it.

    song_ids: n raw ids, qi: (n, d) factors, bi: (n,) biases. Inner id i is row i. Once loaded, `predict` answers for
    any user as for an unknown one: the mean and the song's bias.
    """
    count, factors = qi.shape
    ids = _arrow.array(song_ids, pa.string())
    model = SVD(n_factors=factors, biased=bi is not None)
    # Trainset.knows_item asks whether the item has an entry in the first of them
    model.trainset = Trainset({}, NothingByRow(ids), 0, count, 0, (0, 5), {}, SongRows(ids))
    model.trainset._global_mean = float(global_mean)
    model.qi = np.ascontiguousarray(qi, np.float32)
    model.bi = np.zeros(count) if bi is None else np.asarray(bi, np.float64)
    model.pu = np.zeros((0, factors))
    model.bu = np.zeros(0)
    return model


def write_trained(
    store: ArtifactStore,
    model: SVD,
    artists: Any,  # noqa: ANN401  string arrays or sequences of str
    tracks: Any,  # noqa: ANN401
    plays: npt.NDArray[np.int64],
    listeners: npt.NDArray[np.int64],
    record: TrainingRecord,
    aliases: tuple[Any, npt.NDArray[np.int64]] | None = None,
    seed_weights: npt.NDArray[np.float32] | None = None,
    taste_weights: npt.NDArray[np.float32] | None = None,
) -> Path:
    """Add a version that waits for its index; the songs in the model's row order, most listened first.

    aliases: other song_ids that shall find songs, and the row of each; seed_weights: (n,) what a song counts in a
    profile; taste_weights: (d,) what a factor counts in the profile of one song. Raises ArtifactError where a song
    cannot stand in a catalog, OSError where the disk is full or read-only.
    """
    spellings = aliases or ()

    def write(folder: Path) -> None:
        pickles.save(model, folder / MODEL)
        write_table(folder / CATALOG, artists, tracks, plays, listeners, *spellings)
        for name, weights in ((SEED_WEIGHTS, seed_weights), (TASTE_WEIGHTS, taste_weights)):
            if weights is not None:
                save_vectors(folder / name, weights)
        (folder / TRAINING).write_text(record.to_json(), encoding="utf-8")

    try:
        return store.add(write)
    except CatalogError as exc:
        raise ArtifactError(str(exc)) from exc


def read_trained(folder: Path) -> tuple[Model, SongTable, TrainingRecord]:
    """What `write_trained` left. Raises DamagedSet, naming the file."""
    record = TrainingRecord.read(folder / TRAINING)
    try:
        songs = SongTable.open(folder / CATALOG)
    except CatalogError as exc:
        raise DamagedSet(str(exc)) from exc
    return pickles.load_model(folder / MODEL, songs.song_ids()), songs, record
