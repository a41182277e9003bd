"""The histories that are compared on, and how their listeners are divided."""

import hashlib
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from pyarrow import csv

from history import ReadSettings
from history import read_history as read_files
from training.data.listens import Listens, Names
from training.data.ratings import Matrix, to_ratings
from training.data.splits import FLOORS, SEED_COUNTS, Holdout, Split

HETREC: Final = Path(__file__).resolve().parents[3] / "shared/data/hetrec2011-lastfm.csv.gz"
CORE = FLOORS[0]  # the field's custom
_FOLDS = 2  # that choose


def read_history(path: Path) -> Matrix:
    """(rows, n) play counts of listens in any form that training reads, or of RecBole's wheel with its films."""
    return to_ratings(_films(path) if path.suffix == ".whl" else read_files([path], ReadSettings())[0]).plays


def _films(wheel: Path) -> Listens:
    """The films of MovieLens 100K that somebody rated with 4 or 5 of 5 stars, each one listen."""
    with zipfile.ZipFile(wheel) as files, files.open("recbole/dataset_example/ml-100k/ml-100k.inter") as text:
        ratings: Any = csv.read_csv(text, parse_options=csv.ParseOptions(delimiter="\t"))
    liked = ratings.filter(pc.field("rating:float") >= 4)
    user, film = (_names(liked[column]) for column in ("user_id:token", "item_id:token"))
    return Listens(
        users=user,
        artists=film,
        tracks=Names(np.zeros(len(liked), np.int32), pa.array(["film"])),
        plays=np.ones(len(liked), np.int64),
        minutes=None,
        source=wheel.name,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
    )


def _names(column: Any) -> Names:  # noqa: ANN401  pyarrow publishes no types
    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    return Names(coded.indices.to_numpy().astype(np.int32), coded.dictionary)


def core(plays: Matrix) -> Matrix:
    """Listeners with at least 10 songs of songs with at least 5 listeners, until both hold."""
    while True:
        rows = np.diff(plays.indptr) >= CORE.songs
        columns = np.bincount(plays.indices, minlength=plays.shape[1]) >= CORE.listeners
        if rows.all() and columns.all():
            return plays
        plays = sp.csr_matrix(plays[rows][:, np.flatnonzero(columns)])


def holdouts_of(plays: Matrix, count: int, seed: int) -> list[Holdout]:
    """For each fifth of the listeners: two folds that choose inside the others, and the fifth itself as the test."""
    order = np.random.default_rng(seed).permutation(plays.shape[0])
    everyone = np.arange(plays.shape[0])
    found: list[Holdout] = []
    for test in np.array_split(order, 5)[:count]:
        rest = np.setdiff1d(order, test, assume_unique=True)
        shuffled = np.random.default_rng([seed, len(found)]).permutation(rest)
        folds = []
        for asked in np.array_split(shuffled, 4)[:_FOLDS]:
            learned = np.setdiff1d(everyone, np.concatenate([test, asked]))
            folds.append(Split(learned, plays[np.sort(asked)], SEED_COUNTS))
        final = Split(np.setdiff1d(everyone, test), plays[np.sort(test)], SEED_COUNTS)
        found.append(Holdout(folds, final, separate=True, floor=CORE))
    return found
