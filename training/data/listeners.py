"""Songs that enough people played: what one person alone has played says who they are."""

from typing import NamedTuple

import numpy as np

from history.arrow import compute as pc
from history.distinct import distinct
from training.data.listens import Column, Listens


class Shared(NamedTuple):
    """The listens that are left, and how many songs were left out."""

    listens: Listens
    left_out: int


def with_listeners(listens: Listens, least: int, accounts: Column | None = None) -> Shared:
    """The listens of songs that at least so many listeners played, in all their spellings.

    accounts: the names of those who are asked for company; a song that anybody else played stays. None: everybody is.
    """
    if least <= 1:
        return Shared(listens, 0)
    song = listens.spellings.song[listens.spellings.spelling]
    users = int(listens.users.codes.max(initial=0)) + 1
    pairs = distinct(song.astype(np.int64) * users + listens.users.codes)
    people = np.bincount(pairs // users, minlength=listens.spellings.songs)
    enough = people >= least
    if accounts is not None:
        others = ~pc.is_in(listens.users.values, value_set=accounts).to_numpy(zero_copy_only=False)
        enough[song[others[listens.users.codes]]] = True
    return Shared(listens.rows(enough[song]), int(((people > 0) & ~enough).sum()))
