"""Search over the songs of one artifact set: exact words, then beginnings, then forgiven typos; popular first."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from tantivy import Query, Schema, Searcher

from catalog import text
from catalog.queries import Queries, all_of, any_of, quiet
from catalog.search_index import TIERS, SearchError, open_search, write_search
from catalog.table import SongTable

__all__ = ["CatalogSearch", "SearchError", "SearchPage", "write_search"]

LONGEST_QUERY = 200  # characters that are read
MOST_WORDS = 10  # words that are read
DEEPEST = 10_000  # songs that can be paged through
_BEGINNING = 2  # letters that are the beginning of a word rather than a word
_VERSIONS = 100  # of a song that are looked at
_ENOUGH = 5  # songs that match one typed word, with which its typos are not forgiven
_MANY = 50_000  # matching songs, above which a page is looked for among the popular ones first


class SearchPage(NamedTuple):
    """Rows of the `SongTable`, best first. total: all songs that match, a lower bound unless total_is_exact."""

    rows: list[int]
    total: int
    total_is_exact: bool


class _Hits(NamedTuple):
    rows: list[int]
    total: int
    is_exact: bool = True


class CatalogSearch:
    """A search folder, open for reading. Safe to share between threads.

    A search is fast enough for the event loop; a hop to a thread costs more than it. Measured on one thread by
    `python -m benchmarks.search`: of 1,658 songs, typed letter by letter, 0.05 ms in the median and 0.3 ms for 95 %;
    of a million songs 0.1 and 0.7 ms, with a typo 0.6 and 2 ms; the worst that ten frequent words can do is 30 ms.
    The mapped index is shared by all workers, each adds 2 MB of its own.
    """

    def __init__(self, schema: Schema, searcher: Searcher, first_rows: Sequence[int]) -> None:
        self._searcher = searcher
        self._queries = Queries(schema, searcher)
        self._first_rows = first_rows

    @classmethod
    def open(cls, folder: Path, songs: SongTable) -> Self:
        """Map a folder written by `write_search`; writes nothing into it. Raises SearchError."""
        opened = open_search(folder, songs)
        search = cls(opened.tantivy.schema, opened.tantivy.searcher(), opened.first_rows)
        search.search("zzzzzzzz zzzzz", 1)  # tantivy makes its tables of typos at the first use, which takes 10 ms
        return search

    def search(self, q: str, limit: int, offset: int = 0) -> SearchPage:
        """The songs that match what was typed, best first: `limit` of them (at least 1) after the first `offset`.

        The last word may be unfinished, the words may stand in any order. Songs named so come first, then those
        with all the words, then those with a word that begins with the last one, and in either case those whose
        artist or track begins with what was typed before those that mention it; only where nothing matches as typed
        (one word: fewer than 5 songs), those some typos away; where there is none either, those of an artist whom the
        first or the last words name. The more popular come first within each.

        Any string is plain text; 200 characters and 10 words of it are read. Songs after the first 10,000 are
        counted, not listed. Raises ValueError for a limit below 1 or an offset below 0.
        """
        if limit < 1 or offset < 0:
            msg = f"limit must be at least 1 and offset at least 0, not {limit} and {offset}"
            raise ValueError(msg)
        words, base = text.words_and_base(text.fold(q[:LONGEST_QUERY]))
        typed = _typed(words)
        if not typed:
            return SearchPage([], 0, True)
        need = min(offset + limit, DEEPEST)
        named = self._queries.named("".join(base))
        hits = self._as_typed(typed, named, need)
        if hits.total < (_ENOUGH if len(typed) == 1 else 1):
            hits = self._forgiven(typed, named, need, hits)
        if not hits.total:
            artists = map(quiet, self._queries.artists_alone(base[:MOST_WORDS]))
            hits = next((found for query in artists if (found := self._ranked(query, need)).total), hits)
        return SearchPage(hits.rows[offset:need], hits.total, hits.is_exact)

    def called(self, key: str) -> list[int]:
        """Rows of the versions of a song, popular first: key is the `text.name_key` of artist and track, joined."""
        return self._hits(self._queries.term(key, "song"), _VERSIONS, 0).rows

    def artists_like(self, key: str, limit: int) -> list[int]:
        """Rows by artists whose `text.name_key` is key or some typos away, popular first."""
        return self._hits(self._queries.artist_like(key), limit, 0).rows

    def _as_typed(self, typed: list[str], named: list[Query], need: int) -> _Hits:
        """Songs with every word, where the last may be unfinished, those that were likelier meant first."""
        *whole, last = typed
        words, start = self._queries.terms(whole), self._queries.start(last)
        songs = min(self._queries.rarest(whole), start.songs)
        hits = self._hits(all_of([*words, start.query]), need, songs)
        if hits.total < 2:
            return hits
        begin = self._queries.start(last, "first").query
        if whole:
            begin = all_of([self._queries.term(whole[0], "first"), *words[1:], start.query])
        found: dict[int, None] = {}
        for query, most in [*self._with_last_whole(typed, words, named), (begin, songs)]:
            if len(found) < need:
                found |= dict.fromkeys(self._hits(query, need, most).rows)
        return hits._replace(rows=[*(found | dict.fromkeys(hits.rows))][:need])

    def _with_last_whole(self, typed: list[str], words: list[Query], named: list[Query]) -> Iterator[tuple[Query, int]]:
        """Songs named so, songs that begin so and songs that have the words, each with how many these may be."""
        songs = self._queries.rarest(typed)
        if songs:
            last = self._queries.term(typed[-1])
            exact = all_of([*words, last])
            if named:
                yield all_of([any_of(named), exact]), 0
            first = self._queries.term(typed[0], "first")
            yield all_of([first, *words[1:], last]) if words else first, songs
            if len(typed[-1]) > _BEGINNING:
                yield exact, songs

    def _forgiven(self, typed: list[str], named: list[Query], need: int, hits: _Hits) -> _Hits:
        """`hits`, a few at most, and after them those of the first query that forgives enough to find more."""
        if hits.rows and named:
            return hits
        for query in self._forgiving(typed, named, closest=bool(hits.rows)):
            more = self._ranked(query, need)
            if more.total > hits.total:
                return more._replace(rows=[*dict.fromkeys(hits.rows + more.rows)][:need])
        return hits

    def _forgiving(self, typed: list[str], named: list[Query], *, closest: bool) -> Iterator[Query]:
        """Queries that find all that matches as typed and more; the closest alone, or ever looser ones."""
        queries = self._queries
        if glued := [*named, *queries.joined(typed)]:
            yield any_of(map(quiet, glued))
        first, *more = queries.levels(typed)
        yield queries.near(typed, first)
        if closest:
            return
        for forgive in more:
            yield queries.near(typed, forgive)
        if len(typed[-1]) > 4:
            yield queries.near_start(typed, first)
        if fewer := queries.without_fillers(typed):
            yield all_of([*queries.terms(fewer[:-1]), queries.start(fewer[-1]).query])
            yield queries.near(fewer, first)
        yield from queries.most(typed)

    def _hits(self, query: Query, need: int, songs: int) -> _Hits:
        """The first `need` rows by popularity; where very many `songs` may match, from the popular ones alone."""
        query = Query.const_score_query(query, 1.0)
        if songs > _MANY:
            for tier, rows in TIERS.items():
                part = self._ranked(all_of([self._queries.term(tier, "tier"), query]), min(need, rows))
                if part.total >= need:
                    return part._replace(is_exact=False)
        return self._ranked(query, need)

    def _ranked(self, query: Query, need: int) -> _Hits:
        result = self._searcher.search(query, need)
        first = self._first_rows
        rows = [first[address.segment_ord] + address.doc for _, address in result.hits]
        return _Hits(rows, result.count)  # type: ignore[attr-defined]


def _typed(words: list[str]) -> list[str]:
    """The words in order, without repetition, the unfinished one last."""
    *whole, last = words[:MOST_WORDS] or [""]
    return [*dict.fromkeys("and" if word == "n" else word for word in whole), last] if last else []
