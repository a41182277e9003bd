"""Rows and rankings as bodies."""

from collections.abc import Iterable

from catalog.song import Song
from catalog.table import SongTable
from serving.ranking.recommender import Ranking
from serving.ranking.shelves import Shelf, Words
from serving.ranking.up_next import UpNext
from serving.routes.schemas.shelves import NextOut, NextSongOut, ShelfOut, WordsOut
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


def following(table: SongTable, found: UpNext) -> NextOut:
    """What follows a queue as a body."""
    because = [one.song_id for one in table.songs(found.because)]
    items = zip(scored(table, found.ranking), because, strict=True)
    return NextOut(items=[NextSongOut(**dict(item), because=song_id) for item, song_id in items])


def shelf(table: SongTable, made: Shelf, next_cursor: str | None) -> ShelfOut:
    """A shelf as a body."""
    return ShelfOut(
        id=made.id,
        title=_words(table, made.title),
        reason=_words(table, made.reason),
        items=scored(table, made.ranking),
        next_cursor=next_cursor,
    )


def _words(table: SongTable, said: Words) -> WordsOut:
    return WordsOut(
        code=said.code,
        text=said.text,
        song=None if said.song is None else song(table.song(said.song)),
        artists=list(said.artists),
        count=said.count,
        liked=said.liked,
    )
