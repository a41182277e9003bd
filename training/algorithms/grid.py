"""The grid of puresvd's parameters: their values, what to try first, and steps from one point to the next.

A matrix is factorised once for all points that differ only in its SHAPE.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, cast

import optuna

from training.algorithms.contract import Parameters

Value: TypeAlias = int | float | str

MATRIX: Final[Mapping[str, tuple[Value, ...]]] = {
    "weighting": ("log", "binary", "bm25"),
    "row_exponent": (0.0, 0.25, 0.5, 0.75, 1.0),
    "song_exponent": (0.4, 0.55, 0.7, 0.85, 1.0),
    "shrinkage": (0.0, 3.0, 10.0, 30.0, 100.0, 300.0),
}
MOST_FACTORS: Final = 512
SHAPE: Final[Mapping[str, tuple[Value, ...]]] = {
    "factors": (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512),
    "filter": ("power", "ridge"),
    "singular_exponent": (0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5),
    "ridge": (0.03, 0.1, 0.3, 1.0, 3.0),
    "breadth": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    "length_exponent": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
    "answer_exponent": (-0.1, 0.0, 0.1, 0.2, 0.3, 0.4),
    "seed_exponent": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    "seed_length_exponent": (0.0, 0.25, 0.5, 0.75, 1.0),
}
_STRENGTH = {"power": "singular_exponent", "ridge": "ridge"}  # which parameter belongs to which filter

_BEST: Final[Parameters] = {
    "weighting": "binary",
    "row_exponent": 0.5,
    "song_exponent": 0.85,
    "shrinkage": 10.0,
    "factors": 64,
    "filter": "ridge",
    "ridge": 1.0,
    "breadth": 1.0,
    "length_exponent": 0.4,
    "answer_exponent": 0.2,
    "seed_exponent": 0.4,
    "seed_length_exponent": 0.5,
}
# The best compromise over several histories (`python -m benchmarks.defaults`), then what lies far from it and suits
# one kind of history: few and broad tastes, many and narrow ones, play counts that mean something.
STARTS: Final[tuple[Parameters, ...]] = (
    _BEST,
    _BEST
    | {"row_exponent": 0.75, "song_exponent": 0.7, "shrinkage": 30.0, "factors": 16}
    | {"length_exponent": 0.8, "answer_exponent": 0.0, "seed_exponent": 0.3, "seed_length_exponent": 0.25},
    _BEST
    | {"song_exponent": 0.7, "shrinkage": 3.0, "factors": 128}
    | {"length_exponent": 0.2, "answer_exponent": 0.3, "seed_length_exponent": 1.0},
    _BEST
    | {"weighting": "log", "song_exponent": 1.0, "shrinkage": 100.0}
    | {"answer_exponent": 0.0, "seed_exponent": 0.2, "seed_length_exponent": 0.0},
)


def within(parameters: Parameters, most: int) -> Parameters:
    """The parameters with no more factors than the data allow; of an earlier study, with all that are asked today."""
    return {"breadth": 0.0} | parameters | {"factors": min(int(parameters["factors"]), most)}


def matrix_of(parameters: Parameters) -> tuple[Value, ...]:
    """What of the parameters the factorisation depends on."""
    return tuple(parameters[name] for name in MATRIX)


def suggest(trial: optuna.Trial, most: int) -> Parameters:
    """A point of the grid, with a strength for its filter alone."""
    values = {**MATRIX, **SHAPE, "factors": _factors(most)}

    def one_of(name: str) -> Value:
        return cast(
            Value, trial.suggest_categorical(name, values[name])
        )  # Optuna allows None as well, the grid does not

    chosen = {name: one_of(name) for name in values if name not in _STRENGTH.values()}
    strength = _STRENGTH[str(chosen["filter"])]
    return chosen | {strength: one_of(strength)}


def distributions(parameters: Parameters) -> dict[str, optuna.distributions.BaseDistribution]:
    """The axes of the grid that some parameters lie on, in Optuna's terms."""
    values = {**MATRIX, **SHAPE}
    axes: dict[str, optuna.distributions.BaseDistribution] = {
        name: optuna.distributions.CategoricalDistribution(values[name]) for name in parameters if name != "factors"
    }
    return axes | {"factors": optuna.distributions.IntDistribution(1, MOST_FACTORS)}


def nearby_matrices(parameters: Parameters) -> Iterator[Parameters]:
    """The parameters one step away in one of the matrix's."""
    for name, values in MATRIX.items():
        for value in _beside(values, parameters[name]):
            yield parameters | {name: value}


def all_matrices(parameters: Parameters) -> Iterator[Parameters]:
    """The parameters with every matrix of the grid."""
    for values in itertools.product(*MATRIX.values()):
        yield parameters | dict(zip(MATRIX, values, strict=True))


def nearby_shapes(parameters: Parameters, name: str, most: int) -> list[Parameters]:
    """The parameters a step or two away in one of the shape's; for the filter, all of the other one."""
    if name == "filter":
        old = _STRENGTH[str(parameters["filter"])]
        (other,) = set(_STRENGTH) - {parameters["filter"]}
        kept = {key: value for key, value in parameters.items() if key != old}
        strength = _STRENGTH[other]
        return [kept | {"filter": other, strength: value} for value in SHAPE[strength]]
    if name not in parameters:
        return []
    values = _factors(most) if name == "factors" else SHAPE[name]
    return [parameters | {name: value} for value in _beside(values, parameters[name], steps=2)]


def _factors(most: int) -> tuple[Value, ...]:
    within_data = tuple(value for value in SHAPE["factors"] if int(value) < most)
    return (*within_data, most)


def _beside(values: tuple[Value, ...], value: Value, steps: int = 1) -> tuple[Value, ...]:
    """The values so many steps around one; of names, which have no order, all others."""
    if isinstance(value, str):
        return tuple(other for other in values if other != value)
    place = min(range(len(values)), key=lambda i: abs(float(values[i]) - float(value)))
    around = values[max(0, place - steps) : place + steps + 1]
    return tuple(other for other in around if other != value)
