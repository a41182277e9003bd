"""Which spellings name one song: every (artist, track) of a history once, joined by the catalog's fold."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.folding import song_ids, song_keys
from history.arrow import Column
from history.arrow import compute as pc
from history.distinct import numbered

_Ints: TypeAlias = npt.NDArray[np.int64]


class NamedSongs(NamedTuple):
    """The songs of a history by code, each under the spelling played most, of equals the first by its letters.

    song_ids, artists, tracks: string arrays of length n. aliases: the other spellings' song_ids, a string array, and
    alias_song: the code of the song that each of them names.
    """

    song_ids: Column
    artists: Column
    tracks: Column
    aliases: Column
    alias_song: _Ints


@dataclass(frozen=True)
class Spellings:
    """Spellings of a history and the songs that they name.

    spelling: (listens,) which one a listen has. artists, tracks, song_ids: string arrays, one entry a spelling. song:
    (spellings,) the code of the song that it names. keys: a string array, by that code what a song's spellings fold to.
    """

    spelling: _Ints
    artists: Column
    tracks: Column
    song_ids: Column
    song: _Ints
    keys: Column

    @property
    def songs(self) -> int:
        """How many songs there are, also those whose rows were left out."""
        return int(self.song.max(initial=-1)) + 1

    def rows(self, kept: npt.NDArray[np.bool_]) -> Self:
        """Without the listens that are not kept. kept: (listens,) bool."""
        return type(self)(self.spelling[kept], self.artists, self.tracks, self.song_ids, self.song, self.keys)

    def named(self, plays: npt.NDArray[np.int64]) -> tuple[_Ints, NamedSongs]:
        """The song of each listen, (listens,), and the songs; none without a listen. plays: (listens,)."""
        played = np.bincount(self.spelling, weights=plays, minlength=len(self.song)).astype(np.int64)
        heard = np.flatnonzero(played > 0)
        codes, song = numbered(self.song[heard])
        best_last = self._best_last(heard, played[heard])
        winner = np.empty(len(codes), np.int64)
        winner[song[best_last]] = heard[best_last]  # the last one written stays
        code_of = np.zeros(self.songs, np.int64)
        code_of[codes] = np.arange(len(codes))
        ids = _take(self.song_ids, winner)
        others, alias_song = self._others(heard, song, winner)
        names = NamedSongs(ids, _take(self.artists, winner), _take(self.tracks, winner), others, alias_song)
        return code_of[self.song[self.spelling]], names

    def _best_last(self, heard: _Ints, plays: _Ints) -> _Ints:
        """The order of spellings in which a song's name comes last: most played; of equals the first by its letters.

        Not by its place in the history: the order of files names no song, and a cluster, which has none, agrees.
        """
        columns: Any = {
            "plays": plays,
            "song_id": _take(self.song_ids, heard),
            "artist": _take(self.artists, heard),
        }
        keys = [("plays", "ascending"), ("song_id", "descending"), ("artist", "descending")]
        return np.asarray(pc.sort_indices(pa.table(columns), sort_keys=keys))

    def _others(self, heard: _Ints, song: _Ints, winner: _Ints) -> tuple[Column, _Ints]:
        """The song_ids that are none's winner. Two (artist, track) pairs may have one: "A - B" by "C"."""
        ids = _take(self.song_ids, heard)
        differs = pc.not_equal(ids, _take(self.song_ids, winner[song])).to_numpy(zero_copy_only=False)
        return ids.filter(pa.array(differs)), song[differs]


def spellings_of(
    artist: npt.NDArray[np.int32], artists: Column, track: npt.NDArray[np.int32], tracks: Column
) -> Spellings:
    """Join spellings by `catalog.names.song_key`. artist, track: (listens,) codes of the string arrays beside them."""
    pairs: Column = pa.array(artist.astype(np.int64) * len(tracks) + track).dictionary_encode()
    pair = pairs.dictionary.to_numpy()
    of_artist, of_track = _take(artists, pair // max(1, len(tracks))), _take(tracks, pair % max(1, len(tracks)))
    ids = song_ids(of_artist, of_track)
    keys = song_keys(ids).dictionary_encode()
    song = keys.indices.to_numpy().astype(np.int64)
    return Spellings(pairs.indices.to_numpy().astype(np.int64), of_artist, of_track, ids, song, keys.dictionary)


def _take(column: Column, places: _Ints) -> Column:
    return column.take(pa.array(places))
