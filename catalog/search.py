"""Search over the songs of one artifact set: exact words, then beginnings, then forgiven typos; popular first.

The index is a tantivy folder, memory-mapped and shared by workers. It has one segment, whose documents stand in
the order of the `SongTable`: the number of a document is the row, and the first documents are the most popular.
"""

import tempfile
from collections.abc import Iterable, Iterator
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
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")  # of artist and track
    builder.add_text_field("starts", tokenizer_name="whitespace", index_option="basic")  # their first 1 and 2 letters
    builder.add_text_field("artist", tokenizer_name="raw", index_option="basic")  # text.name_key
    builder.add_text_field("track", tokenizer_name="raw", index_option="basic")  # text.name_key
    builder.add_text_field("song", tokenizer_name="raw", index_option="basic")  # both keys, joined
    builder.add_text_field("tier", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def write_search(folder: Path, songs: SongTable) -> None:
    """Make the folder, which must not exist or be empty, with the search index of all songs."""
    folder.mkdir(parents=True, exist_ok=True)
    index = Index(_schema(), path=str(folder))
    writer = index.writer(_HEAP, 1)
    for row in range(len(songs)):
        song = songs.song(row)
        writer.add_document(_document(row, song.artist, song.track))
    writer.commit()
    writer.wait_merging_threads()
    del writer, index
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


def _document(row: int, artist: str, track: str) -> Document:
    artist, track = text.fold(artist), text.fold(track)
    artist_key, track_key = text.name_key(artist), text.name_key(track)
    words = text.index_words(artist) | text.index_words(track)
    document = Document()
    document.add_text("words", " ".join(words))
    document.add_text("starts", " ".join({word[:n] for word in words for n in (1, 2)}))
    document.add_text("artist", artist_key)
    document.add_text("track", track_key)
    document.add_text("song", artist_key + track_key)
    tiers = [name for name, rows in _TIERS.items() if row < rows]
    if tiers:
        document.add_text("tier", " ".join(tiers))
    return document


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
        q = q[:LONGEST_QUERY]
        typed = _typed_words(q)
        if not typed:
            return SearchPage([], 0, True)
        need = min(offset + limit, DEEPEST)
        rarest = self._rarest(typed)
        named, strict = self._named(q), self._strict(typed)
        found = dict.fromkeys(self._hits(named, need).rows)
        if len(typed[-1]) > 1:  # one letter is a beginning, hardly a word
            found |= dict.fromkeys(self._hits(_all(map(self._word, typed)), need, rarest).rows)
        hits = self._hits(_any([named, strict]), need, rarest)
        found |= dict.fromkeys(hits.rows)
        if hits.total < _ENOUGH:
            for forgiving in self._forgiving(typed):
                hits = self._ranked(_any([_quiet(named), _quiet(strict), forgiving]), need)
                found |= dict.fromkeys(hits.rows)
                if hits.total:
                    break
        return SearchPage(list(found)[offset:need], hits.total, hits.is_exact)

    def _named(self, q: str) -> Query:
        """Songs whose artist, track or both are called what was typed."""
        key = text.name_key(text.fold(q))
        return _any([Query.term_query(self._schema, field, key) for field in ("artist", "track", "song")])

    def _strict(self, typed: list[str]) -> Query:
        """Songs with every word, where the last may be unfinished."""
        *whole, last = typed
        return _all([*(self._run(w) if text.is_unspaced(w) else self._word(w) for w in whole), self._run(last)])

    def _forgiving(self, typed: list[str]) -> Iterator[Query]:
        """Songs with every word but for typos: one a word first, then two, then one in an unfinished last word."""
        *whole, last = typed
        bonus = [(Occur.Should, Query.const_score_query(self._word(w), 1.0)) for w in typed]
        for most in (1, 2):
            near = [*(self._near(w, most) for w in whole), _any([self._near(last, most), self._run(last)])]
            yield Query.boolean_query([*((Occur.Must, _quiet(w)) for w in near), *bonus])
        if len(last) > 4:
            start = Query.fuzzy_term_query(self._schema, "words", last, distance=1, prefix=True)
            near = [*(self._near(w, 2) for w in whole), start]
            yield Query.boolean_query([*((Occur.Must, _quiet(w)) for w in near), *bonus])

    def _word(self, word: str) -> Query:
        return Query.term_query(self._schema, "words", word)

    def _run(self, start: str) -> Query:
        """Songs with a word that begins so."""
        if len(start) <= 2:
            return Query.term_query(self._schema, "starts", start)
        return Query.fuzzy_term_query(self._schema, "words", start, distance=0, prefix=True)

    def _near(self, word: str, most: int) -> Query:
        """Songs with a word that is at most `most` typos away: none forgiven below 4 letters, one below 8."""
        distance = min(most, 0 if len(word) < 4 else 1 if len(word) < 8 else 2)
        return Query.fuzzy_term_query(self._schema, "words", word, distance=distance) if distance else self._word(word)

    def _rarest(self, typed: list[str]) -> int:
        """How many songs have the rarest of the words, 0 where that is not known at once."""
        *whole, last = typed
        counts = [self._searcher.doc_freq("words", w) for w in whole]
        if len(last) <= 2:
            counts.append(self._searcher.doc_freq("starts", last))
        return min(counts, default=0)

    def _hits(self, query: Query, need: int, songs: int = 0) -> _Hits:
        """The first `need` rows in order of popularity; from the popular songs alone where these are enough."""
        query = Query.const_score_query(query, 1.0)
        for tier, rows in _TIERS.items():
            if songs > _MANY and need <= rows:
                part = self._ranked(_all([Query.term_query(self._schema, "tier", tier), query]), need)
                if part.total >= need:
                    return _Hits(part.rows, part.total, is_exact=False)
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
