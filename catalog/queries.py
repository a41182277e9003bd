"""What was typed as tantivy queries: words, beginnings, typos, joined words.

A query is cheap to make; only what runs it costs. Words are those of `catalog.text.words`.
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tantivy import Occur, Query, Schema, Searcher

from catalog import text
from catalog.search_index import SHORT, STARTS

_FEW = 256  # beginnings of so many words are looked up word by word, which stops early
_LONG = 8  # letters of a word that may have two typos
_FREQUENT = 5_000  # songs with a word, above which it is taken for spelled right at first
_MOST = 0.6  # of the words, as the last resort
_ARTIST_WORDS = 4  # of an artist whose songs are shown where nothing else matches
_FILLERS = frozenset(["a", "an", "and", "by", "feat", "lyrics", "music", "official", "of", "song", "the", "video"])


class Start(NamedTuple):
    """Songs with a word that begins so, and at most how many these are."""

    query: Query
    songs: int


class Forgive(NamedTuple):
    """How much to forgive: `most` typos in a long word and one in words of `shortest` letters or more."""

    most: int
    shortest: int
    frequent: bool = False  # also in words that many songs have


class Queries:
    """Queries over one index."""

    def __init__(self, schema: Schema, searcher: Searcher) -> None:
        self._schema = schema
        self._searcher = searcher

    def term(self, word: str, field: str = "words") -> Query:
        """Songs with the very word."""
        return Query.term_query(self._schema, field, word)

    def terms(self, typed: list[str]) -> list[Query]:
        """One query a word: the very word, or, in a script without blanks, a run of letters that begins so."""
        return [self.start(word).query if text.is_unspaced(word) else self.term(word) for word in typed]

    def named(self, key: str) -> list[Query]:
        """Songs whose artist, track or both are called so, as far as there are any: key is a `text.name_key`."""
        return [*self._called(key, ("artist", "track", "song"))]

    def artist_like(self, key: str) -> Query:
        """Songs by artists whose `text.name_key` is key but for a typo, or two where it is long."""
        typo = self._typo(key, Forgive(2, shortest=4, frequent=True), "artist")
        return typo or self.term(key, "artist")

    def start(self, letters: str, field: str = "words") -> Start:
        """Songs with a word that begins with the letters."""
        if len(letters) in SHORT:
            field = STARTS[field]
            return Start(self.term(letters, field), self._searcher.doc_freq(field, letters))
        found = self._searcher.terms_with_prefix(field, letters, limit=_FEW + 1)
        if len(found) <= _FEW:
            return Start(any_of(self.term(word, field) for word, _ in found), sum(songs for _, songs in found))
        query = Query.fuzzy_term_query(self._schema, field, letters, distance=0, prefix=True)
        return Start(query, self._searcher.num_docs)

    def rarest(self, typed: list[str]) -> int:
        """How many songs have the rarest of the words."""
        return min((self._searcher.doc_freq("words", word) for word in typed), default=self._searcher.num_docs)

    def joined(self, typed: list[str]) -> Iterator[Query]:
        """Where a word may be a whole name ("daftpunk"), or two neighbours one word or name ("radio head")."""
        readings = [] if len(typed) > 1 and all(map(self._is_word, typed[:-1])) else [typed]
        for at in range(len(typed) - 1):
            joined = typed[at] + typed[at + 1]
            if at + 2 == len(typed) or self._is_word(joined) or any(self._called(joined)):
                readings.append([*typed[:at], joined, *typed[at + 2 :]])
        for *whole, last in readings:
            ends = [start.query for start in [self.start(last)] if start.songs] + [*self._called(last)]
            words = [[self.term(word), *self._called(word)] for word in whole]
            if ends:
                yield all_of(map(any_of, [*words, ends]))

    def _is_word(self, word: str) -> bool:
        return self._searcher.doc_freq("words", word) > 0

    def _called(self, key: str, fields: tuple[str, ...] = ("artist", "track")) -> Iterator[Query]:
        return (self.term(key, field) for field in fields if self._searcher.doc_freq(field, key))

    def levels(self, typed: list[str]) -> list[Forgive]:
        """What to forgive in these words, more and more."""
        levels = [Forgive(1, shortest=4)]
        shortest = 3 if len(typed) > 1 else 4  # beside other words 3 letters may be 4 with one left out
        if any(len(word) == shortest < 4 or len(word) >= _LONG for word in typed):
            levels.append(Forgive(2, shortest))
        if any(self._searcher.doc_freq("words", word) > _FREQUENT for word in typed):
            levels.append(Forgive(2, shortest, frequent=True))
        return levels

    def near(self, typed: list[str], forgive: Forgive) -> Query:
        """Songs with every word but for typos; first those with more words right and that begin so."""
        *whole, last = typed
        start, typo = self.start(last).query, self._typo(last, forgive)
        end = start if typo is None else any_of([typo, start])
        return self._forgiven(typed, [*self._near_words(whole, forgive), end], forgive)

    def near_start(self, typed: list[str], forgive: Forgive) -> Query:
        """As `near`, with one typo in the beginning of the last word."""
        *whole, last = typed
        end = Query.fuzzy_term_query(self._schema, "words", last, distance=1, prefix=True)
        return self._forgiven(typed, [*self._near_words(whole, forgive), end], forgive)

    def _forgiven(self, typed: list[str], words: list[Query], forgive: Forgive) -> Query:
        begin = self._typo(typed[0], forgive, "first") or self.term(typed[0], "first")
        right = [*self.terms(typed), begin]
        return Query.boolean_query(
            [(Occur.Must, quiet(word)) for word in words]
            + [(Occur.Should, Query.const_score_query(query, 1.0)) for query in right]
        )

    def _near_words(self, typed: list[str], forgive: Forgive) -> list[Query]:
        return [self._typo(word, forgive) or self.term(word) for word in typed]

    def _typo(self, word: str, forgive: Forgive, field: str = "words") -> Query | None:
        """Songs with a word like it, None where it is too short or too frequent to be a typo."""
        if len(word) < forgive.shortest:
            return None
        if not forgive.frequent and self._searcher.doc_freq("words", word) > _FREQUENT:
            return None
        distance = forgive.most if len(word) >= _LONG else 1
        return Query.fuzzy_term_query(self._schema, field, word, distance=distance)

    def without_fillers(self, typed: list[str]) -> list[str]:
        """The words that name something, none where all of them do: "creep by radiohead" is creep, radiohead."""
        fewer = [word for word in typed if word not in _FILLERS]
        return fewer if fewer != typed else []

    def most(self, typed: list[str]) -> Iterator[Query]:
        """Songs with most of at least three words; frequent words do not count, they would find too much."""
        telling = [word for word in typed if self._searcher.doc_freq("words", word) <= _FREQUENT]
        enough = max(2, math.ceil(len(typed) * _MOST) - len(typed) + len(telling))
        if len(typed) > 2 and len(telling) >= enough:
            near = self._near_words(telling, Forgive(1, shortest=6))
            yield Query.boolean_query(
                [(Occur.Should, Query.const_score_query(word, 1.0)) for word in near],
                minimum_number_should_match=enough,
            )

    def artists_alone(self, words: list[str]) -> Iterator[Query]:
        """Songs of the artist that the first or the last words name; named so before named nearly so, long names first.

        words: those of a `text.name_key`.
        """
        longest = min(len(words) - 1, _ARTIST_WORDS)
        names = [part for n in range(longest, 0, -1) for part in ("".join(words[:n]), "".join(words[-n:]))]
        for name in names:
            yield from self._called(name, ("artist",))
        yield from map(self.artist_like, names)


def all_of(queries: Iterable[Query]) -> Query:
    """Songs that match every query."""
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def any_of(queries: Iterable[Query]) -> Query:
    """Songs that match one query or more."""
    listed = list(queries)
    return listed[0] if len(listed) == 1 else Query.boolean_query([(Occur.Should, query) for query in listed])


def quiet(query: Query) -> Query:
    """The same songs, none better than another."""
    return Query.const_score_query(query, 0.0)
