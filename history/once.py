"""Each listen once: files overlap, and the moments of one play differ by seconds from export to export."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

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
    one at most 60 seconds away; what one file tells as two listens stays two.
    """
    places = np.flatnonzero(told)
    if not len(file) or int(file.min()) == int(file.max()):
        places = places[_twice(who[places], seconds[places])]
    if not len(places):
        return None
    order = places[np.lexsort((file[places], seconds[places], who[places]))]
    again = np.zeros(len(who), np.bool_)
    again[order] = _again(who[order], seconds[order], file[order])
    return again if again.any() else None


def _again(who: Ints, seconds: Ints, file: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """(n,) the same of listens in the order of `who`, moment and file."""
    same, apart, other_file = who[1:] == who[:-1], np.diff(seconds), file[1:] != file[:-1]
    near = same & (apart <= TOLERANCE)
    again = np.zeros(len(who), np.bool_)
    again[1:] = near & ((apart == 0) | other_file)
    firsts = np.flatnonzero(np.concatenate(([True], ~near)))
    ends = np.append(firsts[1:], len(who))
    joins = np.concatenate(([0], np.cumsum(near & other_file)))  # of two files, up to each listen
    # where a group has no more than two listens, or one moment, or one file, neighbours decide
    doubtful = (ends - firsts > 2) & (seconds[ends - 1] > seconds[firsts]) & (joins[ends - 1] > joins[firsts])
    for first, end in zip(firsts[doubtful].tolist(), ends[doubtful].tolist(), strict=True):
        again[first:end] = _again_in_group(seconds[first:end].tolist(), file[first:end].tolist())
    return again


def _again_in_group(seconds: Sequence[int], files: Sequence[int]) -> list[bool]:
    """The same of one song's listens close together: each moment is compared with the last that is kept."""
    again: list[bool] = []
    kept, tellers = seconds[0], set(files)
    for second, rows in groupby(zip(seconds, files, strict=True), itemgetter(0)):
        here = [file for _, file in rows]
        repeats = second - kept <= TOLERANCE and tellers.isdisjoint(here)
        if not repeats:
            kept, tellers = second, set()
        tellers.update(here)
        again += [repeats, *[True] * (len(here) - 1)]
    return again


def _twice(who: Ints, seconds: Ints) -> Ints:
    """The places of the listens that may stand twice: one sort of hashes, quicker than one of pairs."""
    mixed = who.astype(np.uint64) * _ODD + seconds.astype(np.uint64) * _OTHER
    in_order = np.sort(mixed)
    equal = in_order[1:][in_order[1:] == in_order[:-1]]
    return np.flatnonzero(np.isin(mixed, equal)) if len(equal) else np.empty(0, np.int64)
