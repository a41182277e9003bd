"""The strongest singular triplets of a large sparse matrix: single precision, few passes over its entries, in blocks.

Subspace iteration from random directions (Halko, Martinsson and Tropp 2011) with the shift of dashSVD (Feng et al.
2024), which sharpens the weak directions as much as twice the passes would. The products are with the Gram matrix of
the matrix's smaller side, which is never made: block by block of the larger side, so that no dense matrix is as tall
as that side until the last step. scikit-learn's randomized_svd orthogonalises both sides after each pass instead, in
double precision: more than ten times the work for the same recommendations (`python -m benchmarks.training`).

Where the blocks are, `Parts` knows: LocalParts has them in memory, a core each; training/spark/ has them on a cluster.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from training.data.ratings import Matrix

_PASSES: Final = 4
_SPARE: Final = 10  # directions beyond those asked for, which make these sharper
_SMALL: Final = 64  # directions that cost nothing worth saving; a matrix no wider is factorised exactly
_WORTH_THREADS: Final = 2_000_000  # multiplications in a pass
_NOTHING: Final = 1e-4  # of the strongest: below it single precision knows no direction
_DEPENDENT: Final = 1e-7  # of the longest column: what is left of a column beside those before it is rounding

Floats: TypeAlias = npt.NDArray[np.float32]
Doubles: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Factorisation:
    """V: (n, d) float32 right singular vectors, strongest first; strength: (d,) singular values, the first is 1."""

    vectors: Floats
    strength: Doubles


class Parts(Protocol):
    """A matrix T with at least as many rows as columns, in blocks of rows: songs x listeners or listeners x songs.

    Sums over blocks are taken in an order that the blocks alone decide, so that equal runs give equal bits.
    """

    @property
    def side(self) -> int:
        """How many columns T has."""
        ...

    @property
    def rows(self) -> int:
        """How many rows T has."""
        ...

    @property
    def songs_are_rows(self) -> bool:
        """Whether the rows are songs: songs are more than listeners."""
        ...

    def gram(self, basis: Floats, shift: float) -> Floats:
        """T^T (T basis) - shift basis. basis: (side, k); returns the same shape."""
        ...

    def shadow(self, basis: Floats) -> Floats:
        """T basis, (rows, k), asked for where the rows are songs. basis: (side, k)."""
        ...

    def back(self, songs: Floats) -> Floats:
        """T^T songs, (side, k), asked for where the rows are songs. songs: (rows, k)."""
        ...

    def squares(self, basis: Floats) -> Doubles:
        """(T basis)^T (T basis), (k, k), asked for where the rows are listeners. basis: (side, k)."""
        ...


class LocalParts:
    """A matrix in memory, one block a core where there is enough of it; SciPy's products hold no GIL."""

    def __init__(self, matrix: Matrix, width: int, cores: int | None = None) -> None:
        self.songs_are_rows = songs_are_many(matrix.shape)
        tall = sp.csr_matrix((matrix.T if self.songs_are_rows else matrix).astype(np.float32))
        self.rows, self.side = tall.shape
        if cores is None:
            cores = (os.cpu_count() or 1) if tall.nnz * width > _WORTH_THREADS else 1
        edges = np.searchsorted(tall.indptr, np.linspace(0, tall.nnz, cores + 1)[1:-1])
        edges = np.concatenate([[0], edges, [tall.shape[0]]])
        self._edges = list(itertools.pairwise(edges.tolist()))
        self._blocks = [tall[start:stop] for start, stop in self._edges]

    def gram(self, basis: Floats, shift: float) -> Floats:
        """As in Parts."""
        image = -np.float32(shift) * basis
        for product in self._each(lambda block: np.asarray(block.T @ (block @ basis))):
            image += product
        return image

    def shadow(self, basis: Floats) -> Floats:
        """As in Parts."""
        return np.concatenate(list(self._each(lambda block: np.asarray(block @ basis))))

    def back(self, songs: Floats) -> Floats:
        """As in Parts."""
        given = [songs[start:stop] for start, stop in self._edges]
        first, *others = self._each(lambda block, rows: np.asarray(block.T @ rows), given)
        for other in others:
            first += other
        return first

    def squares(self, basis: Floats) -> Doubles:
        """As in Parts."""
        return squares_of(self.shadow(basis))

    def _each(self, function: Callable[..., Floats], *given: Sequence[Floats]) -> Iterator[Floats]:
        """`function` of each block, and of what is given for it, in the blocks' order."""
        if len(self._blocks) == 1:
            yield from map(function, self._blocks, *given)
            return
        with ThreadPoolExecutor(len(self._blocks)) as pool:
            yield from pool.map(function, self._blocks, *given)


def factorise(matrix: Matrix, factors: int, seed: int) -> Factorisation:
    """The strongest `factors` right singular triplets of (rows, n) CSR; deterministic for a seed.

    factors: at most the smaller side of the matrix. Directions weaker than 1e-4 of the strongest are zeros.
    """
    return factorise_parts(LocalParts(matrix, _width(factors, min(matrix.shape))), factors, seed)


def factorise_parts(parts: Parts, factors: int, seed: int) -> Factorisation:
    """As `factorise`, of a matrix in blocks."""
    basis = _strongest(parts, _width(factors, parts.side), seed)
    if parts.songs_are_rows:
        shadow = parts.shadow(basis)
        squares, turned, strength = _turned(squares_of(shadow), factors)
        scale = np.sqrt(max(float(squares[-1]), np.finfo(np.float64).tiny)) * strength
        inverse = np.divide(1.0, scale, out=np.zeros_like(scale), where=strength > 0)
        return Factorisation(_upright(shadow @ (turned * inverse.astype(np.float32))), strength)
    _, turned, strength = _turned(parts.squares(basis), factors)
    return Factorisation(_upright(basis @ (turned * (strength > 0))), strength)


def songs_are_many(shape: tuple[int, int]) -> bool:
    """Whether a listener-song matrix has more songs than listeners, so that T is its transpose."""
    return shape[1] > shape[0]


def squares_of(shadow: Floats) -> Doubles:
    """(k, k) products of the columns of (rows, k)."""
    return np.asarray(shadow.T @ shadow, np.float64)


def _width(factors: int, side: int) -> int:
    return min(max(factors + _SPARE, _SMALL), side)


def _turned(products: Doubles, factors: int) -> tuple[Doubles, Floats, Doubles]:
    """Eigenvalues of (k, k), ascending, the turn to the strongest `factors` directions, and their strength."""
    squares, turn = np.linalg.eigh(products)
    strength = np.sqrt(np.maximum(squares[::-1][:factors], 0.0))
    strength /= max(float(strength[0]), np.finfo(np.float64).tiny)
    strength[strength < _NOTHING] = 0.0
    return squares, turn[:, ::-1][:, :factors].astype(np.float32), strength


def _upright(vectors: Floats) -> Floats:
    """Each column with its largest entry positive, in place: which of v and -v an eigensolver gives is chance."""
    vectors *= np.where(vectors.max(axis=0) < -vectors.min(axis=0), -1, 1).astype(np.float32)
    return vectors


def _strongest(parts: Parts, width: int, seed: int) -> Floats:
    """An orthonormal (side, width) basis close to the strongest directions of the Gram matrix."""
    shift = 0.0
    start = _start(parts, width, seed)
    basis, _ = _orthogonal(start)
    for _ in range(_PASSES):
        basis, triangle = _orthogonal(parts.gram(basis, shift))
        # all eigenvalues but those below the shift keep their order, and the gaps between them grow
        weakest = float(np.linalg.svd(triangle, compute_uv=False)[-1])
        shift = max(shift, (shift + weakest) / 2)
    orthonormal: Floats = np.linalg.qr(basis)[0]
    return orthonormal


def _start(parts: Parts, width: int, seed: int) -> Floats:
    """(side, width) random directions: one a song, for songs have an order and listeners come in any."""
    draw = np.random.default_rng(seed)
    if parts.songs_are_rows:
        return parts.back(draw.standard_normal((parts.rows, width), np.float32))
    return draw.standard_normal((parts.side, width), np.float32)


def _orthogonal(image: Floats) -> tuple[Floats, npt.NDArray[np.floating]]:
    """`image` as a nearly orthonormal basis and the triangle that leads back to it, by Cholesky's QR.

    Much faster than Householder's, and good enough between passes; not where columns depend on each other.
    """
    double = image.astype(np.float64)
    try:
        triangle = np.linalg.cholesky(double.T @ double).T
    except np.linalg.LinAlgError:
        triangle = np.zeros((1, 1))
    lengths = np.diag(triangle)
    if lengths.min() <= _DEPENDENT * lengths.max():
        basis, small = np.linalg.qr(image)
        return basis, small
    return image @ np.linalg.inv(triangle).astype(np.float32), triangle
