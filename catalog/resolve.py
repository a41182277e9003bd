"""What a person wrote to a song of the catalog: exact, then normalised, then close enough; never a guess."""

from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA

from catalog import text
from catalog.search import CatalogSearch
from catalog.song import song_id
from catalog.table import SongTable

_THRESHOLD = 0.85
_CANDIDATES = 50
_SEPARATORS = (" - ", " – ", " — ")


class Match(NamedTuple):
    """The row found, how it was found, and confidence in 0..1."""

    row: int
    how: Literal["exact", "normalised", "fuzzy"]
    confidence: float


def resolve(songs: SongTable, search: CatalogSearch, wanted: str | tuple[str, str]) -> Match | None:
    """The song meant by a song_id, a loose "Artist - Track" or an (artist, track), None where none is sure."""
    key = wanted if isinstance(wanted, str) else song_id(*wanted)
    row = songs.row(key)
    if row is not None:
        return Match(row, "exact", 1.0)
    readings = _readings(wanted)
    candidates = search.search(key, _CANDIDATES).rows
    best: Match | None = None
    for artist, track in readings:
        for row in candidates:
            song = songs.song(row)
            score = min(
                OSA.normalized_similarity(_key(artist), _key(song.artist)),
                OSA.normalized_similarity(_key(track), _key(song.track)),
            )
            if score == 1.0:
                return Match(row, "normalised", 0.95)
            if score >= _THRESHOLD and (best is None or score > best.confidence):
                best = Match(row, "fuzzy", score)
    return best


def _readings(wanted: str | tuple[str, str]) -> list[tuple[str, str]]:
    if not isinstance(wanted, str):
        return [wanted]
    found = []
    for separator in _SEPARATORS:
        pieces = wanted.split(separator)
        found += [(separator.join(pieces[:i]), separator.join(pieces[i:])) for i in range(1, len(pieces))]
    return found


def _key(name: str) -> str:
    return text.name_key(text.fold(name))
