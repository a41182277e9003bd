"""Pickles without their danger: only the classes that a Surprise SVD and an id map are made of are admitted.

`best_model.pkl` is an ordinary pickle, because data people open it with `pickle.load`; a pickle can run any code,
so we open even our own through a list of what may stand in it.
"""

import io
import pickle
from operator import eq
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from errors import DamagedSet, RefusedPickle

if TYPE_CHECKING:  # it takes long to load, and only who opens a model needs it
    from surprise import SVD

_LONG = 1 << 20  # bytes that are worth leaving where they are

_ADMITTED = {
    ("surprise.prediction_algorithms.matrix_factorization", "SVD"),
    ("surprise.trainset", "Trainset"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
}


class _StandIn:
    """Takes the place of Surprise's classes where only their attributes are asked for: no code of theirs is loaded."""


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, *, stand_in: bool) -> None:  # noqa: ANN401  as in the base class
        super().__init__(file)
        self._stand_in = stand_in

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  as in the base class
        if (module, name) not in _ADMITTED:
            msg = f"it asks for {module}.{name}, which no model or id map holds"
            raise RefusedPickle(msg)
        if self._stand_in and module.startswith("surprise."):
            return _StandIn
        return super().find_class(module, name)


class _LeavingArrays(io.BufferedReader):
    """A pickle whose long runs of bytes are left in the file: `in_place` maps the array that one belongs to.

    The unpickler makes room for such a run, and asks for it to be filled; room that nobody touches costs nothing.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self._size = path.stat().st_size
        self.left: dict[int, int] = {}  # address in memory and place in the file

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  a memoryview, but any buffer by its signature
        """Fill the buffer, or note what it would have been filled with."""
        place, count = self.tell(), len(buffer)
        if count < _LONG or place + count > self._size:
            return super().readinto(buffer)
        self.left[_address(np.frombuffer(buffer, np.uint8))] = place
        self.seek(count, io.SEEK_CUR)
        return count

    def in_place(self, array: np.ndarray) -> np.ndarray:
        """The array as it stands in the file, mapped; itself where it was read."""
        begin = _address(array)
        for address, place in self.left.items():
            if begin <= address < begin + array.nbytes:
                del self.left[address]
                order: Any = "C" if array.flags.c_contiguous else "F"
                # the file ahead of the run may have been read before the long rest was asked for
                return np.memmap(self.name, array.dtype, "r", place - (address - begin), array.shape, order)
        return array


def _address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def _load(path: Path, *, stand_in: bool = False) -> object:
    """What is in a pickle, its large arrays mapped where they are attributes of it."""
    try:
        with _LeavingArrays(path) as file:
            found = _Unpickler(file, stand_in=stand_in).load()
            for name, value in list(getattr(found, "__dict__", {}).items()):
                if isinstance(value, np.ndarray):
                    setattr(found, name, file.in_place(value))
            if not file.left:
                return found
        with path.open("rb") as whole:  # long runs that were no such arrays
            return _Unpickler(whole, stand_in=stand_in).load()
    except RefusedPickle as exc:
        msg = f"{path} is refused: {exc}. Do not open it otherwise; retrain with python main.py"
        raise RefusedPickle(msg) from None
    except Exception as exc:  # a damaged pickle raises nearly anything
        msg = f"{path} cannot be unpickled ({exc}): retrain with python main.py"
        raise DamagedSet(msg) from exc


def load_model(path: Path) -> "SVD":
    """The Surprise SVD in a pickle, its large arrays mapped. Raises RefusedPickle or DamagedSet, naming the file."""
    model = _load(path)
    from surprise import SVD

    if not isinstance(model, SVD) or not hasattr(model, "qi"):
        raise _no_model(path, model)
    return model


def load_factors(path: Path) -> npt.NDArray[np.floating]:
    """The songs' factors of the Surprise SVD in a pickle, mapped. Raises as `load_model` does."""
    model = _load(path, stand_in=True)
    factors = getattr(model, "qi", None)
    if not isinstance(model, _StandIn) or not isinstance(factors, np.ndarray):
        raise _no_model(path, model)
    return factors


def _no_model(path: Path, found: object) -> DamagedSet:
    return DamagedSet(
        f"{path} holds a {type(found).__name__}, expected a fitted Surprise SVD: retrain with python main.py"
    )


def load_id_map(path: Path) -> dict[int, str]:
    """song_ids by FAISS row. Raises RefusedPickle or DamagedSet, naming the file."""
    found = _load(path)
    if not isinstance(found, dict) or not all(map(eq, found, range(len(found)))):
        msg = f"{path} holds no map of the rows 0 to n-1 to song_ids: rebuild with python build_vector_db.py"
        raise DamagedSet(msg)
    return found


def save(value: object, path: Path) -> None:
    """Pickle a model or an id map."""
    with path.open("wb") as file:
        pickle.dump(value, file, protocol=5)
