"""Rows and rankings as bodies."""

from collections.abc import Iterable, Sequence
from itertools import islice

from artifact_set import ArtifactSet
from catalog import text
from catalog.search import MOST_WORDS
from catalog.song import Song
from catalog.table import SongTable
from serving.library.hidden import Hidden
from serving.library.highlights import highlights, says_all
from serving.ranking.recommender import Ranking
from serving.ranking.shelves import Shelf
from serving.ranking.up_next import UpNext
from serving.ranking.words import Words
from serving.routes.schemas.hidden import HiddenOut
from serving.routes.schemas.onboarding import ColdStartIn, ColdStartOut, ResolvedSeedOut
from serving.routes.schemas.shelves import NextOut, NextSongOut, ShelfOut, WordsOut
from serving.routes.schemas.songs import FoundArtistOut, FoundSongOut, MatchesOut, ScoredSongOut, SongOut

_ARTISTS = 3  # beside the songs of a search
_LIKE = 20  # songs by artists of nearly the typed name that are looked at


def song(found: Song) -> SongOut:
    """A song as a body."""
    return SongOut(song_id=found.song_id, artist=found.artist, track=found.track)


def songs(table: SongTable, rows: Iterable[int]) -> list[SongOut]:
    """Rows as bodies, in the order given."""
    return [song(found) for found in table.songs(rows)]


def found_songs(table: SongTable, q: str, rows: Iterable[int]) -> list[FoundSongOut]:
    """What a search found as bodies, best first."""
    typed = _words_of(q)
    return [
        FoundSongOut(
            **found._asdict(),
            matches=MatchesOut(artist=highlights(found.artist, typed), track=highlights(found.track, typed)),
        )
        for found in table.songs(rows)
    ]


def found_artists(artifacts: ArtifactSet, q: str, rows: Sequence[int]) -> list[FoundArtistOut]:
    """The first artists among what a search found, or of nearly that name, whose names say all that was typed."""
    songs, typed = artifacts.songs, _words_of(q)
    like = artifacts.search.artists_like(text.name_key(text.fold(q)), _LIKE) if typed else []
    by_code = {int(songs.artist_code[row]): row for row in reversed([*like, *rows])}
    first = [row for row in dict.fromkeys([*like, *rows]) if by_code[int(songs.artist_code[row])] == row]
    found = ((row, songs.song(row).artist) for row in first)
    said = islice(((row, name) for row, name in found if says_all(name, typed)), _ARTISTS)
    return [
        FoundArtistOut(artist=name, songs=len(songs.rows_by_artist_of(row)), matches=highlights(name, typed))
        for row, name in said
    ]


def _words_of(q: str) -> list[str]:
    """The words that a search looks at, each once."""
    return [*dict.fromkeys(text.words(q)[:MOST_WORDS])]


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


def hidden(one: Hidden) -> HiddenOut:
    """What is hidden as a body."""
    return HiddenOut(
        song_id=one.name if one.kind == "song" else None,
        artist=one.name if one.kind == "artist" else None,
        until=one.until,
        hidden_at=one.hidden_at,
    )


def cold_start(body: ColdStartIn, rows: Sequence[int | None], songs: SongTable, ranking: Ranking) -> ColdStartOut:
    """What was found for each seed (its row, or None), and what is near them."""
    pairs = list(zip(body.seeds, rows, strict=True))
    return ColdStartOut(
        resolved=[ResolvedSeedOut(input=sent, song=song(songs.song(row))) for sent, row in pairs if row is not None],
        unresolved=[sent for sent, row in pairs if row is None],
        items=scored(songs, ranking),
    )
