"""What a listener plays next: from seeds alone, with likes, and with everything they played, by several half-lives.

    python -m benchmarks.history [--data LISTENS.zip]

The model learns from four fifths of the listeners. Each of the others is asked before some of their sittings: what they
played until then is known, and the right answers are the songs of the sitting that they had not played yet; songs
played before are neither answers nor right. Seeds are the first five songs of the history,
likes the ten played most. Only histories with dates can be asked. `serving.ranking` answers, as it does for the API.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks.rules import Room, ndcg, room_of
from history import ReadSettings, read_history
from serving.ranking.listening import Heard, HeardSong
from serving.ranking.recommender import Ranking
from training.data.listens import NO_TIME, Counts, Listens
from training.data.ratings import Songs, to_ratings
from training.data.sessions import GAP_MINUTES
from training.data.splits import Cases
from training.report.evaluation import AT
from training.sample import read_songs, simulate

SEEDS = 5
LIKES = 10
LIKED_WEIGHT = 2.0
HALF_LIVES = (1.0, 7.0, 30.0, 90.0, 365.0, 3650.0)  # days
WEIGHTS = (0.25, 0.5, 1.0, 2.0, 4.0)

_FEWEST_BEFORE = 30  # songs known of a listener who is asked
_DAY = 24 * 60  # minutes
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Moment:
    """One question. rows, minutes: what was played before, in order; coming: new songs of the sitting that begins."""

    rows: Counts
    minutes: Counts
    now: int
    coming: Counts

    @property
    def seeds(self) -> list[int]:
        """The first songs that were played."""
        return list(dict.fromkeys(self.rows.tolist()))[:SEEDS]

    @property
    def likes(self) -> list[int]:
        """The songs played most."""
        counts = np.bincount(self.rows)
        most: list[int] = np.argsort(-counts, kind="stable")[:LIKES].tolist()
        return most

    def heard(self, half_life: float, weight: float) -> Heard:
        """Everything played, as the API weighs it."""
        days = (self.now - self.minutes) / _DAY
        songs, which = np.unique(self.rows, return_inverse=True)
        weighed = np.bincount(which, weights=0.5 ** (days / half_life))
        return Heard(
            [HeardSong(int(row), 1, 0, 0, float(worth), 0.0) for row, worth in zip(songs, weighed, strict=True)],
            half_life_days=half_life,
            weight=weight,
        )


def moments(listens: Listens, songs: Songs, asked: Counts, times: int, draw: np.random.Generator) -> Iterator[Moment]:
    """Questions to the asked listeners who have played enough, each before a sitting of their last third."""
    if listens.minutes is None:
        raise SystemExit(f"{listens.source} has no dates: expected a history with a moment for each listen")
    columns = _columns(listens, songs)
    users = np.unique(listens.users.codes, return_inverse=True)[1]
    for user in asked:
        mine = np.flatnonzero((users == user) & (listens.minutes != NO_TIME))
        mine = mine[np.argsort(listens.minutes[mine], kind="stable")]
        if len(mine) < 2 * _FEWEST_BEFORE:
            continue
        played = listens.minutes[mine]
        begins = np.flatnonzero(np.diff(played) > GAP_MINUTES) + 1
        begins = begins[begins >= len(mine) * 2 // 3]
        for at in draw.choice(begins, min(times, len(begins)), replace=False).tolist():
            later = begins[begins > at]
            until = int(later[0]) if len(later) else len(mine)
            known = columns[mine[:at]]
            coming = np.setdiff1d(columns[mine[at:until]], known)
            if len(np.unique(known)) >= _FEWEST_BEFORE and len(coming):
                yield Moment(known, played[:at], int(played[at]), coming)


def _columns(listens: Listens, songs: Songs) -> Counts:
    """The row of each listen's song."""
    row_of = {songs.song_id(row): row for row in range(len(songs))}
    codes, catalog = listens.spellings.named(listens.plays)
    return np.array([row_of[one] for one in catalog.song_ids.to_pylist()])[codes]


Profile = Callable[[Moment], Ranking]


def profiles(room: Room) -> Iterator[tuple[str, str, str, Profile]]:
    """Each way to answer: its name, weight and half-life."""

    def of(likes: bool, weight: float = 0.0, half_life: float = 1.0) -> Profile:
        def answer(moment: Moment) -> Ranking:
            played = set(moment.rows.tolist())
            listened = moment.heard(half_life, weight).profile
            chosen = moment.likes if likes else []
            return room.recommender.for_profile(moment.seeds, chosen, LIKED_WEIGHT, AT, played, listened=listened)

        return answer

    yield "seeds", "", "", of(likes=False)
    yield "seeds and likes", "", "", of(likes=True)
    for likes in (False, True):
        name = "seeds, likes and listens" if likes else "seeds and listens"
        for weight in WEIGHTS:
            for half_life in HALF_LIVES:
                yield name, f"{weight:g}", f"{half_life:g}", of(likes, weight, half_life)


def measured(answer: Profile, room: Room, asked: Sequence[Moment]) -> Floats:
    """NDCG@20 of each question, (m,)."""
    answers = iter([answer(moment) for moment in asked])
    relevant = sp.lil_matrix((len(asked), len(room.songs)), dtype=bool)
    for place, moment in enumerate(asked):
        relevant[place, moment.coming] = True
    cases = Cases(np.zeros((len(asked), 1), np.int64), relevant.tocsr())
    return ndcg(lambda _given: next(answers), cases, room.fold.listeners)


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, nargs="+", help="a history with dates (default: the built-in sample)")
    parser.add_argument("--times", type=int, default=20, help="questions to each listener, at most (default: 20)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with threadpool_limits(1):
        listens = (
            read_history(options.data, ReadSettings())[0] if options.data else simulate(read_songs(), seed=options.seed)
        )
        ratings = to_ratings(listens, "user")
        room = room_of(ratings, options.seed)
        learned = set(room.fold.split.learned.tolist())
        asked = np.array([user for user in range(ratings.plays.shape[0]) if user not in learned])
        draw = np.random.default_rng(options.seed)
        questions = list(moments(listens, ratings.songs, asked, options.times, draw))
        print(f"{listens.source}: {len(questions):,} questions to {len(asked):,} listeners; NDCG@{AT} of new songs\n")
        print(f"| profile | weight | half-life, days | NDCG@{AT} |\n|---|---|---|---|")
        for name, weight, half_life, answer in profiles(room):
            print(f"| {name} | {weight} | {half_life} | {measured(answer, room, questions).mean():.4f} |", flush=True)


if __name__ == "__main__":
    main()
