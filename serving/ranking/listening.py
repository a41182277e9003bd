"""What a listener has played, as rows: the part of the profile that it makes, and the shelves of known songs."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from catalog.table import SongTable
from serving.ranking import diversity
from serving.ranking.recommender import NOTHING, Ranking, Recommender

PROFILE_SONGS = 200  # of what was played, those that count most make the profile
ENOUGH = 3  # songs, below which a shelf of known songs is none

_OFTEN = 3  # plays within a month that make a song one on repeat
_LOVED_ONCE = 5  # plays of a song worth rediscovering
_AWAY_DAYS = 90
_DAY_MS = 86_400_000


class HeardSong(NamedTuple):
    """A song of the catalog that was played.

    plays: without skips; recent: of these, within a month; last_ms: the latest, since 1970. weight: plays less skips,
    falling with age; weight_before: the same as it stood when the week began.
    """

    row: int
    plays: int
    recent: int
    last_ms: int
    weight: float
    weight_before: float


@dataclass(frozen=True)
class Heard:
    """All songs that a listener has played. now_ms: the moment the page is made for; weight: of one fresh play."""

    songs: Sequence[HeardSong] = ()
    now_ms: int = 0
    half_life_days: float = 1.0
    weight: float = 0.0

    @cached_property
    def profile(self) -> dict[int, float]:
        """The weight of each row that counts, heaviest first."""
        return self._heaviest([(song.row, song.weight) for song in self.songs])

    @cached_property
    def profile_before(self) -> dict[int, float]:
        """The same as it stood when the week began."""
        return self._heaviest([(song.row, song.weight_before) for song in self.songs])

    @cached_property
    def known(self) -> set[int]:
        """The rows that are nothing new: those of the profile, and all that was played within a month."""
        return {*self.profile, *(song.row for song in self.songs if song.recent)}

    def _heaviest(self, weighed: list[tuple[int, float]]) -> dict[int, float]:
        if not self.weight:
            return {}
        counting = [(row, self.weight * say(weight)) for row, weight in weighed if weight]
        counting.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
        return dict(sorted(counting[:PROFILE_SONGS], key=lambda pair: (-pair[1], pair[0])))

    def jump_back_in(self, k: int, taken: Collection[int]) -> Ranking:
        """The songs played last, within a month; scored by how fresh the last play is."""
        recent = [song for song in self.songs if song.recent and song.row not in taken]
        recent.sort(key=lambda song: (-song.last_ms, song.row))
        days = [max(0.0, (self.now_ms - song.last_ms) / _DAY_MS) for song in recent]
        return _enough(
            [(song.row, 0.5 ** (age / self.half_life_days)) for song, age in zip(recent, days, strict=True)], k
        )

    def on_repeat(self, k: int, taken: Collection[int]) -> Ranking:
        """The songs played most within a month."""
        often = [song for song in self.songs if song.recent >= _OFTEN and song.row not in taken]
        return _by_count([(song.row, song.recent) for song in often], k)

    def rediscover(self, k: int, taken: Collection[int]) -> Ranking:
        """The songs played most, and not for three months."""
        since = self.now_ms - _AWAY_DAYS * _DAY_MS
        away = [s for s in self.songs if s.plays >= _LOVED_ONCE and s.last_ms < since and s.row not in taken]
        return _by_count([(song.row, song.plays) for song in away], k)

    def new_this_week(self, songs: SongTable, recommender: Recommender, seeds: Sequence[int], k: int) -> Ranking:
        """Songs by artists never played, near the profile as it stood when the week began.

        What is played during the week changes nothing here.
        """
        before = [song.row for song in self.songs if song.weight_before]
        if len(before) < ENOUGH:
            return NOTHING
        known = {*before, *seeds}
        artists = {int(songs.artist_code[row]) for row in known}
        near = recommender.for_profile(seeds, [], 0.0, _CHOICE * k, known, listened=self.profile_before)
        places = [
            place
            for place, row in enumerate(near.rows)
            if near.scores[place] > 0 and int(songs.artist_code[row]) not in artists
        ]
        return diversity.tidy(near.at(places), songs, k, known)


NOTHING_HEARD = Heard()
_CHOICE = 4 * diversity.CHOICE


def say(weight: float) -> float:
    """How much a song's plays count: 1 for one fresh play, growing with the logarithm; below 0 where skips prevail."""
    return math.copysign(math.log2(1.0 + abs(weight)), weight)


def _by_count(counted: list[tuple[int, int]], k: int) -> Ranking:
    counted.sort(key=lambda pair: (-pair[1], pair[0]))
    most = max((count for _, count in counted), default=1)
    return _enough([(row, count / most) for row, count in counted], k)


def _enough(scored: list[tuple[int, float]], k: int) -> Ranking:
    if len(scored) < ENOUGH:
        return NOTHING
    return Ranking([row for row, _ in scored[:k]], [score for _, score in scored[:k]])
