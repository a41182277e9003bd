"""A trained version: its record, and its files as the index builder takes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from artifact_set import ArtifactStore, DataFingerprint, TrainingRecord, files
from artifact_set.manifest import installed_libraries
from artifact_set.trained import plain_svd, write_trained
from catalog.folding import song_ids
from training.algorithms.contract import Parameters, SongFactors
from training.data.ratings import ROW_NAMES, Kind, Songs
from training.data.splits import Holdout
from training.report.card import card


def measured_on(holdout: Holdout, kind: Kind) -> str:
    """Whose answers the metrics of a record are. An unseen sitting's listener has others that were learned from."""
    who = f"{ROW_NAMES[kind]}s"
    if holdout.test is not None:
        return f"unseen {who} that chose nothing"
    return f"unseen {who} that also chose the model" if holdout.folds else f"too few {who}"


def record_of(
    data: DataFingerprint, algorithm: str, parameters: Parameters, metrics: Mapping[str, float], model: SongFactors
) -> TrainingRecord:
    """The record of a run that ends now. parameters: the algorithm's, and how they were found."""
    return TrainingRecord(
        created_at=datetime.now(UTC),
        data=data,
        algorithm=algorithm,
        parameters=dict(parameters),
        metrics=dict(metrics),
        similarity=model.similarity,
        libraries=installed_libraries(),
    )


def save(artifacts: Path, songs: Songs, model: SongFactors, record: TrainingRecord) -> Path:
    """Add the version to the store and return its folder. Raises ArtifactError and OSError as `write_trained` does."""
    svd = plain_svd(song_ids(songs.artists, songs.tracks), model.factors, model.biases, model.global_mean)
    aliases = songs.aliases, songs.alias_rows
    counts = songs.plays, songs.listeners
    folder = write_trained(
        ArtifactStore(artifacts),
        svd,
        songs.artists,
        songs.tracks,
        *counts,
        record,
        aliases=aliases,
        seed_weights=model.seed_weights,
        taste_weights=model.taste_weights,
    )
    text = card(record, songs, model)
    files.put(folder / "card.md", lambda path: path.write_text(text, encoding="utf-8"))
    return folder
