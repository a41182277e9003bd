"""The strongest singular triplets of a large sparse matrix: single precision, few passes over its entries, both cores.

Subspace iteration from random directions (Halko, Martinsson and Tropp 2011) with the shift of dashSVD (Feng et al.
2024), which sharpens the weak directions as much as twice the passes would. The products are with the Gram matrix of
the matrix's smaller side, which is never made: part by part of the larger side, so that no dense matrix is as tall as
that side until the last step. scikit-learn's randomized_svd orthogonalises both sides after each pass instead, in
double precision: more than ten times the work for the same recommendations (`python -m benchmarks.training`).
"""

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from training.data.ratings import Matrix

_PASSES: Final = 4
_SPARE: Final = 10  # directions beyond those asked for, which make these sharper
_SMALL: Final = 64  # directions that cost nothing worth saving; a matrix no wider is factorised exactly
_WORTH_THREADS: Final = 2_000_000  # multiplications in a pass
_NOTHING: Final = 1e-4  # of the strongest: below it single precision knows no direction

Floats: TypeAlias = npt.NDArray[np.float32]
Product: TypeAlias = Callable[[Callable[[Matrix], Floats]], Iterator[Floats]]


@dataclass(frozen=True)
class Factorisation:
    """V: (n, d) float32 right singular vectors, strongest first; strength: (d,) singular values, the first is 1."""

    vectors: Floats
    strength: npt.NDArray[np.float64]


def factorise(matrix: Matrix, factors: int, seed: int) -> Factorisation:
    """The strongest `factors` right singular triplets of (rows, n) CSR; deterministic for a seed.

    factors: at most the smaller side of the matrix. Directions weaker than 1e-4 of the strongest are zeros.
    """
    songs_are_many = matrix.shape[1] > matrix.shape[0]
    tall = sp.csr_matrix((matrix.T if songs_are_many else matrix).astype(np.float32))
    width = min(max(factors + _SPARE, _SMALL), tall.shape[1])
    with _parts(tall, width) as each:
        basis = _strongest(each, tall.shape[1], width, seed)
        shadow = np.concatenate(list(each(lambda part: np.asarray(part @ basis))))
    squares, turn = np.linalg.eigh((shadow.T @ shadow).astype(np.float64))
    strength = np.sqrt(np.maximum(squares[::-1][:factors], 0.0))
    strength /= max(float(strength[0]), np.finfo(np.float64).tiny)
    strength[strength < _NOTHING] = 0.0
    turned = turn[:, ::-1][:, :factors].astype(np.float32)
    if not songs_are_many:
        return Factorisation(basis @ (turned * (strength > 0)), strength)
    scale = np.sqrt(max(float(squares[-1]), np.finfo(np.float64).tiny)) * strength
    inverse = np.divide(1.0, scale, out=np.zeros_like(scale), where=strength > 0)
    return Factorisation(shadow @ (turned * inverse.astype(np.float32)), strength)


def _strongest(each: Product, side: int, width: int, seed: int) -> Floats:
    """An orthonormal (side, width) basis close to the strongest directions of the Gram matrix."""
    shift = 0.0
    start = np.random.default_rng(seed).standard_normal((side, width), np.float32)
    basis, _ = _orthogonal(start)
    for _ in range(_PASSES):
        image = -np.float32(shift) * basis
        for product in each(lambda part: np.asarray(part.T @ (part @ basis))):  # noqa: B023  used in this pass alone
            image += product
        basis, triangle = _orthogonal(image)
        # all eigenvalues but those below the shift keep their order, and the gaps between them grow
        weakest = float(np.linalg.svd(triangle, compute_uv=False)[-1])
        shift = max(shift, (shift + weakest) / 2)
    orthonormal: Floats = np.linalg.qr(basis)[0]
    return orthonormal


def _orthogonal(image: Floats) -> tuple[Floats, npt.NDArray[np.floating]]:
    """`image` as a nearly orthonormal basis and the triangle that leads back to it, by Cholesky's QR.

    Much faster than Householder's, and good enough between passes; not where columns depend on each other.
    """
    double = image.astype(np.float64)
    try:
        triangle = np.linalg.cholesky(double.T @ double).T
    except np.linalg.LinAlgError:
        basis, small = np.linalg.qr(image)
        return basis, small
    return image @ np.linalg.inv(triangle).astype(np.float32), triangle


@contextmanager
def _parts(tall: Matrix, width: int) -> Iterator[Product]:
    """A map over parts of the matrix's rows, one a core where there is enough of it; SciPy's products hold no GIL."""
    cores = (os.cpu_count() or 1) if tall.nnz * width > _WORTH_THREADS else 1
    edges = np.searchsorted(tall.indptr, np.linspace(0, tall.nnz, cores + 1)[1:-1])
    edges = np.concatenate([[0], edges, [tall.shape[0]]])
    parts = [tall[start:stop] for start, stop in itertools.pairwise(edges)]
    if cores == 1:
        yield lambda function: map(function, parts)
        return
    with ThreadPoolExecutor(cores) as pool:
        yield lambda function: pool.map(function, parts)
