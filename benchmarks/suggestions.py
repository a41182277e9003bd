"""The songs to begin with: how many of the sample's genres they cover, and how near two picks bring a genre.

    python -m benchmarks.suggestions [--artifacts DIR]

A set trained on the built-in sample, whose genres are known; the model knows nothing of them. A song counts for each
file it stands in and each genre it is `also` of. For each genre 20 pairs of its 30 most popular songs are picked.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from artifact_set import ArtifactStore, open_set
from catalog.song import song_id
from serving.ranking.suggestions import suggestions
from serving.runtime.live_artifacts import load
from training.sample import read_songs

_SUGGESTED, _PAIRS, _POPULAR = 24, 20, 30


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--artifacts", type=Path, default=Path("artifacts"))
    options = parser.parse_args(arguments)
    loaded = load(open_set(ArtifactStore(options.artifacts).path_of_current()))
    songs, sample = loaded.artifacts.songs, read_songs()
    # (songs, genres): whether a song of the sample is at home in a genre
    home = {
        song_id(artist, track): belongs >= 1
        for artist, track, belongs in zip(sample.artists, sample.tracks, sample.belongs, strict=True)
    }
    nowhere = np.zeros(len(sample.genres), bool)
    at_home = np.array([home.get(song.song_id, nowhere) for song in songs.songs(range(len(songs)))])
    first = suggestions(songs, loaded.recommender, [], _SUGGESTED)
    print(f"{len(first)} suggestions, of {int(at_home[first].any(axis=0).sum())} of {len(sample.genres)} genres\n")
    print("| genre | of 24 without picks | after two of its songs |\n|---|---|---|")
    draw = np.random.default_rng(0)
    for genre, name in enumerate(sample.genres):
        popular = np.flatnonzero(at_home[:, genre])[:_POPULAR]
        pairs = [draw.choice(popular, 2, replace=False).tolist() for _ in range(_PAIRS)]
        after = [at_home[suggestions(songs, loaded.recommender, pair, _SUGGESTED), genre].sum() for pair in pairs]
        print(f"| {name} | {at_home[first, genre].sum()} | {np.mean(after):.1f} |")


if __name__ == "__main__":
    main()
