"""Artists by their names."""

from artifact_set import ArtifactSet
from catalog import text

_SPELLINGS = 1000  # rows by artists of nearly a name that are looked at


def artist_row(artifacts: ArtifactSet, name: str) -> int | None:
    """The most popular row of an artist by the exact name, else by another spelling of it; None for nobody."""
    key = text.name_key(text.fold(name))
    if not key:
        return None
    like = [(row, artifacts.songs.song(row).artist) for row in artifacts.search.artists_like(key, _SPELLINGS)]
    exact = (row for row, artist in like if artist == name)
    same = (row for row, artist in like if text.name_key(text.fold(artist)) == key)
    return next(exact, next(same, None))
