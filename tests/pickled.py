"""The model of a set as data people open it: with plain `pickle.load`, in a program that has Surprise."""

import pickle
from pathlib import Path

from surprise import SVD


def load_svd(folder: Path) -> SVD:
    """The ordinary Surprise object in a trained version's folder; it was made by the test that asks."""
    with (folder / "best_model.pkl").open("rb") as file:
        return pickle.load(file)
