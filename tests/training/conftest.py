"""Small histories that a reader can solve by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp

from training.data.listens import NO_TIME, Listens, Names
from training.data.ratings import Matrix
from training.search.tracking import Tracker

HEADER = ",Username,Artist,Track,Album,Date,Time"
CAMP = 12  # songs of a camp


def listens_of(rows: Sequence[tuple[str, str, str, int, int | None]]) -> Listens:
    """A history from (user, artist, track, plays, minute) rows."""
    users, artists, tracks, plays, minutes = zip(*rows, strict=True)
    known = [NO_TIME if minute is None else minute for minute in minutes]
    return Listens(
        users=_names(users),
        artists=_names(artists),
        tracks=_names(tracks),
        plays=np.array(plays, np.int64),
        minutes=None if all(minute is None for minute in minutes) else np.array(known, np.int64),
        source="by hand",
        sha256="0" * 64,
    )


def _names(column: Sequence[str]) -> Names:
    encoded: Any = pa.array(column).dictionary_encode()
    return Names(encoded.indices.to_numpy().astype(np.int32), encoded.dictionary)


def two_camps(listeners: int = 120) -> Matrix:
    """Listeners who play six songs of one camp and never one of the other; songs 0-11 and 12-23."""
    draw = np.random.default_rng(0)
    plays = np.zeros((listeners, 2 * CAMP))
    for row in range(listeners):
        plays[row, draw.choice(CAMP, 8, replace=False) + CAMP * (row % 2)] = draw.integers(1, 9, 8)
    return sp.csr_matrix(plays)


@pytest.fixture
def kaggle_file(tmp_path: Path) -> Path:
    """The exact layout of the Kaggle file: unnamed first column, a blank before the time, doubled quotes."""
    path = tmp_path / "Last.fm_data.csv"
    path.write_text(
        f"{HEADER}\n"
        '0,Babs_05,Isobel Campbell,"The Circus Is Leaving, ""Town""",Ballad of the Broken Seas,31 Jan 2021, 23:36\n'
        "1,Babs_05,Sigur Rós,Sæglópur,Takk...,31 Jan 2021, 23:32\n"
        "2,Babs_05,NA,None,null,31 Jan 2021, 23:28\n"
        "3,Babs_05,Low,,Hey What,31 Jan 2021, 23:24\n"
        "4,jajo,Sigur Rós,Sæglópur,Takk...,1 Feb 2021, 00:02\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's database before the first run: making its tables takes longer than most trainings here."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    Tracker(f"sqlite:///{path}")
    return path
