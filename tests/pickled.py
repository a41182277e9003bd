"""The model of a set as data people open it: with plain `pickle.load`, in a program that has Surprise."""

import io
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from surprise import SVD

from artifact_set.song_rows import SongPickler
from artifact_set.trained import plain_svd


def load_svd(folder: Path) -> SVD:
    """The ordinary Surprise object in a trained version's folder; it was made by the test that asks."""
    with (folder / "best_model.pkl").open("rb") as file:
        return pickle.load(file)


def dumped(value: object) -> bytes:
    """A model or an id map as the product writes it."""
    file = io.BytesIO()
    SongPickler(file, 5).dump(value)
    return file.getvalue()


def surprise_svd(song_ids: Sequence[str], qi: npt.NDArray[np.floating], **constants: Any) -> SVD:  # noqa: ANN401
    """The same model as Surprise has it in memory, with ordinary dicts; older sets were pickled from it."""
    return pickle.loads(dumped(plain_svd(song_ids, qi, **constants)))
