"""What an algorithm is: the ratings and parameters in, song factors out. How they are served is the same for all."""

from typing import Protocol, TypeAlias

import optuna

from training.evaluation import SongFactors
from training.ratings import Matrix

Parameters: TypeAlias = dict[str, int | float | str]


class Algorithm(Protocol):
    """One way to learn song factors. An instance may keep work that its trials share."""

    name: str
    has_rmse: bool  # whether it predicts ratings
    slow: bool  # whether a fit is worth a process of its own

    def defaults(self, plays: Matrix) -> list[Parameters]:
        """Parameters worth trying first, best guess first, bounded by the data."""
        ...

    def suggest(self, trial: optuna.Trial, plays: Matrix) -> Parameters:
        """Parameters of a trial, bounded by the data."""
        ...

    def fit(self, plays: Matrix, parameters: Parameters, seed: int) -> SongFactors:
        """Learn from (rows, n) play counts. Deterministic for a seed."""
        ...
