"""Sittings: runs of one user's listens with no long silence between them, the rows where users are few."""

import numpy as np
import numpy.typing as npt

from training.data.listens import NO_TIME, Codes, Counts

GAP_MINUTES = 30
LONGEST_MINUTES = 24 * 60


def sittings(users: Codes, minutes: Counts) -> Counts:
    """The sitting of each listen, numbered from 0; -1 for a listen at an unknown time.

    users: (n,) codes; minutes: (n,) since 1970. A sitting ends where its user is silent for more than 30 minutes, and
    a day after it began.
    """
    known = minutes != NO_TIME
    order = np.lexsort((minutes, users))
    order = order[known[order]]
    starts = np.ones(len(order), np.bool_)
    same_user = users[order][1:] == users[order][:-1]
    starts[1:] = ~(same_user & (np.diff(minutes[order]) <= GAP_MINUTES))
    starts |= _new_day(starts, minutes[order])
    number = np.full(len(users), -1, np.int64)
    number[order] = np.cumsum(starts) - 1
    return number


def _new_day(starts: npt.NDArray[np.bool_], minutes: Counts) -> npt.NDArray[np.bool_]:
    """(n,) where a run of listens is in another day than the listen before, counted from the run's beginning."""
    if not len(minutes):
        return starts
    began = minutes[starts][np.cumsum(starts) - 1]
    day = (minutes - began) // LONGEST_MINUTES
    return np.asarray(np.diff(day, prepend=day[0]) != 0)
