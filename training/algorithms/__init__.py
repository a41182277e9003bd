"""Algorithms by name. What each learns is served alike: weighted mean of song vectors, nearest by L2."""

from collections.abc import Callable

from training.algorithms.contract import Algorithm, Parameters
from training.algorithms.puresvd import PureSVD
from training.algorithms.svd import SurpriseSVD

NAMES = ("svd", "puresvd")


def algorithm(name: str) -> Algorithm:
    """A fresh instance of an algorithm. Raises KeyError for a name that is none of NAMES."""
    made: dict[str, Callable[[], Algorithm]] = {"svd": SurpriseSVD, "puresvd": PureSVD}
    return made[name]()


__all__ = ["NAMES", "Algorithm", "Parameters", "algorithm"]
