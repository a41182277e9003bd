"""Rows and rankings as bodies."""

from collections.abc import Iterable

from catalog.song import Song
from catalog.table import SongTable
from serving.ranking.recommender import Ranking
from serving.routes.schemas.songs import ScoredSongOut, SongOut


def song(found: Song) -> SongOut:
    """A song as a body."""
    return SongOut(song_id=found.song_id, artist=found.artist, track=found.track)


def songs(table: SongTable, rows: Iterable[int]) -> list[SongOut]:
    """Rows as bodies, in the order given."""
    return [song(found) for found in table.songs(rows)]


def scored(table: SongTable, ranking: Ranking) -> list[ScoredSongOut]:
    """A ranking as bodies, best first."""
    return [
        ScoredSongOut(song_id=found.song_id, artist=found.artist, track=found.track, score=round(score, 4))
        for found, score in zip(table.songs(ranking.rows), ranking.scores, strict=True)
    ]
