"""Should the profile move away from what is hidden? NDCG@20 of unseen listeners with and without.

    python -m benchmarks.hidden [--draws N]

The model and the listeners are those of `benchmarks.rules`. Who is asked gives 5 songs and hides 3 of the first 20
answers that they never played, which is the best guess at "not for me" that a history allows. Then they are asked
again, those songs left out, with a profile that moves away from them by a weight: 0 is what the API does, a given song
has 1.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks.relevance.scores import paired_ratio
from benchmarks.rules import room_of
from serving.ranking.recommender import Recommender
from training.data.ratings import to_ratings
from training.data.splits import Cases
from training.report.evaluation import AT, measure
from training.sample import read_songs, simulate

_GIVEN, _HIDDEN = 5, 3
_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0)


def answers(recommender: Recommender, cases: Cases, weight: float) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    """(m, 20) rows for each case, -1 where there are fewer."""
    found = np.full((len(cases), AT), -1, np.int64)
    for place, given in enumerate(cases.seeds.tolist()):
        played = set(cases.relevant[place].indices.tolist())
        shown = recommender.nearest_to(given, [1.0] * len(given), AT).rows
        hidden = [row for row in shown if row not in played][:_HIDDEN]
        weights = [1.0] * len(given) + [-weight] * len(hidden)
        rows = recommender.nearest_to([*given, *hidden], weights, AT).rows
        found[place, : len(rows)] = rows
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--draws", type=int, default=10, help="of given songs from each listener (default: 10)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with threadpool_limits(1):
        room = room_of(to_ratings(simulate(read_songs(), seed=options.seed)), options.seed)
        cases = room.fold.split.cases(_GIVEN, options.draws, options.seed)
        scores = {
            weight: measure(answers(room.recommender, cases, weight), cases, room.fold.listeners)["ndcg"]
            for weight in _WEIGHTS
        }
    print("| weight of a hidden song | NDCG@20 | against 0 |\n|---|---|---|")
    for weight, score in scores.items():
        ratio, low, high = paired_ratio(score, scores[0.0], np.random.default_rng(options.seed))
        print(f"| {-weight:g} | {score.mean():.4f} | {ratio - 1:+.2%} ({low - 1:+.2%} to {high - 1:+.2%}) |")


if __name__ == "__main__":
    main()
