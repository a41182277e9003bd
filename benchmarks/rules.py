"""What each rule of a pleasant page costs in NDCG@20, on listeners the model never saw.

    python -m benchmarks.rules [--data LISTENS.csv.gz]

The sample has tracks, so all rules can be measured on it; another history comes beside it. The model has the
parameters that `python main.py` tries first, candidates come from FAISS through the code that serves the API, and
each rule is the function that makes the shelves. A cost of 1 % means that NDCG falls by a hundredth of its value; a
negative cost is a gain.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from artifact_set import SongVectors, to_index_vectors
from benchmarks.relevance import paired_ratio
from catalog.table import SongTable, write_table
from history import ReadSettings, read_history
from serving.ranking.diversity import one_version, spread
from serving.ranking.recommender import Ranking, Recommender
from serving.ranking.taste_clusters import interleave, tastes
from training.algorithms import algorithm
from training.algorithms.contract import SongFactors
from training.data.listens import Counts
from training.data.ratings import Ratings, Songs, to_ratings
from training.data.splits import Cases, divide
from training.report.evaluation import AT, measure
from training.sample import read_songs, simulate
from training.search.trials import Fold

_CHOICE = 6 * AT  # candidates, as many as a shelf of 20 looks at
_MANY = (20, 30)  # given songs from which on tastes are told apart
_FEW = (5, 3, 1)
Floats = npt.NDArray[np.float64]
Answer = Callable[[Sequence[int]], Ranking]


@dataclass(frozen=True)
class Room:
    """Everything an answer is made of: the songs, who recommends, and the listeners who are asked."""

    songs: SongTable
    recommender: Recommender
    fold: Fold


def room_of(ratings: Ratings, seed: int) -> Room:
    """Learn from four fifths of the listeners; the others will be asked."""
    holdout = divide(ratings.plays, 3, seed)
    if holdout.test is None:
        raise SystemExit("too few listeners: expected at least 100 with 10 songs of 5 listeners each")
    fold = Fold.of(ratings.plays, holdout.test)
    of = algorithm("puresvd")
    model = of.fit(fold.learned, of.defaults(fold.learned)[0], seed)
    return Room(_table(ratings.songs), Recommender(_vectors(model), fold.listeners), fold)


def _vectors(model: SongFactors) -> SongVectors:
    vectors = to_index_vectors(model.factors, model.similarity)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(vectors)
    return SongVectors(index, factors=model.factors.shape[1])


def _table(songs: Songs) -> SongTable:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog"
        write_table(path, songs.artists, songs.tracks, songs.plays, songs.listeners)
        return SongTable.open(path)


def answers_by_rule(room: Room) -> dict[str, Answer]:
    """Each way to answer given songs; the first has no rule."""

    def near(given: Sequence[int]) -> Ranking:
        return room.recommender.for_profile(given, [], 1.0, _CHOICE)

    def single(given: Sequence[int]) -> Ranking:
        return one_version(near(given), room.songs.song_code, given)

    def few_of_an_artist(candidates: Ranking, given: Sequence[int]) -> Ranking:
        own = room.songs.credits(int(given[0])) if len(given) == 1 else ()
        return spread(candidates, room.songs.credits, AT, own)

    return {
        "none": near,
        "one version of a song": single,
        "at most 2 songs of an artist": lambda given: few_of_an_artist(near(given), given),
        "both": lambda given: few_of_an_artist(single(given), given),
    }


def mixed(room: Room) -> Answer:
    """One answer from an answer to each taste."""

    def answer(given: Sequence[int]) -> Ranking:
        groups = [[given[i] for i in group] for group in tastes(room.recommender.directions_of(given))]
        each = [room.recommender.for_profile(group, [], 1.0, _CHOICE, given) for group in groups]
        return interleave(each, [len(group) / len(given) for group in groups])

    return answer


def ndcg(answer: Answer, cases: Cases, listeners: Counts) -> Floats:
    """NDCG@20 of each case, (m,)."""
    found = np.full((len(cases), AT), -1, np.int64)
    for place, given in enumerate(cases.seeds.tolist()):
        rows = answer(given).rows[:AT]
        found[place, : len(rows)] = rows
    return measure(found, cases, listeners)["ndcg"]


def rows_of(name: str, room: Room, draws: int, seed: int) -> Iterator[str]:
    """The lines of the table."""
    rules = answers_by_rule(room)
    none = rules.pop("none")
    asked = [(k, rules) for k in _FEW] + [(k, {"an answer to each taste": mixed(room)}) for k in _MANY]
    for k, tried in asked:
        cases = room.fold.split.cases(k, draws, seed)
        if not len(cases):
            continue
        before = ndcg(none, cases, room.fold.listeners)
        for rule, answer in tried.items():
            after = ndcg(answer, cases, room.fold.listeners)
            ratio, low, high = paired_ratio(after, before, np.random.default_rng(seed))
            cost = f"{1 - ratio:+.1%} ({1 - high:+.1%} to {1 - low:+.1%})"
            yield f"| {name} | {k} | {rule} | {before.mean():.3f} | {after.mean():.3f} | {cost} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each rule and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="histories besides the sample")
    parser.add_argument("--draws", type=int, default=30, help="of given songs from each listener (default: 30)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    print("| data | given songs | rule | NDCG@20 without | with it | cost |\n|---|---|---|---|---|---|")
    with threadpool_limits(1):
        for path in [None, *options.data]:
            listens = read_history([path], ReadSettings())[0] if path else simulate(read_songs(), seed=options.seed)
            room = room_of(to_ratings(listens), options.seed)
            for line in rows_of(path.name if path else "sample", room, options.draws, options.seed):
                print(line, flush=True)


if __name__ == "__main__":
    main()
