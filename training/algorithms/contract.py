"""What an algorithm is: the ratings and parameters in, song factors out. How they are served is the same for all."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import optuna

from artifact_set.vectors import Similarity
from training.data.ratings import Matrix

Floats: TypeAlias = npt.NDArray[np.float32]
Parameters: TypeAlias = dict[str, int | float | str]


@dataclass(frozen=True)
class SongFactors:
    """What an algorithm learns: (n, d) float32 factors, row = song, and how they are compared.

    `biases` (n,) and `global_mean` are an algorithm's other constants, kept in the saved model. `seed_weights` (n,)
    say how much a song counts where it is given, `taste_weights` (d,) how much a factor does where one song is; None
    where all count alike.
    """

    factors: Floats
    similarity: Similarity
    biases: npt.NDArray[np.float64] | None = None
    global_mean: float = 0.0
    seed_weights: Floats | None = None
    taste_weights: Floats | None = None


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
