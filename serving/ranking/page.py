"""What the shelves of one page are made of, and the songs that stand on it already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from catalog.table import SongTable
from serving.ranking import diversity
from serving.ranking.listening import NOTHING_HEARD, Heard
from serving.ranking.recommender import Ranking, Recommender
from serving.ranking.taste_clusters import MOST_SONGS, interleave, tastes, told_by

_NEAR = 0.001  # a score below it is the noise of float32 sums


@dataclass
class Page:
    """What the shelves are made of, and the songs that stand on the page already.

    seeds and likes are rows, likes newest first; heard: what was played; k songs a shelf.
    """

    songs: SongTable
    recommender: Recommender
    seeds: Sequence[int]
    likes: Sequence[int]
    liked_weight: float
    k: int
    taken: set[int] = field(default_factory=set)
    heard: Heard = NOTHING_HEARD

    def __post_init__(self) -> None:
        self.taken |= {*self.seeds, *self.likes}
        # what stands there for a week has its songs before the other shelves choose
        self.new_this_week = self.left(self.heard.new_this_week(self.songs, self.recommender, self.seeds, self.k))
        self.taken |= set(self.new_this_week.rows)

    @cached_property
    def anchors(self) -> list[int]:
        """Songs this listener chose, each once: likes, newest first, then seeds, then what is played most."""
        return list(dict.fromkeys([*self.likes, *self.seeds, *self._played]))

    @property
    def _played(self) -> list[int]:
        return [row for row, weight in self.heard.profile.items() if weight > 0]

    @cached_property
    def tastes(self) -> list[list[int]]:
        """The chosen songs in groups, the largest first; one group for few songs or one taste."""
        many = len(self.anchors) > MOST_SONGS
        chosen = told_by(self.seeds, self.likes, self._played) if many else self.anchors
        return [[chosen[i] for i in group] for group in tastes(self.recommender.directions_of(chosen))]

    def personal(self, first_row: int = 0) -> Ranking:
        """Candidates near the listener's profile; with several tastes, near each in turn."""
        if len(self.tastes) == 1:
            return self._near_songs(self.seeds, self.likes, self.heard.profile, first_row)
        answers = [self.near_taste(place, first_row) for place in range(len(self.tastes))]
        return interleave(answers, [len(taste) / len(self.anchors) for taste in self.tastes])

    @cached_property
    def _skipped(self) -> dict[int, int]:
        """The songs that were skipped more than played, and at which place the taste stands that each is nearest to."""
        rows = [row for row, weight in self.heard.profile.items() if weight < 0]
        if not rows:
            return {}
        middles = np.array([self.recommender.directions_of(taste).mean(axis=0) for taste in self.tastes])
        places = (self.recommender.directions_of(rows) @ middles.T).argmax(axis=1)
        return dict(zip(rows, places.tolist(), strict=True))

    def near_taste(self, place: int, first_row: int = 0) -> Ranking:
        """Candidates near the chosen songs of one taste, and away from what was skipped of it."""
        of_taste = {*self.tastes[place], *(row for row, nearest in self._skipped.items() if nearest == place)}
        listened = {row: weight for row, weight in self.heard.profile.items() if row in of_taste}
        seeds = [row for row in self.seeds if row in of_taste]
        return self._near_songs(seeds, [row for row in self.likes if row in of_taste], listened, first_row)

    def _near_songs(
        self, seeds: Sequence[int], likes: Sequence[int], listened: Mapping[int, float], first_row: int
    ) -> Ranking:
        choice, exclude = self.k * diversity.CHOICE, self.taken | self.heard.known
        return near(self.recommender.for_profile(seeds, likes, self.liked_weight, choice, exclude, first_row, listened))

    def left(self, candidates: Ranking) -> Ranking:
        """The candidates that do not stand on the page yet, in whatever version."""
        return diversity.one_version(candidates, self.songs.song_code, self.taken)

    def tidy(self, candidates: Ranking, about: int | None = None) -> Ranking:
        """The best k of the candidates: one version of a song on the page, no artist too often on the shelf."""
        return diversity.tidy(candidates, self.songs, self.k, self.taken, about)


def near(candidates: Ranking) -> Ranking:
    """Without what has nothing to do with the query: in a small catalog even the nearest may lie at a right angle."""
    count = sum(score >= _NEAR for score in candidates.scores)  # best first, so these come first
    return Ranking(candidates.rows[:count], candidates.scores[:count])
