"""Which candidate is the song: the right one or none, for a wrong cover is worse than none.

Names are compared as the catalog folds them. A take of its own (live, remix, karaoke, a cover by others) is the song
only where the song says so itself; a remaster, an edit or a guest makes no other song.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.text import base_name, fold, name_key, words_of_folded
from covers.candidates import Candidate

_ALIKE = 88  # of 100: letters of a word that may be a misspelling of another
_SHORTEST_MISSPELT = 5
# words that look alike and are not the same
_OPPOSITES = frozenset({"major", "minor", "sharp", "first", "fifth", "sixth", "ninth"})

# takes of their own, as a folded title or album says
_TAKES = {
    "live": r"[(\[][^)\]]*\blive\b[^)\]]*[)\]]|\s[-–—]\s+(?:.*\s)?live\b|\blive (?:at|from|in|on) |\bunplugged\b"
    r"|\bin concert\b|\blive session",
    "remix": r"\bre-?mix(?:ed|es)?\b|\bmegamix\b|\bmash-?up\b|\b(?!stereo|mono|original|\d)\w+ mix[)\]]"
    r"|\bdub(?: mix| version)?[)\]]",
    "karaoke": r"\bkaraoke\b|\bbacking track\b|\bsing-?along\b",
    "tribute": r"\btribute\b|\bmade famous\b|\bmade popular\b|\bin the style of\b|\boriginally (?:performed|by)\b"
    r"|\bas performed by\b|\bcover version\b|[(\[][^)\]]*\bcover[)\]]",
    "instrumental": r"\binstrumental\b|\bpiano (?:version|cover|rendition)\b|\bstring quartet\b|\blullab(?:y|ies)\b"
    r"|\bmusic box\b|\b8-?bit\b|\borgel\b|\brenditions?\b",
    "acoustic": r"[(\[][^)\]]*\bacoustic\b[^)\]]*[)\]]|\s[-–—]\s+(?:.*\s)?acoustic\b|\bacoustic version\b",
    "demo": r"[(\[][^)\]]*\bdemo\b[^)\]]*[)\]]|\s[-–—]\s+(?:.*\s)?demo\b",
    "speed": r"\bsped up\b|\bslowed\b|\bnightcore\b|\bspeed up\b",
    "again": r"\bre-?record(?:ed|ing)\b|\b\w+'s version\b",
}
_TAKE = {name: re.compile(pattern) for name, pattern in _TAKES.items()}
# of an album: that it is of one live evening makes all its songs live; "acoustic" or "remix" may be its mere title
_OF_ALBUMS = ("live", "remix", "karaoke", "tribute", "instrumental", "speed")
_SEPARATORS = re.compile(r"\s*(?:,|;|/|&|\+|\bfeat\b\.?|\bft\.|\bfeaturing\b|\bwith\b|\band\b|\bx\b|\bvs\b\.?)\s*")
_GATHERED = re.compile(r"\bbest of\b|\bessential\b|\bcollection\b|\banthology\b|\bhits\b|\bnow that's\b|\bplaylist\b")


@dataclass(frozen=True)
class Verdict:
    """What was made of a candidate: `fault` says why it is not the song, else smaller `rank` is better."""

    candidate: Candidate
    fault: str | None
    rank: tuple[bool, bool, bool, bool, int] = (True, True, True, True, 0)


def judge(artist: str, track: str, candidates: Sequence[Candidate]) -> list[Verdict]:
    """A verdict on each candidate, in the order given."""
    return [_verdict(_Song(artist, track), candidate, place) for place, candidate in enumerate(candidates)]


def choose(artist: str, track: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that is the song, official and original releases first; None where none is for certain."""
    return best(judge(artist, track, candidates))


def best(verdicts: Sequence[Verdict]) -> Candidate | None:
    """The candidate that was found best; None where all have a fault."""
    sound = [verdict for verdict in verdicts if verdict.fault is None]
    return min(sound, key=lambda verdict: verdict.rank).candidate if sound else None


class _Song:
    """A song's names, folded once for all candidates."""

    def __init__(self, artist: str, track: str) -> None:
        self.artist, self.track = fold(artist), fold(track)
        self.takes = _takes(self.track) | _takes(self.artist)
        self.credits = _credits(self.artist)


def _verdict(song: _Song, candidate: Candidate, place: int) -> Verdict:
    artist, title, album = fold(candidate.artist), fold(candidate.title), fold(candidate.album or "")
    if not _same_artist(song, artist):
        return Verdict(candidate, f"by {candidate.artist!r}")
    if not _same_title(song.track, title):
        return Verdict(candidate, f"named {candidate.title!r}")
    takes = _takes(title) | _takes(artist)
    wanted = song.takes
    others = (takes | _takes(album, _OF_ALBUMS)) - wanted
    if others or wanted - takes - _takes(album):
        odd = ", ".join(sorted(others)) or f"not {', '.join(sorted(wanted))}"
        return Verdict(candidate, f"another take ({odd})")
    rank = (
        not candidate.official,
        not candidate.art,
        candidate.compilation or _GATHERED.search(album) is not None,
        words_of_folded(title) != words_of_folded(song.track),
        place,
    )
    return Verdict(candidate, None, rank)


def _takes(folded: str, names: Sequence[str] = tuple(_TAKES)) -> frozenset[str]:
    return frozenset(name for name in names if _TAKE[name].search(folded))


def _credits(folded: str) -> frozenset[str]:
    """The keys of those who share a credit: "queen & david bowie" has two."""
    parts = (name_key(part) for part in _SEPARATORS.split(folded) if part.strip())
    return frozenset(part for part in parts if part)


def _same_artist(song: _Song, artist: str) -> bool:
    """The same name, or one credit that names all of the other's artists."""
    if name_key(artist) == name_key(song.artist):
        return True
    shared = _credits(artist)
    if not shared:
        return False
    whole = name_key(song.artist)
    return whole in shared or song.credits <= shared or _spelt_alike(song.artist, artist)


def _same_title(track: str, title: str) -> bool:
    if name_key(track) == name_key(title):
        return True
    return _spelt_alike(base_name(track), base_name(title))


def _spelt_alike(one: str, other: str) -> bool:
    """Whether two names are the same, word by word, but for a slip in a long word; numbers and keys must agree."""
    pairs = list(zip(words_of_folded(one), words_of_folded(other), strict=False))
    if not pairs or len(words_of_folded(one)) != len(words_of_folded(other)):
        return False
    return all(a == b or _misspelt(a, b) for a, b in pairs)


def _misspelt(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_MISSPELT or {one, other} & _OPPOSITES:
        return False
    return one.isalpha() and other.isalpha() and fuzz.ratio(one, other) >= _ALIKE
