"""What a song is called: the canonical key that listens, vectors, likes and answers share."""

from typing import NamedTuple

# Bytes in UTF-8. PostgreSQL's index of likes takes entries of 2,704 bytes, of which the account's id needs some; what
# is longer could be recommended but never liked. The longest names of real songs have a tenth of this.
LONGEST_SONG_ID = 2_000


def song_id(artist: str, track: str) -> str:
    """The canonical key of a song, exactly as the data spells both parts."""
    return f"{artist} - {track}"


class Song(NamedTuple):
    """A song of the catalog. artist and track are kept apart: an artist may itself contain " - "."""

    song_id: str
    artist: str
    track: str
