"""What comes after a queue: near its newest songs, by the rules of versions and of artists over all of it."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from catalog.table import SongTable
from serving.ranking import diversity
from serving.ranking.recommender import Ranking, Recommender

FADE = 0.8  # the weight of each song of a queue against the one after it
_WIDER = 4  # how much further to look where the rules leave too little


class UpNext(NamedTuple):
    """The songs that follow, and for each the row in the queue that has most to do with it."""

    ranking: Ranking
    because: list[int]


def up_next(
    songs: SongTable, recommender: Recommender, recent: Sequence[int], k: int, taken: Collection[int]
) -> UpNext:
    """The k songs after a queue whose last rows are `recent`, newest last.

    Never one of recent or taken, nor another version of them; of any 20 songs in a row, the queue's last ones
    included, at most 2 by one artist where the catalog has a choice.
    """
    newest_last = list(dict.fromkeys(reversed(recent)))[::-1]
    weights = [FADE ** (len(newest_last) - 1 - place) for place in range(len(newest_last))]
    left_out = {*newest_last, *taken}
    reach = k * diversity.CHOICE
    while True:
        found = recommender.nearest_to(newest_last, weights, reach, left_out)
        near = diversity.one_version(found, songs.song_code, left_out)
        ranking = continued(near, songs, recent, k)
        if len(ranking.rows) == k or len(found.rows) < reach:
            break
        reach *= _WIDER
    if len(ranking.rows) < k:  # only where the catalog has no choice
        placed = set(ranking.rows)
        rest = near.at([i for i, row in enumerate(near.rows) if row not in placed][: k - len(ranking.rows)])
        ranking = ranking._replace(rows=ranking.rows + rest.rows, scores=ranking.scores + rest.scores)
    return UpNext(ranking, _because(recommender, newest_last, weights, ranking.rows))


def continued(candidates: Ranking, songs: SongTable, queue: Sequence[int], k: int) -> Ranking:
    """The best k or fewer candidates after a queue of rows.

    Each is the nearest by whose artist there are not 2 already among the 19 songs before it.
    """
    line = [songs.credits(row) for row in queue]
    waiting = [(place, songs.credits(row)) for place, row in enumerate(candidates.rows)]
    chosen: list[int] = []
    while len(chosen) < k:
        seen = Counter(artist for artists in line[-(diversity.A_ROW - 1) :] for artist in artists)
        full = {artist for artist, times in seen.items() if times >= diversity.SAME_ARTIST}
        at = next((i for i, (_, artists) in enumerate(waiting) if full.isdisjoint(artists)), None)
        if at is None:
            break
        place, artists = waiting.pop(at)
        chosen.append(place)
        line.append(artists)
    return candidates.at(chosen)


def _because(
    recommender: Recommender, recent: Sequence[int], weights: Sequence[float], rows: Sequence[int]
) -> list[int]:
    """For each row the one of recent that adds most to its score."""
    if not rows:
        return []
    adds = recommender.directions_of(rows) @ recommender.directions_of(recent).T * np.asarray(weights, np.float32)
    return [recent[i] for i in adds.argmax(axis=1).tolist()]
