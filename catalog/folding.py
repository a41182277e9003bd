"""The fold of many names at once: most are plain ASCII, and Arrow folds a million of these in a moment."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from catalog.columns import scalar
from catalog.names import song_key, tidy

_pa: Any = pa  # whose stubs describe less than there is
_compute: Any = pyarrow.compute

# what `song_key` does more with than to write it in lower case
_FOLDED = r"(?i)[^ -~]|[()\[\]`]|  |^ | $| - .* - | feat| ft\."
# what `tidy` may change
_TIDIED = r"[^ -~]|^ | $"


def song_ids(artists: Any, tracks: Any) -> Any:  # noqa: ANN401  pyarrow's arrays
    """`catalog.song.song_id` of each of two string arrays."""
    return _compute.binary_join_element_wise(artists, tracks, scalar(b" - ", _pa.string()))


def song_keys(song_ids: Any) -> Any:  # noqa: ANN401  pyarrow's arrays
    """`catalog.names.song_key` of each of a string array."""
    return _mostly(_compute.ascii_lower(song_ids), song_ids, _FOLDED, song_key)


def tidied(names: Any) -> Any:  # noqa: ANN401  as above
    """`catalog.names.tidy` of each of a string array."""
    return _mostly(names, names, _TIDIED, tidy)


def _mostly(quick: Any, names: Any, unless: str, fold: Callable[[str], str]) -> Any:  # noqa: ANN401  as above
    """`quick`, and `fold` of the names that the pattern matches."""
    special = _compute.match_substring_regex(names, unless)
    places = np.flatnonzero(special.to_numpy(zero_copy_only=False))
    if not len(places):
        return quick
    folded = _pa.array([fold(name) for name in names.take(_pa.array(places)).to_pylist()], pa.string())
    return _compute.replace_with_mask(quick, special, folded)
