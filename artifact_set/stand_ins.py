"""Stand-ins for the classes and functions that the pickle of a model may name: none of a library's is ever reached.

Each takes only what a sound pickle gives it and raises Malformed at anything else, before it allocates.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

_ITEM_BYTES = {"f4": 4, "f8": 8, "i4": 4, "i8": 8}
_DTYPE_STATE = (3, "<", None, None, None, -1, -1, 0)  # version, byte order, no sub-array, no fields, no object flags
_MOST_DIMENSIONS = 2


class Malformed(Exception):
    """A pickle that no pickler writes for a model or an id map."""


class StandIn:
    """What a pickle may build: an object of this project, in place of one of a library's."""

    def build(self, state: object) -> None:
        """Take the state that the opcode BUILD brings. Raises Malformed."""
        raise NotImplementedError


class Named(NamedTuple):
    """What a name in a pickle stands for: `make` is given the arguments of the one opcode that may call it."""

    opcode: Literal["REDUCE", "NEWOBJ", "none"]
    make: Callable[..., object]


class Instance(StandIn):
    """An object of Surprise's: its attributes by name, and none of its code."""

    def __init__(self, class_name: str) -> None:
        self.class_name = class_name
        self.attributes: Mapping[str, object] = {}

    def build(self, state: object) -> None:
        """Take the attributes. Raises Malformed."""
        if self.attributes or type(state) is not dict or not all(type(key) is str for key in state):
            raise Malformed(f"the attributes of {self.class_name}")
        self.attributes = state


class Dtype(StandIn):
    """The type of an array's numbers: one of four little-endian ones, by its literal name."""

    def __init__(self, name: object, align: object, copy: object) -> None:
        if type(name) is not str or name not in _ITEM_BYTES or (align, copy) != (False, True):
            raise Malformed(f"numbers of the type {_short(name)}, expected one of {', '.join(_ITEM_BYTES)}")
        self.literal = f"<{name}"
        self.item_bytes = _ITEM_BYTES[name]

    def build(self, state: object) -> None:
        """Take the one state that such a type can have. Raises Malformed."""
        if state != _DTYPE_STATE or type(state) is not tuple:
            raise Malformed(f"the state {_short(state)} of a type of numbers")


class Array(StandIn):
    """A numpy array. values: (n,) or (n, m), read-only, in the memory of the pickle itself."""

    def __init__(self, values: npt.NDArray[Any] | None = None) -> None:
        self.values = values

    def build(self, state: object) -> None:
        """Take version, shape, dtype, whether it is in Fortran's order, and the bytes. Raises Malformed."""
        if self.values is not None or type(state) is not tuple or len(state) != 5 or state[0] != 1:
            raise Malformed("the state of an array")
        _, shape, dtype, is_fortran, content = state
        self.values = _values(content, dtype, shape, "F" if is_fortran is True else "C")


def _values(content: object, dtype: object, shape: object, order: object) -> npt.NDArray[Any]:
    if type(content) is not memoryview or type(dtype) is not Dtype or order not in ("C", "F"):
        raise Malformed("an array without bytes, type or order")
    if type(shape) is not tuple or len(shape) > _MOST_DIMENSIONS or not all(type(n) is int and n >= 0 for n in shape):
        raise Malformed(f"an array of the shape {_short(shape)}")
    if math.prod(shape) * dtype.item_bytes != len(content):
        raise Malformed(f"an array of the shape {shape} in {len(content):,} bytes")
    if not len(content):
        return np.empty(shape, dtype.literal)
    return np.frombuffer(content, dtype.literal).reshape(shape, order="F" if order == "F" else "C")


def _frombuffer(content: object, dtype: object, shape: object, order: object) -> Array:
    return Array(_values(content, dtype, shape, order))


def _reconstruct(kind: object, shape: object, code: object) -> Array:
    if kind is not _NDARRAY or shape != (0,) or code != b"b":
        raise Malformed("an array to come")
    return Array()


def _scalar(dtype: object, content: object) -> float | int:
    number: float | int = _values(content, dtype, (1,), "C")[0].item()
    return number


def _short(value: object) -> str:
    """The type and a small value, whole; of a large or nested one the type alone."""
    if isinstance(value, tuple) and len(value) <= 8:
        return f"({', '.join(map(_short, value))})" if not any(isinstance(v, tuple) for v in value) else "tuple"
    return repr(value)[:60] if isinstance(value, str | int | float | None) else type(value).__name__


_NDARRAY = Named("none", Array)  # named as an argument only

NAMES: Mapping[tuple[str, str], Named] = {
    ("surprise.prediction_algorithms.matrix_factorization", "SVD"): Named("NEWOBJ", lambda: Instance("SVD")),
    ("surprise.trainset", "Trainset"): Named("NEWOBJ", lambda: Instance("Trainset")),
    ("numpy", "dtype"): Named("REDUCE", Dtype),
    ("numpy", "ndarray"): _NDARRAY,
    ("numpy._core.numeric", "_frombuffer"): Named("REDUCE", _frombuffer),
    ("numpy._core.multiarray", "_reconstruct"): Named("REDUCE", _reconstruct),
    ("numpy._core.multiarray", "scalar"): Named("REDUCE", _scalar),
    # … and as numpy 1 calls them
    ("numpy.core.numeric", "_frombuffer"): Named("REDUCE", _frombuffer),
    ("numpy.core.multiarray", "_reconstruct"): Named("REDUCE", _reconstruct),
    ("numpy.core.multiarray", "scalar"): Named("REDUCE", _scalar),
}
