"""Several tastes of one listener: their songs in groups, and one answer out of an answer for each group.

The mean of jazz and metal is neither. With few songs the mean is the better profile all the same; from some twenty
songs on, asking for each taste is as good, and the page says more of the listener (`python -m benchmarks.rules`).
"""

from collections.abc import Sequence
from itertools import chain, zip_longest

import numpy as np
import numpy.typing as npt

from serving.ranking.recommender import Ranking

MANY = 20  # chosen songs from which on tastes are told apart
MOST = 5  # tastes
MOST_SONGS = 200  # that are looked at: pairs of them are compared
_APART = 0.85  # mean cosine distance from which on two groups are two tastes: at a right angle it is 1

Floats = npt.NDArray[np.float32]


def told_by(seeds: Sequence[int], likes: Sequence[int], played: Sequence[int]) -> list[int]:
    """The rows that tell the tastes of somebody who chose more than can be looked at.

    All seeds, then in turn the likes, newest first, and what is played most.
    """
    in_turn = chain.from_iterable(zip_longest(likes, played))
    return list(dict.fromkeys(chain(seeds, (row for row in in_turn if row is not None))))[:MOST_SONGS]


def tastes(vectors: Floats) -> list[list[int]]:
    """Groups of places in `vectors` (n, d), the songs a listener chose, newest first; the largest group first.

    One group where there are fewer than 20 songs or all are alike. Average linkage by cosine (Sokal and Michener
    1958), which needs no number of groups beforehand and gives the same groups for the same songs.
    """
    vectors = vectors[:MOST_SONGS]
    known = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
    if len(known) < MANY:
        return [list(range(len(vectors)))]
    from scipy.cluster.hierarchy import fcluster, linkage  # 0.3 s of every start, for the few with many songs

    tree = linkage(vectors[known].astype(np.float64), "average", "cosine")
    labels = fcluster(tree, _APART, "distance")
    if labels.max() > MOST:
        labels = fcluster(tree, MOST, "maxclust")
    groups = [known[labels == label].tolist() for label in range(1, labels.max() + 1)]
    return sorted(groups, key=lambda group: (-len(group), group))


def interleave(answers: Sequence[Ranking], shares: Sequence[float]) -> Ranking:
    """One answer in which each taste has its share of the places: a place in its own answer counts 1 / share."""
    places: dict[int, tuple[float, float]] = {}
    for answer, share in zip(answers, shares, strict=True):
        for place, (row, score) in enumerate(zip(answer.rows, answer.scores, strict=True), start=1):
            if row not in places or place / share < places[row][0]:
                places[row] = (place / share, score)
    rows = sorted(places, key=lambda row: places[row][0])
    return Ranking(rows, [places[row][1] for row in rows])
