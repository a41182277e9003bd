"""Names of months in any language: Babel's CLDR data, one language chosen for a whole column."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from babel import Locale, localedata

_ENGLISH = {"sept": 9}  # beside CLDR's own: what people write
_STYLES = ("wide", "abbreviated")


def months_of(texts: Sequence[Collection[str]]) -> dict[str, int] | None:
    """Month numbers of the words of a column's texts; words that are no month are left out.

    English is asked first, then the language that finds a month in most of the texts. None where two languages that
    find equally many disagree: "listopad" is October in Croatian and November in Polish.
    """
    wanted = Counter(frozenset(map(_key, words)) for words in texts)
    best, most, rivals = _months("en") | _ENGLISH, _found(wanted, _months("en") | _ENGLISH), list[dict[str, int]]()
    if most < wanted.total():
        for known in map(_months, _languages_of(frozenset().union(*wanted))):
            found = _found(wanted, known)
            if found > most:
                best, most, rivals = known, found, []
            elif found == most:
                rivals.append(known)
    used = {word: best[_key(word)] for words in texts for word in words if _key(word) in best}
    english = best.get("january") == 1
    if not english and any(rival.get(_key(word), month) != month for rival in rivals for word, month in used.items()):
        return None
    return used


def _found(wanted: Mapping[frozenset[str], int], months: Mapping[str, int]) -> int:
    return sum(count for words, count in wanted.items() if not words.isdisjoint(months))


def _key(word: str) -> str:
    return word.casefold().strip(". ")


def _languages_of(words: frozenset[str]) -> list[str]:
    """The languages that have a month called by one of the words, in order of their names."""
    return sorted({language for word in words for language in _languages().get(word, ())})


@cache
def _languages() -> dict[str, list[str]]:
    """All names of months, and the languages of each."""
    found: dict[str, list[str]] = {}
    for language in localedata.locale_identifiers():
        if "_" not in language:
            for name in _months(language):
                found.setdefault(name, []).append(language)
    return found


@cache
def _months(language: str) -> dict[str, int]:
    """Full and short names, those used in dates first; a name that stands for two months is left out."""
    contexts = Locale.parse(language).months
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for style in _STYLES:
            for number, name in contexts[context][style].items():
                found.setdefault(_key(name), number)
    return {name: number for name, number in found.items() if not name.isdigit()}
