"""What a person or another service calls a song, to the row of that song: exact, normalised or close; never a guess."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Literal, NamedTuple, Self

from rapidfuzz.distance import OSA

from catalog import text
from catalog.search import CatalogSearch
from catalog.song import song_id
from catalog.table import SongTable

THRESHOLD = 0.85  # confidence below which nothing is resolved
_EACH = 0.8  # likeness that artist and track must each have: one typo in five letters
_TURNED = 0.95  # of the confidence remains where the track was read before the artist
_SAME_WORDS, _SAME_SONG, _CLOSEST = 0.99, 0.95, 0.94  # confidence of normalised names, and the most of a fuzzy one
_PART_OF_NAME = 0.9  # likeness of "Beethoven" and "Ludwig van Beethoven", of a title with and without its brackets
_CANDIDATES = 50
_MOST_TRACKS = 300  # of an artist that are compared, the most popular
_MOST_ARTISTS = 4  # whose tracks are compared
_LAST_NAME = 4  # letters of a last name that may stand for an artist
_MOST_CUTS = 8  # places where a text may go from artist to track

_SEPARATOR = re.compile(r"\s+[-–—]\s+|\s*[–—:|]\s+")
_BLANK = re.compile(r"\s+")
_BY = re.compile(r"\s+by\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_AND = re.compile(r"\s*(?:[,;/]|\b(?:and|feat|featuring|vs|with|x)\b\.?)\s*")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_SPELLED = _ROMAN | {"part": "pt", "parts": "pt", "pts": "pt", "volume": "vol", "number": "no"}
_KEYS = {"major", "minor", "flat", "sharp"}  # of music, beside which a single letter tells songs apart
_NUMBERED = {"part", "pt", "op", "no", "vol", "act", "plan", "side"}
_OTHER_SONG = {"remix", "instrumental", "karaoke", "cover", "tribute", "reprise"} | _KEYS


class Match(NamedTuple):
    """The row found, how it was found, and confidence in 0..1."""

    row: int
    how: Literal["exact", "normalised", "fuzzy"]
    confidence: float


class _Name(NamedTuple):
    """An artist or a track, ready to be compared."""

    folded: str
    key: str  # text.name_key
    spelled: str  # the key with numerals as digits: "Part II" is pt2
    marks: tuple[str, ...]  # what tells two songs apart that are spelled nearly alike, sorted

    @classmethod
    def of(cls, name: str) -> Self:
        folded = text.fold(name)
        words = text.words_of_folded(text.base_name(folded))
        spelled = "".join(_SPELLED.get(word, word) for word in words)
        return cls(folded, "".join(words), spelled, tuple(sorted(_marks(words))))


def _marks(words: list[str]) -> Iterator[str]:
    """Numbers and kinds that make it another song, however alike the rest: "Part II" is 2, "Symphony in C" is c."""
    musical = not _KEYS.isdisjoint(words)
    for before, word in pairwise(["", *words]):
        letter = len(word) == 1 and word.isascii() and (musical or before in _NUMBERED)
        if letter or word in _ROMAN or word in _OTHER_SONG or any(map(str.isdigit, word)):
            yield _SPELLED.get(word, word)


class _Reading(NamedTuple):
    artist: _Name
    track: _Name
    weight: float


def resolve(songs: SongTable, search: CatalogSearch, wanted: str | tuple[str, str]) -> Match | None:
    """The song that is meant by a song_id, a loose "Artist - Track" or an (artist, track); None where none is sure.

    First the very song_id; then the same name but for case, accents, punctuation, "The ", "feat. X",
    "- Remastered 2011", "(Live)" and the like (of several versions the one that is spelled most alike, then the most
    popular); then the closest name where its confidence is at least 0.85 and no other song is as close.
    """
    row = songs.spelled(wanted if isinstance(wanted, str) else song_id(*wanted))
    if row is not None:
        return Match(row, "exact", 1.0)
    words = wanted if isinstance(wanted, str) else " ".join(wanted)
    if len(words) > text.LONGEST_NAME:
        return None
    readings = [reading for reading in _readings(wanted) if reading.artist.key and reading.track.key]
    if not readings:
        return None
    return _normalised(songs, search, readings) or _fuzzy(songs, search, words, readings)


def resolve_same(songs: SongTable, search: CatalogSearch, artist: str, track: str) -> int | None:
    """The row of the very song_id or of the same normalised name: for names from tags, where nobody mistypes."""
    row = songs.row(song_id(artist, track))
    if row is not None or len(artist) + len(track) > text.LONGEST_NAME:
        return row
    reading = _Reading(_Name.of(artist), _Name.of(track), 1.0)
    if not reading.artist.key or not reading.track.key:
        return None
    match = _normalised(songs, search, [reading])
    return match.row if match else None


def _readings(wanted: str | tuple[str, str]) -> Iterator[_Reading]:
    """Every artist and track that a text may mean."""
    if not isinstance(wanted, str):
        yield _Reading(_Name.of(wanted[0]), _Name.of(wanted[1]), 1.0)
        return
    wanted = wanted.strip()
    cuts = [match.span() for match in islice(_SEPARATOR.finditer(wanted), _MOST_CUTS)]
    by = [match.span() for match in islice(_BY.finditer(wanted), _MOST_CUTS)]
    if not cuts and not by:
        cuts = [match.span() for match in islice(_BLANK.finditer(wanted), _MOST_CUTS)]
    for start, end in cuts:
        yield _Reading(_Name.of(wanted[:start]), _Name.of(wanted[end:]), 1.0)
    for start, end in by + cuts:
        yield _Reading(_Name.of(wanted[end:]), _Name.of(wanted[:start]), _TURNED)


def _normalised(songs: SongTable, search: CatalogSearch, readings: list[_Reading]) -> Match | None:
    """The song with the same keys; of its versions the one whose track is spelled most alike, then the most popular."""
    for artist, track, weight in readings:
        versions: dict[int, float] = {}
        for row in search.called(artist.key + track.key):
            song = songs.song(row)
            its_track = _Name.of(song.track)
            if (_Name.of(song.artist).key, its_track.key) == (artist.key, track.key):
                versions[row] = OSA.normalized_similarity(_glued(track), _glued(its_track))
        if versions:
            row = max(versions, key=lambda row: (versions[row], -row))
            return Match(row, "normalised", weight * (_SAME_WORDS if versions[row] == 1 else _SAME_SONG))
    return None


def _glued(name: _Name) -> str:
    return "".join(text.words_of_folded(name.folded))


def _fuzzy(songs: SongTable, search: CatalogSearch, wanted: str, readings: list[_Reading]) -> Match | None:
    """The closest song, None below the threshold or where another song is as close."""
    for rows in _candidates(songs, search, wanted, readings):
        closest: dict[tuple[str, str], Match] = {}  # by song: of its versions the closest, of these the most popular
        for row in sorted(rows):
            song = songs.song(row)
            artist, track = _Name.of(song.artist), _Name.of(song.track)
            confidence = max(_likeness(reading, artist, track) for reading in readings)
            known = closest.get((artist.key, track.key))
            if confidence >= THRESHOLD and (known is None or confidence > known.confidence):
                closest[artist.key, track.key] = Match(row, "fuzzy", confidence)
        if closest:
            best = max(match.confidence for match in closest.values())
            winners = [match for match in closest.values() if match.confidence == best]
            return winners[0]._replace(confidence=min(best, _CLOSEST)) if len(winners) == 1 else None
    return None


def _candidates(
    songs: SongTable, search: CatalogSearch, wanted: str, readings: list[_Reading]
) -> Iterator[Iterable[int]]:
    """Rows that a search finds; then, where that was in vain, those by artists of nearly that name."""
    yield search.search(wanted, _CANDIDATES).rows
    artists = dict.fromkeys(
        artist for reading in readings for artist in (reading.artist, *map(_Name.of, _AND.split(reading.artist.folded)))
    )
    like: dict[int, int] = {}  # by artist code, one row
    for artist in islice(artists, _MOST_CUTS):
        for row in search.artists_like(artist.key, _CANDIDATES):
            code = int(songs.artist_code[row])
            if code not in like and _alike(artist, _Name.of(songs.song(row).artist)) >= _EACH:
                like[code] = row
    for row in islice(like.values(), _MOST_ARTISTS):
        yield songs.rows_by_artist_of(row)[:_MOST_TRACKS].tolist()


def _alike(one: _Name, other: _Name) -> float:
    return OSA.normalized_similarity(one.spelled, other.spelled)


def _likeness(wanted: _Reading, artist: _Name, track: _Name) -> float:
    """How much two names are alike, 0..1; 0 where one part is too different or a number or a remix tells them apart."""
    if wanted.track.marks != track.marks:
        return 0.0
    likeness = _alike(wanted.track, track)
    if likeness < _PART_OF_NAME and _core(wanted.track) == _core(track) != "":
        likeness = _PART_OF_NAME
    its = _alike(wanted.artist, artist)
    if its < _PART_OF_NAME and likeness >= _PART_OF_NAME and _is_part(wanted.artist, artist):
        its = _PART_OF_NAME
    if min(its, likeness) < _EACH:
        return 0.0
    letters, its_letters = len(wanted.track.key), len(wanted.artist.key)
    return wanted.weight * (likeness * letters + its * its_letters) / (letters + its_letters)


def _core(track: _Name) -> str:
    """The key without what stands in brackets: "(I Can't Get No) Satisfaction" is satisfaction."""
    return text.name_key(_BRACKETS.sub(" ", track.folded))


def _is_part(one: _Name, other: _Name) -> bool:
    """Whether one is among the artists that the other names, or its last name: "Bob Marley", "Beethoven"."""
    if other.folded.split()[-1:] == [one.folded] and len(one.key) >= _LAST_NAME:
        return True
    return one.key in map(text.name_key, _AND.split(other.folded)) or other.key in map(
        text.name_key, _AND.split(one.folded)
    )
