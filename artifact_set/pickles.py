"""Pickles without their danger: only the classes that a Surprise SVD and an id map are made of are admitted.

`best_model.pkl` is an ordinary pickle, because data people open it with `pickle.load`; a pickle can run any code,
so we open even our own through a list of what may stand in it.
"""

import pickle
from pathlib import Path
from typing import Any

from surprise import SVD

from artifact_set.errors import DamagedSet, RefusedPickle

_ADMITTED = {
    ("surprise.prediction_algorithms.matrix_factorization", "SVD"),
    ("surprise.trainset", "Trainset"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  as in the base class
        if (module, name) not in _ADMITTED:
            msg = f"it asks for {module}.{name}, which no model or id map holds"
            raise RefusedPickle(msg)
        return super().find_class(module, name)


def _load(path: Path) -> object:
    try:
        with path.open("rb") as file:
            return _Unpickler(file).load()
    except RefusedPickle as exc:
        msg = f"{path} is refused: {exc}. Do not open it otherwise; retrain with python main.py"
        raise RefusedPickle(msg) from None
    except Exception as exc:  # a damaged pickle raises nearly anything
        msg = f"{path} cannot be unpickled ({exc}): retrain with python main.py"
        raise DamagedSet(msg) from exc


def load_model(path: Path) -> SVD:
    """The Surprise SVD in a pickle. Raises RefusedPickle or DamagedSet, naming the file."""
    model = _load(path)
    if not isinstance(model, SVD) or not hasattr(model, "qi"):
        msg = f"{path} holds a {type(model).__name__}, expected a fitted Surprise SVD: retrain with python main.py"
        raise DamagedSet(msg)
    return model


def load_id_map(path: Path) -> list[str]:
    """song_ids by FAISS row. Raises RefusedPickle or DamagedSet, naming the file."""
    found = _load(path)
    if not isinstance(found, dict) or list(found) != list(range(len(found))):
        msg = f"{path} holds no map of the rows 0 to n-1 to song_ids: rebuild with python build_vector_db.py"
        raise DamagedSet(msg)
    return list(found.values())


def save(value: object, path: Path) -> None:
    """Pickle a model or an id map."""
    with path.open("wb") as file:
        pickle.dump(value, file, protocol=5)
