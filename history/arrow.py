"""Arrow where its type stubs describe less than there is: columns are Any."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

Column: TypeAlias = Any  # a pyarrow array, plain or dictionary-encoded

compute: Any = pyarrow.compute
_pa: Any = pa


def encoded(names: Sequence[str]) -> Column:
    """A dictionary column of strings."""
    return _pa.array(names, pa.string()).dictionary_encode()


def dictionary(codes: npt.NDArray[np.integer], values: Column) -> Column:
    """A dictionary column of codes and of the values that they stand for."""
    return _pa.DictionaryArray.from_arrays(_pa.array(codes), values)


def repeated_name(name: str, rows: int) -> Column:
    """A column that holds one name in all rows."""
    return dictionary(np.zeros(rows, np.int32), _pa.array([name], pa.string()))


def joined_dictionaries(parts: Sequence[Column]) -> tuple[npt.NDArray[np.int32], Column]:
    """Codes of several dictionary columns one after the other, and the values of all, each once."""
    if not parts:
        return np.empty(0, np.int32), _pa.array([], pa.string())
    column = _pa.chunked_array(parts, parts[0].type).unify_dictionaries()
    codes = [part.indices.to_numpy(zero_copy_only=False) for part in column.chunks]
    return np.concatenate(codes).astype(np.int32, copy=False), column.chunk(0).dictionary
