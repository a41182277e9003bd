"""Different values by sorting and by counting are those of `np.unique`."""

import numpy as np
import pytest

from history.distinct import distinct, numbered

_DRAW = np.random.default_rng(0)
ARRAYS = {
    "nothing": np.empty(0, np.int64),
    "one": np.array([7]),
    "all alike": np.zeros(1000, np.int64),
    "few values": _DRAW.integers(0, 5, 10_000),
    "mostly different": _DRAW.integers(0, 1 << 20, 10_000),
}


@pytest.mark.parametrize("values", ARRAYS.values(), ids=ARRAYS.keys())
def test_distinct_values_are_those_of_numpy(values: np.ndarray) -> None:
    assert np.array_equal(distinct(values), np.unique(values))


def test_distinct_values_may_be_negative_and_large() -> None:
    values = np.array([2**62, -(2**62), 0, 2**62, -1])
    assert distinct(values).tolist() == [-(2**62), -1, 0, 2**62]


@pytest.mark.parametrize("values", ARRAYS.values(), ids=ARRAYS.keys())
def test_numbered_codes_are_those_of_numpy(values: np.ndarray) -> None:
    codes, places = numbered(values.astype(np.int32))
    expected, inverse = np.unique(values, return_inverse=True)
    assert np.array_equal(codes, expected)
    assert np.array_equal(places, inverse)
