"""Likes as a list that is searched and sorted by name: the database knows song_ids, the catalog artists and tracks."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from catalog import text
from catalog.song import Song
from catalog.table import SongTable
from serving.library.likes import Like

Sort = Literal["recent", "artist", "track"]
Key = tuple[str, str, str]


class LikedSong(NamedTuple):
    """A like whose song is in the catalog. key: its place in an order by name."""

    song: Song
    like: Like
    key: Key = ("", "", "")


_KEYS: dict[Sort, Callable[[Song], Key]] = {
    "artist": lambda song: (text.fold(song.artist), text.fold(song.track), song.song_id),
    "track": lambda song: (text.fold(song.track), text.fold(song.artist), song.song_id),
}


def known(songs: SongTable, likes: list[Like]) -> list[LikedSong]:
    """The likes whose songs the catalog has, in the order given; of two spellings of one song the first."""
    found: dict[int, Like] = {}
    for row, like in zip(songs.row_of_each([like.song_id for like in likes]), likes, strict=True):
        if row is not None:
            found.setdefault(row, like)
    return [LikedSong(songs.song(row), like) for row, like in found.items()]


def arranged(liked: list[LikedSong], q: str, sort: Sort) -> list[LikedSong]:
    """Those whose artist and track have a word that begins with each word of q; newest first as given, or by name."""
    wanted = text.words(q)
    if wanted:
        liked = [one for one in liked if _begins_with(one.song, wanted)]
    key = _KEYS.get(sort)
    return liked if key is None else sorted((one._replace(key=key(one.song)) for one in liked), key=lambda one: one.key)


def _begins_with(song: Song, wanted: list[str]) -> bool:
    words = text.index_words(text.fold(f"{song.artist} {song.track}"))
    return all(any(word.startswith(start) for word in words) for start in wanted)
