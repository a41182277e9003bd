"""What each rule of a pleasant page costs in NDCG@20, on listeners the model never saw.

    python -m benchmarks.rules [--data LISTENS.csv.gz]

The sample has tracks, so all rules can be measured on it; another history comes beside it. The model has the
parameters that `python main.py` tries first, candidates come from FAISS through the code that serves the API, and
each rule is the function that makes the shelves. A cost of 1 % means that NDCG falls by a hundredth of its value; a
negative cost is a gain.

A second table says what people notice beside it, with the rules of the page off and on, in answers of twenty songs:
diversity, the mean cosine distance of two songs of an answer (Ziegler et al. 2005); novelty, the mean self-information
-log2 of the share of listeners who know a song, in bits (Vargas and Castells 2011); the share of answers from the long
tail (all but the fewest songs that have half of all listeners, Celma 2008); and how many of the twenty are by an artist
who stands in the answer already.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from artifact_set import SongVectors, to_index_vectors
from benchmarks.relevance.scores import paired_ratio
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
_NOTICED = (
    "| data | given songs | rules | NDCG@20 | diversity | novelty, bits | long tail | artist repeated |\n"
    "|---|---|---|---|---|---|---|---|"
)
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
    return SongVectors(
        index, factors=model.factors.shape[1], seed_weights=model.seed_weights, taste_weights=model.taste_weights
    )


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


def found_by(answer: Answer, cases: Cases) -> Counts:
    """The first 20 rows of each answer, (m, 20); -1 where there are fewer."""
    found = np.full((len(cases), AT), -1, np.int64)
    for place, given in enumerate(cases.seeds.tolist()):
        rows = answer(given).rows[:AT]
        found[place, : len(rows)] = rows
    return found


def ndcg(answer: Answer, cases: Cases, listeners: Counts) -> Floats:
    """NDCG@20 of each case, (m,)."""
    return measure(found_by(answer, cases), cases, listeners)["ndcg"]


class Noticed(NamedTuple):
    """What people notice of answers, means: cosine distance, bits, shares of an answer."""

    diversity: float
    novelty: float
    long_tail: float
    repeated: float


def noticed(found: Counts, room: Room) -> Noticed:
    """What people notice of (m, k) answers. Answers with fewer than two songs are left out."""
    answered = [row[row >= 0] for row in found]
    each = [_noticed(rows, room) for rows in answered if len(rows) > 1]
    return Noticed(*np.mean(each, axis=0).tolist())


def _noticed(rows: Counts, room: Room) -> Noticed:
    directions = room.recommender.directions_of(rows.tolist())
    pairs = len(rows) * (len(rows) - 1)
    alike = (float(np.square(directions.sum(axis=0)).sum()) - float(np.square(directions).sum())) / pairs
    known = np.maximum(room.fold.listeners[rows], 1) / room.fold.learned.shape[0]
    artists = len(np.unique(room.songs.artist_code[rows]))
    return Noticed(
        diversity=1.0 - alike,
        novelty=float(-np.log2(known).mean()),
        long_tail=float((rows >= room.recommender.long_tail).mean()),
        repeated=1.0 - artists / len(rows),
    )


def noticed_rows(name: str, room: Room, draws: int, seed: int) -> Iterator[str]:
    """The lines of the second table."""
    rules = answers_by_rule(room)
    for k in _FEW:
        cases = room.fold.split.cases(k, draws, seed)
        for rule, title in (("none", "off"), ("both", "on")):
            found = found_by(rules[rule], cases)
            reached = measure(found, cases, room.fold.listeners)["ndcg"].mean()
            seen = noticed(found, room)
            cells = f"{reached:.3f} | {seen.diversity:.3f} | {seen.novelty:.2f} | {seen.long_tail:.1%}"
            yield f"| {name} | {k} | {title} | {cells} | {seen.repeated:.1%} |"


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
    second: list[str] = []
    with threadpool_limits(1):
        for path in [None, *options.data]:
            listens = read_history([path], ReadSettings())[0] if path else simulate(read_songs(), seed=options.seed)
            room = room_of(to_ratings(listens), options.seed)
            name = path.name if path else "sample"
            for line in rows_of(name, room, options.draws, options.seed):
                print(line, flush=True)
            second += noticed_rows(name, room, options.draws, options.seed)
    print(f"\n{_NOTICED}\n" + "\n".join(second))


if __name__ == "__main__":
    main()
