"""How good recommendations are, asked of unseen listeners in exactly the space that serves.

A listener's k seed songs make the profile, the nearest songs to it are the answer, the listener's other songs are
what should be in it. All metrics lie in 0..1, relevance is binary, and the seeds themselves are never answers.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.algorithms.contract import SongFactors
from training.data.listens import Counts
from training.data.splits import Cases, Split
from training.report.nearest import BLOCK_SONGS, Popular, Served

AT = 20  # the length of an answer
STANDARD_ERROR = f"standard_error_of_ndcg@{AT}"

_LEAST = 0.01
_BLOCK_CELLS = 1 << 25  # scores held at once: 128 MB of float32
Doubles = npt.NDArray[np.float64]
Score = Callable[[Counts], npt.NDArray[np.floating]]


def served(model: SongFactors) -> Served:
    """Scores of all songs, (m, n), for seeds (m, k), as the index ranks them."""
    return Served.of(model)


def by_popularity(listeners: Counts) -> Popular:
    """The baseline: the most listened songs for everyone. listeners: (n,) counted on what was learned from."""
    return Popular(listeners)


def answers(score: Score, cases: Cases, at: int = AT) -> Counts:
    """The best songs of each case, (m, at) columns, best first; -1 where there are no more songs."""
    songs = cases.relevant.shape[1]
    if isinstance(score, Served | Popular) and songs > max(BLOCK_SONGS, at + cases.seeds.shape[1]):
        return score.nearest(cases.seeds, at)
    step = max(1, _BLOCK_CELLS // max(songs, 1))
    found = np.full((len(cases), at), -1, np.int64)
    top = min(at, songs)
    for start in range(0, len(cases), step):
        seeds = cases.seeds[start : start + step]
        scores = np.array(score(seeds), np.float32)
        np.put_along_axis(scores, seeds, -np.inf, axis=1)
        # nearest first, the more popular (the lower row) among equals, as FAISS orders equal distances
        best = np.sort(np.argpartition(-scores, top - 1, axis=1)[:, :top], axis=1)
        values = np.take_along_axis(scores, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        best = np.where(
            np.take_along_axis(values, order, axis=1) > -np.inf, np.take_along_axis(best, order, axis=1), -1
        )
        found[start : start + step, :top] = best
    return found


def measure(found: Counts, cases: Cases, listeners: Counts) -> dict[str, npt.NDArray[np.float64]]:
    """Each metric of each case, (m,): ndcg, recall, mrr, hit_rate, and popularity_bias.

    found: (m, at) answers; listeners: (n,). NDCG has binary gains and log2 discounts, its ideal list is as long as
    there are relevant songs, `at` at most (Järvelin and Kekäläinen 2002). Popularity bias is the mean percentile
    of the answers by listeners: 1 means the most popular songs alone, 0.5 no preference.
    """
    at = found.shape[1]
    hits = _hits(found, cases)
    relevant = np.diff(cases.relevant.indptr)
    discounts = 1.0 / np.log2(np.arange(2, at + 2))
    ideal = np.cumsum(discounts)[np.minimum(relevant, at) - 1]
    first = np.where(hits.any(axis=1), hits.argmax(axis=1) + 1.0, np.inf)
    percentile = np.empty(len(listeners))
    percentile[np.argsort(listeners, kind="stable")] = np.linspace(0.0, 1.0, len(listeners))
    return {
        "ndcg": (hits * discounts).sum(axis=1) / ideal,
        "recall": hits.sum(axis=1) / np.minimum(relevant, at),
        "mrr": 1.0 / first,
        "hit_rate": hits.any(axis=1).astype(np.float64),
        "popularity_bias": percentile[found].mean(axis=1, where=found >= 0),
    }


def _hits(found: Counts, cases: Cases) -> npt.NDArray[np.bool_]:
    """(m, at) whether an answer is relevant."""
    songs = cases.relevant.shape[1]
    keys = np.repeat(np.arange(len(cases)), np.diff(cases.relevant.indptr)) * songs + cases.relevant.indices
    asked = np.arange(len(cases))[:, None] * songs + found
    return np.isin(asked, keys) & (found >= 0)


def evaluate(score: Score, split: Split, listeners: Counts, draws: int = 1, seed: int = 0) -> dict[str, float]:
    """All metrics for the split's numbers of seed songs, averaged over listeners and draws.

    Names read `ndcg@20` with 5 seeds (or the most that listeners have songs for), `ndcg@20_3_seeds`,
    `ndcg@20_1_seed`; beside the first stands its standard error over listeners, and `coverage@20` is the share of
    songs that stand in any answer.
    """
    metrics: dict[str, float] = {}
    for place, k in enumerate(split.seed_counts):
        suffix = "" if place == 0 else f"_{k}_seed{'s' if k > 1 else ''}"
        cases = split.cases(k, draws, seed)
        found = answers(score, cases)
        for name, values in measure(found, cases, listeners).items():
            metrics[f"{name}@{AT}{suffix}"] = float(values.mean())
            if name == "ndcg" and not suffix:
                metrics[STANDARD_ERROR] = _standard_error(values.reshape(draws, -1))
        metrics[f"coverage@{AT}{suffix}"] = len(np.unique(found[found >= 0])) / cases.relevant.shape[1]
    return metrics


def _standard_error(values: Doubles) -> float:
    """Of the mean over listeners, of (draws, listeners) values: draws of one listener depend on each other."""
    of_each = values.mean(axis=0)
    return float(of_each.std() / np.sqrt(max(1, len(of_each))))


def mean_of_folds(folds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Each metric's mean over folds that ask other listeners each; standard errors become those of the means."""
    means: dict[str, float] = {}
    for name in folds[0]:
        values = np.array([fold[name] for fold in folds])
        mean = np.linalg.norm(values) / len(folds) if name.endswith(STANDARD_ERROR) else values.mean()
        means[name] = float(mean)
    return means


def objective(metrics: dict[str, float], popularity: dict[str, float]) -> float:
    """What `--select-by ndcg` maximises, from the metrics of a model and of popularity: see `mean_ratio`."""
    asked = [name for name in metrics if name.startswith(f"ndcg@{AT}")]
    ours, popular = (np.array([each[name] for name in asked]) for each in (metrics, popularity))
    return float(mean_ratio(ours, popular))


def mean_ratio(ndcg: Doubles, popularity: Doubles) -> Doubles:
    """The geometric mean over numbers of seeds, the last axis, of NDCG as a multiple of popularity's.

    The app asks with 5, 3 and 1 seeds. A hundredth more with one of them is worth a hundredth more with another, so
    that none is sold for another whose questions are easier. Below 0.01 an NDCG counts as 0.01.
    """
    ratios = np.maximum(ndcg, _LEAST) / np.maximum(popularity, _LEAST)
    return np.asarray(np.exp(np.log(ratios).mean(axis=-1)))
