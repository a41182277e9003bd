"""The two pickles of a set: the model, which data people open with `pickle.load`, and the id map.

`pickle.load` runs what a file tells it to. Here even our own are opened by a reader that runs nothing.
"""

import mmap
from collections.abc import Sequence
from operator import eq
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from artifact_set.pickle_reader import PickleReader
from artifact_set.song_rows import NothingByRow, SongPickler, SongRows, SongsByRow
from artifact_set.stand_ins import Array, Instance
from errors import DamagedSet, RefusedPickle


class Model(NamedTuple):
    """What of a Surprise SVD the index is made of, and held against.

    qi: (n, d) factors as saved, read-only and mapped. rows: inner item ids by song_id; SongRows where they are the very
    rows that were expected.
    """

    qi: npt.NDArray[np.floating]
    rows: dict[str, int] | SongRows


def load_model(path: Path, song_ids: Any = None) -> Model:  # noqa: ANN401  pyarrow publishes no types
    """The songs' side of the Surprise SVD in a pickle. Raises RefusedPickle or DamagedSet, naming the file.

    song_ids: a string array of what its rows should be, with which it is read without an object a song.
    """
    found = _load(path, () if song_ids is None else (SongRows(song_ids), NothingByRow(song_ids)))
    model = found.attributes if isinstance(found, Instance) and found.class_name == "SVD" else {}
    qi, trainset = model.get("qi"), model.get("trainset")
    factors = qi.values if isinstance(qi, Array) else None
    rows = trainset.attributes.get("_raw2inner_id_items") if isinstance(trainset, Instance) else None
    if factors is None or factors.ndim != 2 or factors.dtype.kind != "f" or type(rows) not in (dict, SongRows):
        kind = f"an {found.class_name} without factors" if isinstance(found, Instance) else f"a {type(found).__name__}"
        msg = f"{path} holds {kind}, expected a fitted Surprise SVD: retrain with python main.py"
        raise DamagedSet(msg)
    return Model(factors, cast("dict[str, int] | SongRows", rows))


def load_id_map(path: Path, song_ids: Any = None) -> dict[int, str] | SongsByRow:  # noqa: ANN401  as above
    """song_ids by FAISS row. Raises RefusedPickle or DamagedSet, naming the file.

    song_ids: a string array of what should be in it; SongsByRow where that is so.
    """
    found = _load(path, () if song_ids is None else (SongsByRow(song_ids),))
    if isinstance(found, SongsByRow):
        return found
    if (
        not isinstance(found, dict)
        or not all(map(eq, found, range(len(found))))
        or not all(type(song_id) is str for song_id in found.values())
    ):
        msg = f"{path} holds no map of the rows 0 to n-1 to song_ids: rebuild with python build_vector_db.py"
        raise DamagedSet(msg)
    return found


def save(value: object, path: Path) -> None:
    """Pickle a model or an id map: what `artifact_set.song_rows` describes becomes an ordinary dict."""
    with path.open("wb") as file:
        SongPickler(file, 5).dump(value)


def _load(path: Path, expected: Sequence[SongRows]) -> object:
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # arrays go on pointing into it
        return PickleReader(mapped, expected).read()
    except RefusedPickle as exc:
        msg = f"{path} is refused: {exc}. Do not open it otherwise; retrain with python main.py"
        raise RefusedPickle(msg) from None
    except Exception as exc:  # what is damaged can be damaged in any way
        reason = "it ends too early" if isinstance(exc, IndexError) else str(exc) or type(exc).__name__
        msg = f"{path} cannot be unpickled ({reason}): retrain with python main.py"
        raise DamagedSet(msg) from exc
