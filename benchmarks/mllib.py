"""Our factorisation on Spark beside what Spark's own MLlib offers, on one history and two cores.

    python -m benchmarks.mllib [--data LISTENS.csv.gz]

Each way learns from the listeners who are not asked, in a process tree of its own, and is asked for the others' songs:
ours in memory and on Spark, `RowMatrix.computeSVD` of the same matrix, and `ALS` with implicit feedback, whose unseen
listeners' factors are solved for from their seeds (Hu, Koren and Volinsky 2008). Wall time is that of learning alone,
CPU that of the whole process tree, a JVM's start with it. Needs requirements-spark.txt and Java 17.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pyspark.ml.recommendation import ALS
from pyspark.mllib.linalg import Vectors
from pyspark.mllib.linalg.distributed import RowMatrix
from pyspark.sql import SparkSession
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

from benchmarks.relevance.histories import HETREC, read_history
from benchmarks.scale import REPOSITORY, run
from training.algorithms import grid
from training.algorithms.factorisation import Factorisation, factorise, factorise_parts
from training.algorithms.puresvd import listeners_of, scaled
from training.algorithms.shape import placed, shaped
from training.data.listens import Counts
from training.data.ratings import Matrix
from training.data.splits import divide
from training.report.evaluation import Score, evaluate, served
from training.search.trials import Fold
from training.spark.parts import SparkParts
from training.spark.session import session

_PARAMETERS = grid.STARTS[0]
_FACTORS = int(_PARAMETERS["factors"])
_ITERATIONS = 4  # of ALS
_CONFIDENCE = 10.0  # ALS' alpha
_REGULARISATION = 0.1
_HALVES = 2
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Learn = Callable[[SparkSession | None, Matrix], Score]


def _by_triplets(triplets: Callable[[SparkSession | None, Matrix], Factorisation]) -> Learn:
    """Ours in all but who factorises the matrix."""

    def learn(spark: SparkSession | None, plays: Matrix) -> Score:
        found = triplets(spark, scaled(plays, _PARAMETERS))
        return served(shaped(placed(found, listeners_of(plays), _PARAMETERS), _PARAMETERS))

    return learn


def _in_memory(_: SparkSession | None, z: Matrix) -> Factorisation:
    return factorise(z, _FACTORS, 0)


def _on_spark(spark: SparkSession | None, z: Matrix) -> Factorisation:
    assert spark is not None
    halves = [z[rows] for rows in np.array_split(np.arange(z.shape[0]), _HALVES)]
    blocks = spark.sparkContext.parallelize(list(enumerate(halves)), _HALVES)
    return factorise_parts(SparkParts(blocks, tuple(half.shape[0] for half in halves), z.shape[1]), _FACTORS, 0)


def _by_mllib(spark: SparkSession | None, z: Matrix) -> Factorisation:
    assert spark is not None
    ends = zip(z.indptr, z.indptr[1:], strict=False)
    rows = [Vectors.sparse(z.shape[1], z.indices[a:b].tolist(), z.data[a:b].tolist()) for a, b in ends]
    found = RowMatrix(spark.sparkContext.parallelize(rows, _HALVES)).computeSVD(_FACTORS)
    strength = found.s.toArray()
    return Factorisation(found.V.toArray().astype(np.float32), strength / strength[0])


def _by_als(spark: SparkSession | None, plays: Matrix) -> Score:
    assert spark is not None
    pairs = plays.tocoo()
    columns = zip(pairs.row.tolist(), pairs.col.tolist(), pairs.data.tolist(), strict=True)
    frame = spark.createDataFrame(columns, "user int, song int, plays double")
    als = ALS(
        rank=_FACTORS,
        maxIter=_ITERATIONS,
        regParam=_REGULARISATION,
        implicitPrefs=True,
        alpha=_CONFIDENCE,
        userCol="user",
        itemCol="song",
        ratingCol="ones",
        seed=0,
    )
    found = als.fit(frame.selectExpr("user", "song", "1.0 as ones")).itemFactors.collect()
    songs = np.zeros((plays.shape[1], _FACTORS), np.float32)
    songs[[row["id"] for row in found]] = [row["features"] for row in found]
    gram = songs.T @ songs + np.float32(_REGULARISATION) * np.eye(_FACTORS, dtype=np.float32)

    def score(seeds: Counts) -> Floats:
        given = songs[seeds]
        system = gram + _CONFIDENCE * np.einsum("mki,mkj->mij", given, given)
        listeners = np.linalg.solve(system, (1 + _CONFIDENCE) * given.sum(axis=1)[:, :, None])[:, :, 0]
        return np.asarray(listeners @ songs.T, np.float32)

    return score


_WAYS: dict[str, Learn] = {
    "ours, in memory": _by_triplets(_in_memory),
    "ours, on Spark": _by_triplets(_on_spark),
    "MLlib's computeSVD": _by_triplets(_by_mllib),
    "MLlib's ALS": _by_als,
}


def _measure(name: str, data: Path) -> None:
    """Learn in one way, and print what it took and what it is worth."""
    plays = read_history(data)
    holdout = divide(plays, 3, 0)
    if holdout.test is None:
        raise SystemExit("too few listeners: expected at least 100 with 10 songs of 5 listeners each")
    fold = Fold.of(plays, holdout.test)
    with threadpool_limits(1):
        if name == "ours, in memory":
            score, seconds = _timed(_WAYS[name], None, fold.learned)
        else:
            with session(f"local[{_HALVES}]") as spark:
                score, seconds = _timed(_WAYS[name], spark, fold.learned)
        metrics = evaluate(score, fold.split, fold.listeners, draws=5)
    cells = [f"{metrics[f'ndcg@20{seeds}']:.4f}" for seeds in ("", "_3_seeds", "_1_seed")]
    print(f"| {name} | {seconds:.1f} | {' | '.join(cells)} |", end="", flush=True)


def _timed(learn: Learn, spark: SparkSession | None, plays: Matrix) -> tuple[Score, float]:
    if spark is not None:  # its executors' first task starts Python
        spark.sparkContext.parallelize(range(_HALVES), _HALVES).map(abs).sum()
    began = time.perf_counter()
    score = learn(spark, plays)
    return score, time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    """Run each way in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HETREC)
    parser.add_argument("--way", choices=_WAYS, help="measure this one here, without its CPU")
    options = parser.parse_args(arguments)
    if options.way:
        _measure(options.way, options.data)
        return
    print("| | learning, s | NDCG@20, 5 seeds | 3 seeds | 1 seed | CPU, s | peak memory, GiB |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in _WAYS:
        cost = run(["-m", "benchmarks.mllib", "--way", name, "--data", str(options.data.resolve())], REPOSITORY)
        print(f" {cost.cpu:.0f} | {cost.peak / 2**30:.2f} |", flush=True)


if __name__ == "__main__":
    main()
