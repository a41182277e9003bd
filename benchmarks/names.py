"""Synthetic song names of any number, for benchmarks: "Two Words - Three More Words" from 60,000 words, Zipf."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl qu r s sh sl st t th tr v w z".split()
_VOWELS = "a e i o u ai ea ee ie oo ou".split()
_CODAS = ["", "", "", *"ck d l ll m n nd ng r rd s ss st t".split()]
_SONGS_OF_AN_ARTIST = 20  # the mean of the Million Song Dataset: 1,000,000 songs by 44,745 artists


class Names(NamedTuple):
    """Parallel lists, one entry a song; no two songs share both."""

    artists: list[str]
    tracks: list[str]


def vocabulary(count: int = 60_000, seed: int = 0) -> list[str]:
    """Distinct lower-case words that can be spoken, short ones first as in a language."""
    rng = np.random.default_rng(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = 1 + rng.poisson(min(len(found) / count * 3, 2))
        found["".join(_syllable(rng) for _ in range(syllables))] = None
    return list(found)


def _syllable(rng: np.random.Generator) -> str:
    return "".join(part[rng.integers(len(part))] for part in (_ONSETS, _VOWELS, _CODAS))


def synthetic_names(count: int, seed: int = 0, words: int = 60_000) -> Names:
    """`count` distinct songs: an artist of two words, a track of three; the k-th word is drawn ∝ 1/k (Zipf).

    An artist has 20 songs on average, with a skew. The order is that of popularity, so songs and words of any
    frequency stand at any row.
    """
    rng = np.random.default_rng(seed)
    spelled = np.array([word.title() for word in vocabulary(words, seed)], dtype=object)
    weights = 1 / np.arange(1, words + 1)
    odds = weights / weights.sum()
    bands = _phrases(rng, spelled, odds, max(1, count // _SONGS_OF_AN_ARTIST), 2)
    songs: dict[tuple[str, str], None] = {}
    while len(songs) < count:
        missing = count - len(songs)
        artists = bands[(rng.random(missing) ** 2 * len(bands)).astype(np.int64)]
        songs.update(dict.fromkeys(zip(artists, _phrases(rng, spelled, odds, missing, 3), strict=True)))
    return Names([artist for artist, _ in songs], [track for _, track in songs])


def _phrases(
    rng: np.random.Generator, spelled: npt.NDArray[np.object_], odds: npt.NDArray[np.float64], count: int, length: int
) -> npt.NDArray[np.object_]:
    drawn = spelled[rng.choice(len(spelled), size=(count, length), p=odds)]
    phrases = drawn[:, 0]
    for column in range(1, length):
        phrases = phrases + " " + drawn[:, column]
    return phrases
