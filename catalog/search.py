"""Search over the songs of one artifact set: exact words, then beginnings, then forgiven typos; popular first.

The index is a tantivy folder, memory-mapped and shared by workers. It has one segment, whose documents stand in
the order of the `SongTable`: the number of a document is the row, and the first documents are the most popular.
"""

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder, Searcher

from catalog import text
from catalog.table import SongTable

LONGEST_QUERY = 200  # characters that are read
MOST_WORDS = 10  # words that are read
DEEPEST = 10_000  # songs that can be paged through
_ENOUGH = 5  # with so many songs that match as typed, typos are not forgiven
_MANY = 50_000  # songs with a word, above which a page is looked for among the popular songs first
_FREQUENT = 5_000  # songs with a word, above which it is taken for spelled right at the first look
_FILLERS = frozenset(["a", "an", "and", "by", "feat", "lyrics", "music", "official", "of", "song", "the", "video"])
_MOST = 0.6  # of the words, as the last resort
_SHORT = range(1, 4)  # letters of the beginnings that are indexed
_STARTS = {"words": "starts", "first": "first_starts"}
_WORD_OR_NAME = ("words", "artist", "track")
_TIERS = {"12": 1 << 12, "16": 1 << 16}  # the term of a tier and its rows
_HEAP = 3_000_000_000  # bytes the writer may use; it takes what it needs: one heap makes one segment


class SearchError(Exception):
    """A search folder that cannot be read or belongs to another catalog."""


class SearchPage(NamedTuple):
    """Rows of the `SongTable`, best first. total: all songs that match, a lower bound unless total_is_exact."""

    rows: list[int]
    total: int
    total_is_exact: bool


class _Hits(NamedTuple):
    rows: list[int]
    total: int
    is_exact: bool = True


def _schema() -> Schema:
    builder = SchemaBuilder()
    for field in (
        "words",  # of artist and track, with the other ways to write them
        "starts",  # their first 1, 2 and 3 letters: a short beginning is one term, not thousands
        "first",  # the word that artist or track begins with
        "first_starts",  # its first 1, 2 and 3 letters
        "tier",
    ):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="basic")
    for field in ("artist", "track", "song"):  # text.name_key of either, and both joined
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    return builder.build()


def write_search(folder: Path, songs: SongTable) -> None:
    """Make the folder, which must not exist or be empty, with the search index of all songs."""
    folder.mkdir(parents=True, exist_ok=True)
    index = Index(_schema(), path=str(folder))
    writer = index.writer(_HEAP, 1)
    # artists and words return, tracks hardly do
    artist_terms, starts = lru_cache(1 << 16)(_Terms.of), lru_cache(1 << 18)(_starts)
    for row, (artist, track) in enumerate(songs.names()):
        writer.add_document(_document(row, artist_terms(artist), _Terms.of(track), starts))
    writer.commit()
    writer.wait_merging_threads()
    del writer, index
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


class _Terms(NamedTuple):
    """What of an artist or a track is indexed."""

    key: str
    words: set[str]
    first: set[str]

    @classmethod
    def of(cls, name: str) -> Self:
        folded = text.fold(name)
        base = text.base_name(folded)
        words = text.words_of_folded(folded)
        base_words = words if base == folded else text.words_of_folded(base)
        return cls("".join(base_words), text.index_words(folded), {*words[:1], *base_words[:1]})


def _document(row: int, artist: _Terms, track: _Terms, starts: Callable[[str], str]) -> Document:
    words, first = artist.words | track.words, artist.first | track.first
    document = Document()
    document.add_text("words", " ".join(words))
    document.add_text("starts", " ".join(map(starts, words)))
    document.add_text("first", " ".join(first))
    document.add_text("first_starts", " ".join(map(starts, first)))
    document.add_text("artist", artist.key)
    document.add_text("track", track.key)
    document.add_text("song", artist.key + track.key)
    tiers = [name for name, rows in _TIERS.items() if row < rows]
    if tiers:
        document.add_text("tier", " ".join(tiers))
    return document


def _starts(word: str) -> str:
    return " ".join(word[:letters] for letters in _SHORT)


class CatalogSearch:
    """A search folder, open for reading. Safe to share between threads and, opened before a fork, processes."""

    def __init__(self, schema: Schema, searcher: Searcher) -> None:
        self._schema = schema
        self._searcher = searcher

    @classmethod
    def open(cls, folder: Path, songs: SongTable) -> Self:
        """Map a folder written by `write_search`; writes nothing into it. Raises SearchError."""
        try:
            index = _open_index(folder)
        except (OSError, ValueError) as exc:
            msg = f"{folder} cannot be read as a search index ({exc}): rebuild with python build_vector_db.py"
            raise SearchError(msg) from exc
        searcher = index.searcher()
        if searcher.num_docs != len(songs) or searcher.num_segments > 1:
            msg = f"{folder} has {searcher.num_docs:,} songs, the catalog {len(songs):,}: rebuild it"
            raise SearchError(msg)
        return cls(index.schema, searcher)

    def search(self, q: str, limit: int, offset: int = 0) -> SearchPage:
        """The songs that match what was typed, best first: `limit` of them (at least 1) after the first `offset`.

        The last word may be unfinished, the words may stand in any order. Songs named so come first, then those
        with all the words, then those with a word that begins with the last one, then, where fewer than 5 match
        as typed, those a typo away; the more popular first within each. Any string is plain text.
        """
        if limit < 1 or offset < 0:
            msg = f"limit must be at least 1 and offset at least 0, not {limit} and {offset}"
            raise ValueError(msg)
        q = q[:LONGEST_QUERY]
        typed = _typed_words(q)
        if not typed:
            return SearchPage([], 0, True)
        need = min(offset + limit, DEEPEST)
        named = self._named(text.name_key(text.fold(q)))
        hits = self._as_typed(typed, named, need)
        if hits.total < (_ENOUGH if len(typed) == 1 else 1):
            hits = self._forgiven(typed, named, need, hits)
        return SearchPage(hits.rows[offset:need], hits.total, hits.is_exact)

    def _as_typed(self, typed: list[str], named: Query, need: int) -> _Hits:
        """Songs with every word, where the last may be unfinished: those named so, with it whole, beginning so."""
        *whole, last = typed
        rarest = self._rarest(whole, last)
        words, run = self._words(whole), self._run(last)
        hits = self._hits(_all([*words, run]), need, rarest)
        if hits.total < 2:
            return hits
        exact = _all([*words, self._word(last)])
        begin = _all([self._word(whole[0], "first"), *words[1:], run]) if whole else self._run(last, "first")
        better = [(_all([named, exact]), 0), (exact, self._rarest(typed)), (begin, rarest)]
        if len(last) == 1:  # one letter is a beginning, hardly a word
            del better[1]
        found: dict[int, None] = {}
        for query, songs in better:
            if len(found) < need:
                found |= dict.fromkeys(self._hits(query, need, songs).rows)
        return hits._replace(rows=[*(found | dict.fromkeys(hits.rows))][:need])

    def _forgiven(self, typed: list[str], named: Query, need: int, hits: _Hits) -> _Hits:
        """`hits` (at most a few) and after them those of the first query that forgives enough to find more."""
        if hits.rows and self._ranked(named, 1).total:
            return hits
        for query in self._forgiving(typed, named, closest=bool(hits.rows)):
            more = self._ranked(query, need)
            if more.total > hits.total:
                return more._replace(rows=[*dict.fromkeys(hits.rows + more.rows)][:need])
        return hits

    def _forgiving(self, typed: list[str], named: Query, *, closest: bool) -> Iterator[Query]:
        """Queries that find what was typed and more; the closest alone, or ever looser ones."""
        yield _any(map(_quiet, [named, *self._joined(typed)]))
        yield self._near(typed, most=1)
        if closest:
            return
        yield self._near(typed, most=2)
        if len(typed[-1]) > 4:
            yield self._near(typed, most=2, unfinished=True)
        fewer = [word for word in typed if word not in _FILLERS]
        if fewer and fewer != typed:
            yield _all([*self._words(fewer[:-1]), self._run(fewer[-1])])
            yield self._near(fewer, most=1)
        yield from self._most(typed)

    def _most(self, typed: list[str]) -> Iterator[Query]:
        """Songs with most of at least three words; frequent words do not count, they would find too much."""
        frequency = {word: self._searcher.doc_freq("words", word) for word in typed}
        telling = [word for word in typed if frequency[word] <= _FREQUENT]
        enough = max(2, math.ceil(len(typed) * _MOST) - len(typed) + len(telling))
        if len(typed) > 2 and len(telling) >= enough:
            near = [self._typo(word, 1, len(typed)) if len(word) > 5 else self._word(word) for word in telling]
            yield Query.boolean_query(
                [(Occur.Should, Query.const_score_query(word, 1.0)) for word in near],
                minimum_number_should_match=enough,
            )

    def _joined(self, typed: list[str]) -> Iterator[Query]:
        """A word may be a whole name ("daftpunk"), two neighbours may be one word or name ("radio head")."""
        readings = [typed] if not all(self._exists(word) for word in typed[:-1]) or len(typed) == 1 else []
        for at in range(len(typed) - 1):
            joined = typed[at] + typed[at + 1]
            if at + 2 == len(typed) or self._exists(joined):
                readings.append([*typed[:at], joined, *typed[at + 2 :]])
        for *whole, last in readings:
            yield _all([*map(self._word_or_name, whole), _any([self._word_or_name(last), self._run(last)])])

    def _exists(self, word: str) -> bool:
        return any(self._searcher.doc_freq(field, word) for field in _WORD_OR_NAME)

    def _near(self, typed: list[str], most: int, *, unfinished: bool = False) -> Query:
        """Songs with every word but for `most` typos a word; first those with more words right and that begin so."""
        *whole, last = typed
        forgiven = [self._typo(w, most, len(typed)) for w in whole]
        if unfinished:
            forgiven.append(Query.fuzzy_term_query(self._schema, "words", last, distance=1, prefix=True))
        else:
            forgiven.append(_any([self._typo(last, most, len(typed)), self._run(last)]))
        bonus = [*self._words(typed), self._typo(typed[0], most, len(typed), "first")]
        return Query.boolean_query(
            [(Occur.Must, _quiet(word)) for word in forgiven]
            + [(Occur.Should, Query.const_score_query(right, 1.0)) for right in bonus]
        )

    def _typo(self, word: str, most: int, among: int, field: str = "words") -> Query:
        """Songs with a word like it: one typo forgiven for 4 letters or more, two for 8 or more, as `most` allows.

        A frequent word is no typo at the first look; at the second, 3 letters may be 4 with one left out.
        """
        if len(word) < (4 if most == 1 or among == 1 else 3):
            return self._word(word, field)
        if most == 1 and self._searcher.doc_freq("words", word) > _FREQUENT:
            return self._word(word, field)
        return Query.fuzzy_term_query(self._schema, field, word, distance=most if len(word) >= 8 else 1)

    def _named(self, key: str) -> Query:
        """Songs whose artist, track or both are called so."""
        return _any(Query.term_query(self._schema, field, key) for field in ("artist", "track", "song"))

    def _word(self, word: str, field: str = "words") -> Query:
        return Query.term_query(self._schema, field, word)

    def _words(self, typed: list[str]) -> list[Query]:
        return [self._run(w) if text.is_unspaced(w) else self._word(w) for w in typed]

    def _word_or_name(self, word: str) -> Query:
        return _any(self._word(word, field) for field in _WORD_OR_NAME if self._searcher.doc_freq(field, word))

    def _run(self, start: str, field: str = "words") -> Query:
        """Songs with a word that begins so."""
        if len(start) in _SHORT:
            return self._word(start, _STARTS[field])
        return Query.fuzzy_term_query(self._schema, field, start, distance=0, prefix=True)

    def _rarest(self, whole: list[str], last: str = "") -> int:
        """How many songs have the rarest of the words, 0 where that is not known at once."""
        counts = [self._searcher.doc_freq("words", w) for w in whole]
        if len(last) in _SHORT:
            counts.append(self._searcher.doc_freq("starts", last))
        return min(counts, default=0)

    def _hits(self, query: Query, need: int, songs: int) -> _Hits:
        """The first `need` rows in order of popularity; where very many `songs` match, from the popular ones alone."""
        query = Query.const_score_query(query, 1.0)
        if songs > _MANY:
            for tier, rows in _TIERS.items():
                part = self._ranked(_all([self._word(tier, "tier"), query]), min(need, rows))
                if part.total >= need:
                    return part._replace(is_exact=False)
        return self._ranked(query, need)

    def _ranked(self, query: Query, need: int) -> _Hits:
        result = self._searcher.search(query, need)
        return _Hits([address.doc for _, address in result.hits], result.count)  # type: ignore[attr-defined]


def _typed_words(q: str) -> list[str]:
    *whole, last = text.words(q)[:MOST_WORDS] or [""]
    return [*dict.fromkeys("and" if w == "n" else w for w in whole), last] if last else []


def _all(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _quiet(query: Query) -> Query:
    """The same songs, none better than another."""
    return Query.const_score_query(query, 0.0)


def _open_index(folder: Path) -> Index:
    """Tantivy leaves a lock file where it opens an index: let that be a folder of links, not the checked set."""
    with tempfile.TemporaryDirectory(prefix="catalog-search-") as links:
        for file in folder.iterdir():
            (Path(links) / file.name).symlink_to(file.resolve())
        index = Index.open(links)
        index.config_reader("manual")
        return index
