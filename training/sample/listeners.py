"""Simulated listeners: nobody real, but people whose tastes hang together, so that a model has something to learn.

A listener has a few neighbouring genres, languages and years they are at home in, artists they return to, and a
liking for what is popular. Songs are drawn by the product of these; favourites are played often; a sitting keeps
to a mood. Everything follows from the seed.
"""

import hashlib
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from training.data.listens import Listens, Names
from training.sample.songs import SampleSongs

LISTENERS = 1200

_YEAR_BEGINS = (date(2025, 1, 1) - date(1970, 1, 1)).days * 24 * 60
_DAYS = 365
_SONG_MINUTES = 4
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def simulate(songs: SampleSongs, listeners: int = LISTENERS, seed: int = 0) -> Listens:
    """A year of listening, 2025, in the form the readers of files produce; one entry a listen."""
    draw = np.random.default_rng(seed)
    neighbours = _neighbours(songs.belongs)
    crowd = _crowd(songs)
    artist, artist_names = _coded(songs.artists)
    language, language_names = _coded(songs.languages)
    heard: list[Ints] = []
    minutes: list[Ints] = []
    for _ in range(listeners):
        taste = _taste(draw, neighbours, crowd)
        liking = np.log(songs.belongs @ taste + 1e-4) + 2.2 * songs.popularity
        liking += draw.normal(0.0, 1.4, len(artist_names))[artist]
        liking += draw.normal(0.0, 1.2, len(language_names))[language]
        liking -= ((songs.year - draw.choice(songs.year)) / draw.uniform(8.0, 25.0)) ** 2 / 2.0
        song = _listens(draw, liking)
        song, minute = _in_sittings(draw, song, songs.belongs)
        heard.append(song)
        minutes.append(minute)
    user = np.repeat(np.arange(listeners), [len(part) for part in heard])
    song = np.concatenate(heard)
    tracks, track_names = _coded(songs.tracks)
    names = [f"listener{i + 1:04d}" for i in range(listeners)]
    return Listens(
        users=Names(user.astype(np.int32), pa.array(names)),
        artists=Names(artist[song].astype(np.int32), pa.array(artist_names)),
        tracks=Names(tracks[song].astype(np.int32), pa.array(track_names)),
        plays=np.ones(len(song), np.int64),
        minutes=np.concatenate(minutes),
        source="built-in sample, simulated listeners",
        sha256=hashlib.sha256(f"{songs.sha256} {listeners} {seed}".encode()).hexdigest(),
        simulated=True,
    )


def _coded(values: list[str]) -> tuple[Ints, list[str]]:
    names, codes = np.unique(np.array(values, dtype=object), return_inverse=True)
    return codes, names.tolist()


def _neighbours(belongs: Floats) -> Floats:
    """(g, g) how near genres are: how many songs they share, and a little for any two. Diagonal 0."""
    shared = belongs.T @ belongs
    np.fill_diagonal(shared, 0.0)
    shared = shared + 0.3
    np.fill_diagonal(shared, 0.0)
    return shared


def _crowd(songs: SampleSongs) -> Floats:
    """(g,) the share of listeners at home in each genre: popular songs draw, foreign words hold back."""
    english = np.array([language in ("en", "zxx") for language in songs.languages])  # zxx: no words at all
    drawn_to = songs.popularity**2 * np.where(english, 1.0, 0.25)
    crowd = songs.belongs.T @ drawn_to
    return np.asarray(crowd / crowd.sum())


def _taste(draw: np.random.Generator, neighbours: Floats, crowd: Floats) -> Floats:
    """(g,) weights that sum to 1: one to four genres, each a neighbour of one before."""
    taste = np.zeros(len(crowd))
    chosen = [int(draw.choice(len(crowd), p=crowd))]
    for _ in range(draw.choice(4, p=[0.25, 0.4, 0.25, 0.1])):
        near = neighbours[chosen].sum(axis=0)
        near[chosen] = 0.0
        if near.sum() == 0.0:  # a catalog of one genre
            break
        chosen.append(int(draw.choice(len(crowd), p=near / near.sum())))
    taste[chosen] = draw.dirichlet(np.linspace(3.0, 1.0, len(chosen)))
    return taste


def _listens(draw: np.random.Generator, liking: Floats) -> Ints:
    """The songs a listener plays, favourites many times: Gumbel top-k, a draw by weight without repeats."""
    count = int(np.clip(draw.lognormal(np.log(40.0), 0.6), 8, min(250, len(liking))))
    order = np.argsort(-(liking + draw.gumbel(size=len(liking))))[:count]
    favourite = draw.permutation(np.sort(draw.pareto(1.6, len(order)))[::-1] + 1.0)
    favourite = np.where(draw.random(len(order)) < 0.7, np.sort(favourite)[::-1], favourite)
    return np.repeat(order, np.minimum(favourite, 40.0).astype(np.int64))


def _in_sittings(draw: np.random.Generator, song: Ints, belongs: Floats) -> tuple[Ints, Ints]:
    """Spread listens over sittings that keep to a mood; returns songs and minutes since 1970, in time's order."""
    mood = belongs[song].argmax(axis=1) + draw.normal(0.0, 0.5, len(song))
    song = song[np.argsort(mood, kind="stable")]
    sitting = np.arange(len(song)) // int(draw.integers(8, 20))
    begins = _sitting_begins(draw, int(sitting[-1]) + 1)
    first = np.searchsorted(sitting, sitting)
    minute = begins[sitting] + (np.arange(len(song)) - first) * _SONG_MINUTES
    order = np.argsort(minute, kind="stable")
    return song[order], minute[order]


def _sitting_begins(draw: np.random.Generator, count: int) -> Ints:
    """Minutes since 1970 of so many evenings (and some mornings) of the year, no two on one day while days last."""
    days = draw.permutation(np.resize(draw.permutation(_DAYS), count))
    hours = np.where(draw.random(count) < 0.7, draw.normal(20.0, 1.5, count), draw.normal(9.0, 1.5, count))
    return _YEAR_BEGINS + days * 24 * 60 + (np.clip(hours, 0.0, 22.5) * 60).astype(np.int64)
