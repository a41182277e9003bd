"""What a set must prove before it may serve. Each check returns what it objects to, in words."""

from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
import pyarrow.compute

from artifact_set.manifest import IndexReport, TrainingRecord

_compute: Any = pyarrow.compute  # whose stubs describe less than there is
_SAMPLE = 500
_LEAST_RECALL = 0.8  # an approximate index that finds less would be noticed by listeners
# times popularity's NDCG: what learned from shuffled songs has learned popularity, and lands a hair above or below it
_BETTER = 1.05
_LEAST_SHARE = 0.5  # of the songs that serve, for a model of the accounts' listens; songs are counted, not compared
_SAME = 1e-5  # squared distance below which two unit float32 vectors are one point

UNMEASURED = (
    "nothing could be measured: there were too few listeners or sittings to hold some out, so nobody knows whether "
    "this model recommends better than chance; what would help is more listeners, a longer history, or an export with "
    "dates, from which sittings are made"
)
ALIKE = (
    "nothing can tell whether this model recommends better than chance: those who were asked played so nearly the same "
    "songs that popularity alone answers almost perfectly; what would help is listeners of other tastes"
)
UNDECIDED = (UNMEASURED, ALIKE)  # a set of which nothing else is said is better than none
RANKING = "ndcg@20"
POPULARITY_RANKING = "popularity_ndcg@20"


def objections(
    vectors: npt.NDArray[np.float32],
    index: faiss.Index,
    song_ids: Any,  # noqa: ANN401  a string array: pyarrow publishes no types
    record: TrainingRecord,
    report: IndexReport | None = None,
    songs_now: int = 0,
) -> list[str]:
    """All that speaks against activating; empty where the set is sound. vectors: (n, d) as given to the index.

    An index that is not Flat may miss a neighbour now and then: it is judged by its `report` instead. songs_now: how
    many the set knows that serves, which a handful of accounts does not replace.
    """
    found = [
        *_sizes(vectors, index, song_ids),
        *_numbers(vectors),
        *_ranking(record),
        *_catalog(record, len(song_ids), songs_now),
    ]
    if report is not None:
        return found + _recall(report)
    return found or _neighbours(vectors, index, song_ids)


def _sizes(vectors: npt.NDArray[np.float32], index: faiss.Index, song_ids: Any) -> list[str]:  # noqa: ANN401
    if len(song_ids) == 0:
        return ["the model knows no song"]
    if len(_compute.unique(song_ids)) != len(song_ids):
        return ["two rows have the same song_id, so a song could be recommended for itself"]
    if not len(vectors) == index.ntotal == len(song_ids):
        return [f"{len(vectors):,} vectors, {index.ntotal:,} in the index, {len(song_ids):,} song_ids: sizes differ"]
    return []


def _numbers(vectors: npt.NDArray[np.float32]) -> list[str]:
    broken = int((~np.isfinite(vectors)).any(axis=1).sum())
    if broken:
        return [f"{broken:,} of {len(vectors):,} song vectors hold NaN or infinity"]
    lengths = np.linalg.norm(vectors, axis=1)
    if np.abs(lengths - 1).max(initial=0) > 1e-3:
        return [f"song vectors have lengths from {lengths.min():.4f} to {lengths.max():.4f}, expected 1"]
    return []


def _ranking(record: TrainingRecord) -> list[str]:
    ours, popular = record.metrics.get(RANKING), record.metrics.get(POPULARITY_RANKING)
    if ours is None or popular is None:
        return [UNMEASURED]
    if ours >= max(_BETTER * popular, 1e-9):
        return []
    if _BETTER * popular > 1 and _BETTER * ours >= popular:  # a number that no model can reach
        return [ALIKE]
    numbers = f"{RANKING} {ours:.3f}, popularity {popular:.3f}, expected {_BETTER:.2f} times as much or more"
    return [f"the model ranks no better than popularity for unseen listeners ({numbers})"]


def _catalog(record: TrainingRecord, songs: int, now: int) -> list[str]:
    if not record.parameters.get("accounts") or songs >= _LEAST_SHARE * now:
        return []
    return [
        f"it knows {songs:,} songs, {now:,} serve now: listeners have not played enough yet for a model of theirs, "
        "which takes over from half as many songs on; nothing needs doing, and --data (DATA) adds a history to theirs"
    ]


def _recall(report: IndexReport) -> list[str]:
    if report.recall_at_50 >= _LEAST_RECALL:
        return []
    return [
        f"{report.factory} finds only {report.recall_at_50:.0%} of the 50 nearest songs, expected {_LEAST_RECALL:.0%}"
    ]


def _neighbours(vectors: npt.NDArray[np.float32], index: faiss.Index, song_ids: Any) -> list[str]:  # noqa: ANN401
    """Every sampled song's nearest vector must be its own, or one that lies on the same point."""
    rows = np.random.default_rng(0).permutation(len(vectors))[:_SAMPLE]
    _, nearest = index.search(vectors[rows], 1)
    own = vectors[rows]
    theirs = vectors[nearest[:, 0]]
    strays = rows[np.square(own - theirs).sum(axis=1) > _SAME]
    if len(strays) == 0:
        return []
    return [
        f"{len(strays)} of {len(rows)} sampled songs are not nearest to themselves, "
        f"e.g. {song_ids[int(strays[0])].as_py()!r}"
    ]
