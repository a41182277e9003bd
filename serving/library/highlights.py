"""Where a name says what was typed, to be marked in a list of songs found."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from catalog import text

Range = tuple[int, int]

_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[^\w\s]+")
_ONE_TYPO, _TWO_TYPOS = 4, 8  # letters of a word from which on so many are forgiven


def highlights(name: str, typed: Sequence[str]) -> list[Range]:
    """Where words of a name begin with typed words, or are them but for a typo: [start, end), in order.

    typed: by `text.words`. Counted in UTF-16 code units, as JavaScript does. A word that a search finds by another
    spelling, as "acdc" for "AC/DC", is not marked.
    """
    found = sorted(set(_found(name, typed)))
    return [(_units(name, start), _units(name, end)) for start, end in _merged(found)]


def says_all(name: str, typed: Sequence[str]) -> bool:
    """Whether every typed word is somewhere in the name."""
    return all(any(True for _ in _found(name, [word])) for word in typed)


def _found(name: str, typed: Sequence[str]) -> Iterator[Range]:
    for match in _WORD.finditer(name):
        for word in typed:
            part = _part(match[0], word)
            if part is not None:
                yield match.start() + part[0], match.start() + part[1]


@lru_cache(maxsize=1 << 14)
def _part(token: str, word: str) -> Range | None:
    """Which characters of a word of a name say a typed word."""
    key = _key(token)
    at = key.find(word) if text.is_unspaced(token) else (0 if key.startswith(word) else -1)
    if at >= 0:
        return _reach(token, at), _reach(token, at + len(word))
    typos = (len(word) >= _ONE_TYPO) + (len(word) >= _TWO_TYPOS)
    return (0, len(token)) if typos and OSA.distance(key, word, score_cutoff=typos) <= typos else None


def _reach(token: str, letters: int) -> int:
    """How many characters of a token make so many letters of its key."""
    return next((n for n in range(len(token) + 1) if len(_key(token[:n])) >= letters), len(token))


def _key(token: str) -> str:
    return "".join(text.words(token))


def _merged(ranges: list[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _units(name: str, characters: int) -> int:
    return characters if name.isascii() else len(name[:characters].encode("utf-16-le", "surrogatepass")) // 2
