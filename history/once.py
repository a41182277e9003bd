"""Each listen once: files overlap, and the moments of one play differ by seconds from export to export."""

import numpy as np
import numpy.typing as npt

from history.dates import Ints

TOLERANCE = 60  # seconds between two exports' moments of one play: some know the minute alone

# odd multipliers of 64 bits: 2^64 by the golden ratio (Knuth 6.4, Fibonacci hashing), and one of MurmurHash3's
_ODD, _OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC4CEB9FE1A85EC53)


def repeated(
    who: Ints, seconds: Ints, file: npt.NDArray[np.int32], told: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_] | None:
    """(n,) which listens stand in the history before; None where none does.

    who: (n,) equal for the same listener and song. seconds: (n,) since 1970. file: (n,). told: (n,) whether the
    moment is known well enough to tell. In one file only the very same moment is the same listen, between two also
    one at most 60 seconds away.
    """
    places = np.flatnonzero(told)
    if not len(file) or int(file.min()) == int(file.max()):
        places = places[_twice(who[places], seconds[places])]
    order = places[np.lexsort((file[places], seconds[places], who[places]))]
    same = who[order][1:] == who[order][:-1]
    apart = np.diff(seconds[order])
    other_file = file[order][1:] != file[order][:-1]
    again = np.zeros(len(who), np.bool_)
    again[order[1:]] = same & ((apart == 0) | (other_file & (apart <= TOLERANCE)))
    return again if again.any() else None


def _twice(who: Ints, seconds: Ints) -> Ints:
    """The places of the listens that may stand twice: one sort of hashes, quicker than one of pairs."""
    mixed = who.astype(np.uint64) * _ODD + seconds.astype(np.uint64) * _OTHER
    in_order = np.sort(mixed)
    equal = in_order[1:][in_order[1:] == in_order[:-1]]
    return np.flatnonzero(np.isin(mixed, equal)) if len(equal) else np.empty(0, np.int64)
