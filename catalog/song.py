"""What a song is called: the canonical key that listens, vectors, likes and answers share."""

from typing import NamedTuple


def song_id(artist: str, track: str) -> str:
    """The canonical key of a song, exactly as the data spells both parts."""
    return f"{artist} - {track}"


class Song(NamedTuple):
    """A song of the catalog. artist and track are kept apart: an artist may itself contain " - "."""

    song_id: str
    artist: str
    track: str
