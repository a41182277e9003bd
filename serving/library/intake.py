"""Listens as they are sent, made ready to be kept: the catalog's song where it has the song."""

from collections.abc import Iterable
from dataclasses import replace

from artifact_set import ArtifactSet
from catalog.resolve import resolve_same
from serving.library.listen_records import NewListen

Names = tuple[str, str]


class Resolver:
    """The catalog's song of an artist and a track, looked for once for each pair of names."""

    def __init__(self, artifacts: ArtifactSet) -> None:
        self._artifacts = artifacts
        self._known: dict[Names, str | None] = {}

    def song_id(self, artist: str, track: str) -> str | None:
        """The song_id, None where the catalog has no song of that name."""
        names = (artist, track)
        if names not in self._known:
            row = resolve_same(self._artifacts.songs, self._artifacts.search, artist, track)
            self._known[names] = None if row is None else self._artifacts.songs.song(row).song_id
        return self._known[names]


def resolved(artifacts: ArtifactSet, listens: Iterable[NewListen]) -> list[NewListen]:
    """The listens with the catalog's song_ids; those of songs that it does not have as they are."""
    resolver = Resolver(artifacts)
    found = ((listen, resolver.song_id(listen.artist, listen.track)) for listen in listens)
    return [listen if song is None else replace(listen, song_id=song, in_catalog=True) for listen, song in found]
