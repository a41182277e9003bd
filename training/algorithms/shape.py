"""What follows a factorisation U S V^T: where each song points, how far it reaches, how much it counts as a seed.

    g_j = row j of V f(S),   d_j = g_j / |g_j|
    song j answers as   d_j |g_j|^l n_j^a
    a given song i says d_i |g_i|^s n_i^-e
    k songs together say their mean times S^(b/k)

n_j are a song's listeners. The filter f is S^c ("power"; c > 1 trusts the broad tastes more) or sqrt(S^2 / (S^2 + r))
("ridge"), the low-rank form of the resolvent that ridge regression and EDLAE (Steck 2020) solve for. l = a = 0 serves
directions alone (cosine); a longer vector is a song more is known of, which matters with one seed. e > 0 lets a rare
song say more of a taste than one that everybody plays; s > 0 lets a song say more that more is known of. b > 0 is a
prior: who has named one song is believed to share its broad tastes, who has named many their fine ones as well. All
three are 0, and f is a power, in models that have no such parameters.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from artifact_set.vectors import Similarity
from training.algorithms.contract import Parameters, SongFactors
from training.algorithms.factorisation import Factorisation

_NOTHING = 1e-9  # of the longest: a shorter vector has no direction
Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Placed:
    """n songs by direction and length.

    directions: (n, f), unit length, 0 where nothing is known; length: (n,) |g_j| of the longest, 0..1; listeners: (n,),
    at least 1; strength: (f,) S, of which the first is 1.
    """

    directions: Floats
    length: Floats
    listeners: Floats
    strength: Floats

    def reach(self, p: Parameters) -> Floats:
        """The length of each song's answering vector, (n,), up to a constant."""
        return self._powers(p.get("length_exponent", 0.0), p.get("answer_exponent", 0.0))

    def say(self, p: Parameters) -> Floats:
        """How much each song counts as a seed, (n,), up to a constant."""
        return self._powers(p.get("seed_length_exponent", 0.0), -float(p.get("seed_exponent", 0.0)))

    def breadth(self, p: Parameters) -> Floats | None:
        """What each taste counts where one song is given, (f,), its k-th root where k are; None where all count 1."""
        exponent = np.float32(p.get("breadth", 0.0))
        return self.strength**exponent if exponent else None

    def _powers(self, length: float | str, listeners: float | str) -> Floats:
        known = self.length > 0.0
        powers = np.power(self.length, np.float32(length), out=np.zeros_like(self.length), where=known)
        powers *= self.listeners ** np.float32(listeners)
        return powers


def placed(parts: Factorisation, listeners: npt.NDArray[np.int64], p: Parameters) -> Placed:
    """The songs in the space of the strongest `factors` tastes, weighed by the filter. listeners: (n,)."""
    factors = int(p["factors"])
    # in single precision throughout: a million songs are filled into memory once, not four times
    vectors = parts.vectors[:, :factors] * _filtered(parts.strength[:factors], p)
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    longest = max(float(length.max(initial=0.0)), float(np.finfo(np.float32).tiny))
    known = length > _NOTHING * longest
    vectors *= np.divide(1.0, length, out=np.zeros_like(length), where=known)[:, None]
    reached = np.maximum(listeners, 1).astype(np.float32)
    return Placed(vectors, length / longest * known, reached, parts.strength[:factors].astype(np.float32))


def shaped(songs: Placed, p: Parameters) -> SongFactors:
    """The factors to serve; it takes over `songs.directions`."""
    factors = songs.directions
    directions_alone = not any(float(p.get(name, 0.0)) for name in ("length_exponent", "answer_exponent"))
    if not directions_alone:
        factors *= songs.reach(p)[:, None]
    alike = not any(float(p.get(name, 0.0)) for name in ("seed_exponent", "seed_length_exponent"))
    similarity: Similarity = "cosine" if directions_alone else "inner_product"
    seed_weights = None if alike else songs.say(p)
    return SongFactors(factors, similarity, seed_weights=seed_weights, taste_weights=songs.breadth(p))


def _filtered(strength: npt.NDArray[np.float64], p: Parameters) -> Floats:
    """f(S) of singular values of which the first is 1."""
    if p.get("filter", "power") == "power":
        return (strength ** float(p["singular_exponent"])).astype(np.float32)
    square = np.square(strength)
    return np.sqrt(square / (square + float(p["ridge"]))).astype(np.float32)
