"""Different values of large arrays of integers, by sorting: `np.unique` hashes them, which takes far longer.

`python -m benchmarks.scale --checkout DIR` prints what it saves beside a checkout that still calls `np.unique`.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]


def distinct(values: Ints) -> Ints:
    """The different values of (n,) int64 in ascending order, as `np.unique` gives them."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def numbered(codes: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    """The different codes in ascending order, and the place of each of the (n,) codes among them.

    The same as `np.unique(codes, return_inverse=True)` in one pass. codes: not negative, and of a small range: what
    is counted takes 8 bytes for each number up to the largest.
    """
    used = np.bincount(codes) > 0
    place = np.cumsum(used) - 1
    return np.flatnonzero(used), place[codes]
