"""FAISS indexes: the exact Flat one, and for catalogs that outgrow it any other, measured against Flat."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

from artifact_set.manifest import IndexReport
from errors import ArtifactError, DamagedSet

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

FLAT = "Flat"
_QUERIES = 200
_SONGS_OF_A_PROFILE = 5
_NEIGHBOURHOOD = 50  # a profile's songs are taken from so many neighbours of one song: tastes are not random
_K = 50
_ENOUGH = 0.97  # recall@50 at which the search effort is no longer raised
_AT_ONCE = 8  # numbers that FAISS reads of a quantised vector at a time
_EFFORTS = {"nprobe": 1, "efSearch": 16}  # what to raise, by doubling, and from where


class BadFactory(ArtifactError):
    """A FAISS index-factory string that cannot be used for these vectors."""


class _Measured(NamedTuple):
    rows: npt.NDArray[np.int64]
    milliseconds: float


def aligned(vectors: Floats, factory: str) -> Floats:
    """The vectors with columns of zeros up to a multiple of 8, for every factory but Flat.

    FAISS reads scalar-quantised vectors eight numbers at a time, or else one by one, which takes eight times as long
    (`python -m benchmarks.indexes --dimensions 65`, with and without `--unaligned`). Distances stay what they are.
    """
    missing = -vectors.shape[1] % _AT_ONCE
    if factory == FLAT or not missing:
        return vectors
    return np.hstack([vectors, np.zeros((len(vectors), missing), np.float32)])


def make_index(vectors: Floats, factory: str) -> tuple[faiss.Index, IndexReport | None]:
    """An index over unit vectors (n, d); for any factory but Flat also what it gains and costs. Raises BadFactory."""
    if factory == FLAT:
        flat = faiss.IndexFlatL2(vectors.shape[1])
        flat.add(vectors)
        return flat, None
    began = time.perf_counter()
    try:
        index = faiss.index_factory(vectors.shape[1], factory, faiss.METRIC_L2)
        if not index.is_trained:
            index.train(vectors)
        index.add(vectors)
    except RuntimeError as exc:
        reason = str(exc).splitlines()[-1].strip()
        shape = f"{len(vectors):,} vectors of {vectors.shape[1]} dimensions"
        msg = f"--factory {factory!r} does not work for {shape}: {reason}"
        raise BadFactory(msg) from exc
    return index, _tune(index, vectors, factory, time.perf_counter() - began)


def write_index(index: faiss.Index, path: Path) -> None:
    """Write a FAISS index through a file of Python's: FAISS's own also writes to stderr. Raises OSError."""
    try:
        with path.open("wb") as file:
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
    except RuntimeError as exc:
        msg = f"{path} cannot be written: {str(exc).splitlines()[-1].strip()}"
        raise OSError(msg) from exc


def read_index(path: Path) -> faiss.Index:
    """The FAISS index in a file, mapped rather than read. Raises DamagedSet."""
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as exc:
        msg = f"{path} cannot be read as a FAISS index: rebuild with python build_vector_db.py"
        raise DamagedSet(msg) from exc


def _tune(index: faiss.Index, vectors: Floats, factory: str, build_seconds: float) -> IndexReport:
    """Raise the index's search effort until recall is enough or effort is no longer rewarded, and say what it cost."""
    queries = _profiles(vectors)
    truth = _timed(lambda query, k: faiss.knn(query, vectors, k)[1], queries, len(vectors))  # as Flat, without a copy
    effort, found = "", _search(index, queries)
    recall = _recall(found.rows, truth.rows)
    for name, start in _EFFORTS.items():
        value = start
        while recall < _ENOUGH and value <= len(vectors):
            try:
                faiss.ParameterSpace().set_index_parameter(index, name, value)
            except RuntimeError:
                break  # not a parameter of this kind of index
            effort, found = f"{name}={value}", _search(index, queries)
            before, recall = recall, _recall(found.rows, truth.rows)
            if value > start and recall < before + 1e-4 and recall < _ENOUGH and value >= 1024:
                break
            value *= 2
    return IndexReport(
        factory=factory,
        effort=effort,
        recall_at_50=recall,
        bytes=_bytes(index),
        flat_bytes=vectors.nbytes,
        build_seconds=build_seconds,
        query_ms=found.milliseconds,
        flat_query_ms=truth.milliseconds,
    )


def _profiles(vectors: Floats) -> Floats:
    """(m, d) unit queries as listeners make them: the mean of five songs out of one neighbourhood."""
    rng = np.random.default_rng(0)
    centres = rng.permutation(len(vectors))[:_QUERIES]
    _, near = faiss.knn(vectors[centres], vectors, min(_NEIGHBOURHOOD, len(vectors)))
    songs = rng.permuted(near, axis=1)[:, :_SONGS_OF_A_PROFILE]
    means = vectors[songs].mean(axis=1)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def _search(index: faiss.Index, queries: Floats) -> _Measured:
    return _timed(lambda query, k: index.search(query, k)[1], queries, int(index.ntotal))


def _timed(search: Callable[[Floats, int], Rows], queries: Floats, songs: int) -> _Measured:
    """One query at a time on one thread, as the API asks."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        k = min(_K, songs)
        began = time.perf_counter()
        rows = [search(query[None], k)[0] for query in queries]
        return _Measured(np.array(rows), (time.perf_counter() - began) / len(queries) * 1000)
    finally:
        faiss.omp_set_num_threads(threads)


def _recall(found: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> float:
    return float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, truth, strict=True)]))


def _bytes(index: faiss.Index) -> int:
    with tempfile.NamedTemporaryFile() as file:
        write_index(index, Path(file.name))
        return Path(file.name).stat().st_size
