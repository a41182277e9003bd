"""Time and memory of training as data grow, beside Surprise's SVD and implicit's ALS.

    python -m benchmarks.training --pairs 1000000 10000000

Each fit runs alone in a fresh process. Listeners have 100 songs on average, songs follow Zipf's law, and there is a
song for every ten pairs: ten million pairs are a million songs. All learn 100 factors; ours has the other parameters
that `python main.py` tries first (and is timed with its own 64 factors as well), ALS its usual 15 iterations,
Surprise's SVD 20 epochs. Time is the fit alone, from a matrix of play counts (Surprise: from its own training set,
whose making is printed apart). Ours and ALS use all cores, Surprise's SVD knows one. Needs requirements-bench.txt.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from training.algorithms import algorithm
from training.data.ratings import Matrix

MODELS = ("ours", "ours, 64 factors", "iALS", "SVD")
_A_LISTENER = 100
_FACTORS = 100


class Measured(NamedTuple):
    """Seconds to prepare the library's own form of the data, seconds to fit, and bytes at the peak."""

    prepare: float
    fit: float
    peak: int


def history(pairs: int, seed: int = 0) -> Matrix:
    """(pairs / 100, pairs / 10) play counts with about so many pairs; popularity falls as 1 / rank."""
    draw = np.random.default_rng(seed)
    listeners, songs = max(pairs // _A_LISTENER, 10), max(pairs // 10, 10)
    rows = draw.integers(0, listeners, int(pairs * 1.05))
    # the inverse of Zipf's distribution function: log-uniform ranks, a tenth of the songs for each tenth of the log
    columns = np.minimum(np.exp(draw.random(len(rows)) * np.log(songs)), songs - 1).astype(np.int64)
    mixed = (columns + (rows % 50) * (songs // 50) * (draw.random(len(rows)) < 0.7)) % songs  # fifty tastes
    plays = draw.geometric(0.3, len(rows)).astype(np.float64)
    return sp.csr_matrix(sp.coo_matrix((plays, (rows, mixed)), shape=(listeners, songs)))


def measure(model: str, pairs: int) -> Measured:
    """Fit one model in this process; BLAS with one thread, as `implicit` asks for and as training runs."""
    if model == "iALS":
        import implicit.cpu.als  # noqa: F401  loads the BLAS that is to be limited
    with threadpool_limits(1, "blas"):
        return _measure(model, pairs)


def _measure(model: str, pairs: int) -> Measured:
    plays = history(pairs)
    began = time.perf_counter()
    if model.startswith("ours"):
        of = algorithm("puresvd")
        parameters = of.defaults(plays)[0] | ({"factors": _FACTORS} if model == "ours" else {})
        prepared = time.perf_counter()
        of.fit(plays, parameters, 0)
    elif model == "iALS":
        from implicit.cpu.als import AlternatingLeastSquares

        single = plays.astype(np.float32)
        als = AlternatingLeastSquares(factors=_FACTORS, iterations=15, random_state=0)
        prepared = time.perf_counter()
        als.fit(single, show_progress=False)
    else:
        from surprise import SVD

        from training.algorithms.svd import dataset

        trainset = dataset(plays).build_full_trainset()
        prepared = time.perf_counter()
        SVD(n_factors=_FACTORS, n_epochs=20, random_state=0).fit(trainset)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Measured(prepared - began, time.perf_counter() - prepared, peak)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    options = parser.parse_args(arguments)
    print("| pairs | model | prepare, s | fit, s | against ours | peak memory, GB |\n|---|---|---|---|---|---|")
    for pairs in options.pairs:
        ours = 0.0
        for model in options.models:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                measured = pool.apply(measure, (model, pairs))
            ours = measured.fit if model == "ours" else ours
            against = f"{measured.fit / ours:.1f} x" if ours else "-"
            line = f"| {pairs:,} | {model} | {measured.prepare:.1f} | {measured.fit:.1f} | {against} |"
            print(f"{line} {measured.peak / 2**30:.2f} |", flush=True)


if __name__ == "__main__":
    main()
