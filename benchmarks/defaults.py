"""What the first guess of `python main.py` loses on each of several histories against a search of each alone.

    python -m benchmarks.defaults [--data LISTENS.csv.gz …] [--search]

The built-in sample and simulated sittings come by themselves; HetRec and MovieLens 100K, as benchmarks/relevance
reads them, with --data. Everything is measured on the folds that choose; the listeners of final numbers are not
asked. --search looks for the best compromise: from the present default, one parameter at a time, for the largest mean
over histories of the logarithm of the objective.
"""

import argparse
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks import sittings
from benchmarks.relevance.histories import read_history
from training.algorithms import Parameters, grid
from training.algorithms.puresvd import PureSVD, most_factors
from training.data.ratings import Matrix, to_ratings
from training.data.splits import divide
from training.sample import read_songs, simulate
from training.search.matrices import Matrices
from training.search.screen import Questions, values
from training.search.trials import Bench
from training.search.workers import Workers

_FOLDS = 3
_RANK = 256


class Room:
    """One history: its folds and what is asked of them."""

    def __init__(self, name: str, plays: Matrix, seed: int) -> None:
        self.name = name
        self._of = PureSVD()
        with Workers(parallel=False) as workers:
            self.bench = Bench(plays, divide(plays, _FOLDS, seed), _FOLDS, seed, workers)
        self._most = min(most_factors(fold.learned) for fold in self.bench.folds)

    @cached_property
    def _asked(self) -> list[Questions]:
        bench = self.bench
        return [Questions(fold, bench.floor, bench.draws, bench.seed) for fold in bench.folds]

    def best(self, matrices: int) -> float:
        """The objective of the best that a search of this history alone finds."""
        search = Matrices(PureSVD(), self.bench)
        looked = [search.look_at_next() for _ in range(matrices)]
        return max(each.best.value for each in looked if each is not None and not each.left)

    def values(self, shapes: Sequence[Parameters]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """The objective of shapes of one matrix, (shapes,), mean of the folds."""
        within = [grid.within(shape, self._most) for shape in shapes]
        rank = min(self._most, _RANK)
        folds = []
        for asked, fold in zip(self._asked, self.bench.folds, strict=True):
            parts = self._of.factorised(fold.learned, shapes[0], rank, self.bench.seed)
            folds.append(asked.value(values(asked, parts, within)))
        return np.asarray(np.mean(folds, axis=0))


def rooms(data: Sequence[Path], seed: int) -> Iterator[Room]:
    """All histories."""
    yield Room("sample", to_ratings(simulate(read_songs(), seed=seed)).plays, seed)
    yield Room("sittings", to_ratings(sittings.history(seed, shared=True)).plays, seed)
    for path in data:
        yield Room(path.name, read_history(path), seed)


def compromise(every: Sequence[Room], steps: int) -> Iterator[tuple[float, Parameters]]:
    """Better and better parameters for all histories, with the mean logarithm of the objective."""

    def worth(shapes: Sequence[Parameters]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(np.mean([np.log(room.values(shapes)) for room in every], axis=0))

    def descended(best: Parameters) -> tuple[float, Parameters]:
        value = float(worth([best])[0])
        before = -np.inf
        while value > before:
            before = value
            for axis in grid.SHAPE:
                shapes = grid.nearby_shapes(best, axis, _RANK)
                found = worth(shapes) if shapes else np.array([-np.inf])
                if found.max() > value:
                    value, best = float(found.max()), shapes[int(found.argmax())]
        return value, best

    value, best = descended(grid.STARTS[0])
    yield value, best
    for _ in range(steps):
        around = list(grid.nearby_matrices(best))
        first = [float(worth([parameters])[0]) for parameters in around]
        next_value, following = descended(around[int(np.argmax(first))])
        if next_value <= value:
            return
        value, best = next_value, following
        yield value, best


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the defaults and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="histories besides the sample and sittings")
    parser.add_argument("--trials", type=int, default=20, help="matrices of each search (default: 20)")
    parser.add_argument("--search", action="store_true", help="look for a better compromise")
    parser.add_argument("--steps", type=int, default=6, help="matrices that the compromise moves on by (default: 6)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with threadpool_limits(1):
        every = list(rooms(options.data, options.seed))
        if options.search:
            for value, parameters in compromise(every, options.steps):
                print(f"{np.exp(value):.4f} {parameters}", flush=True)
            return
        print("| history | best found | first guess | regret | best of the first guesses | regret |")
        print("|---|---|---|---|---|---|")
        for room in every:
            best = room.best(options.trials)
            starts = [float(room.values([start])[0]) for start in grid.STARTS]
            cells = [f"{value:.3f} | {1 - value / best:.1%}" for value in (starts[0], max(starts))]
            print(f"| {room.name} | {best:.3f} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
