"""Columns of an Arrow file as they are read in place, without an Arrow call for each value."""

import hashlib
from collections.abc import Iterator
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_Number = TypeVar("_Number", bound=np.generic)
_AT_ONCE = 1 << 16
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")


def hash_of(key: str) -> int:
    """64 bits of a name's BLAKE2b."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def hashes_of(keys: Any) -> npt.NDArray[np.uint64]:  # noqa: ANN401  pyarrow publishes no types
    """(n,) `hash_of` each of a sequence of str or of a string array."""
    pieces = in_pieces(keys) if isinstance(keys, pa.Array) else [keys]
    return np.fromiter((hash_of(key) for piece in pieces for key in piece), np.uint64, len(keys))


def in_pieces(texts: Any) -> Iterator[list[str]]:  # noqa: ANN401  as above
    """A string array as Python's strings, 65,536 of them at a time."""
    return (texts[start : start + _AT_ONCE].to_pylist() for start in range(0, len(texts), _AT_ONCE))


class Hashed:
    """Sorted hashes and the row of each."""

    def __init__(self, hashes: Any, rows: Any) -> None:  # noqa: ANN401  as above
        self._hash = numbers(hashes, np.uint64)
        self._row = numbers(rows, np.int32)

    def first_of(self, wanted: npt.NDArray[np.uint64]) -> tuple[list[int], list[bool]]:
        """For each of m hashes the row of the first entry that may have it, and whether it does."""
        at = np.searchsorted(self._hash, wanted).clip(max=len(self._hash) - 1)
        return self._row[at].tolist(), (self._hash[at] == wanted).tolist()

    def places_of(self, wanted: int) -> range:
        """The places of the entries with this hash."""
        first, end = (int(np.searchsorted(self._hash, np.uint64(wanted), side)) for side in _SIDES)
        return range(first, end)

    def places_of_row(self, row: int) -> list[int]:
        """The places of the entries of a row, of all of which each is looked at."""
        places: list[int] = np.flatnonzero(self._row == row).tolist()
        return places

    def row_at(self, place: int) -> int:
        """The row of an entry."""
        return int(self._row[place])

    def rows_of(self, wanted: int) -> list[int]:
        """The rows of the entries with this hash."""
        return [self.row_at(place) for place in self.places_of(wanted)]


class Strings:
    """A column of text in place: Arrow's own way to take a few values costs several times as much."""

    def __init__(self, column: Any) -> None:  # noqa: ANN401  as above
        _, ends, text = column.buffers()
        self._size = len(column)
        self._ends = memoryview(ends or b"").cast("B").cast("i")  # where each begins, and where the last one ends
        self._text = memoryview(text or b"").cast("B")

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, row: int) -> str:
        if not 0 <= row < self._size:
            raise IndexError(row)
        return str(self._text[self._ends[row] : self._ends[row + 1]], "utf-8")


def numbers(column: Any, kind: type[_Number]) -> npt.NDArray[_Number]:  # noqa: ANN401  as above
    """The column in place. Arrow's own `to_numpy` imports pandas: 30 MB and a third of a second in each worker."""
    _, numbers = column.buffers()
    return np.frombuffer(numbers, kind, len(column)) if len(column) else np.empty(0, kind)


def scalar(content: bytes, kind: Any) -> Any:  # noqa: ANN401  as above
    """A text as Arrow's functions take it. kind: pa.string() or pa.binary(). `pa.scalar` imports pandas as well."""
    ends = np.array([0, len(content)], np.int32)
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(content)])[0]


def booleans(values: npt.NDArray[np.bool_]) -> Any:  # noqa: ANN401  as above
    """(n,) as Arrow's functions take it."""
    packed = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed.tobytes())])
