"""Songs to begin with: spread over the catalog's tastes, and nearer to what was picked with every pick."""

from collections.abc import Sequence

from catalog.table import SongTable
from serving.ranking import diversity
from serving.ranking.recommender import Recommender
from serving.ranking.taste_clusters import interleave


def suggestions(songs: SongTable, recommender: Recommender, picked: Sequence[int], k: int) -> list[int]:
    """At most k rows, one an artist as long as there are others; no picked song and no version of one.

    Without picks a tour of known songs, each far from those before it. After p picks p of p + 1 places are for what is
    nearest to their mean, and the rest goes on with the tour.
    """
    tour = recommender.by_popularity(recommender.varied)
    share = len(picked) / (len(picked) + 1)
    near = recommender.nearest_to(picked, [1.0] * len(picked), k * diversity.CHOICE, picked)
    mixed = interleave([near, tour], [share, 1 - share]) if picked else tour
    single = diversity.one_version(mixed, songs.song_code, picked)
    return _one_an_artist(songs, single.rows, picked)[:k]


def _one_an_artist(songs: SongTable, rows: Sequence[int], picked: Sequence[int]) -> list[int]:
    """The first row of each artist who was not picked, then the others."""
    seen = {int(songs.artist_code[row]) for row in picked}
    first: list[int] = []
    rest: list[int] = []
    for row in rows:
        artist = int(songs.artist_code[row])
        (rest if artist in seen else first).append(row)
        seen.add(artist)
    return first + rest
