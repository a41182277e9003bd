"""Search over the songs of one artifact set: exact words, then a beginning, then forgiven typos; popular first.

The index is a tantivy folder, memory-mapped and shared by workers. A document is a row of the `SongTable`.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from catalog import text
from catalog.table import SongTable

_HEAP = 2_000_000_000  # bytes; one thread and one heap make one segment, whose documents are rows


class SearchError(Exception):
    """A search folder that cannot be read or belongs to another catalog."""


class SearchPage(NamedTuple):
    """Rows of the `SongTable`, best first. total: all songs that match, a lower bound unless total_is_exact."""

    rows: list[int]
    total: int
    total_is_exact: bool


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("whole", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def write_search(folder: Path, songs: SongTable) -> None:
    """Make the folder (it must not exist or be empty) with the search index of all songs."""
    folder.mkdir(parents=True, exist_ok=True)
    index = Index(_schema(), path=str(folder))
    writer = index.writer(_HEAP, 1)
    for row in range(len(songs)):
        song = songs.song(row)
        document = Document()
        found = text.index_words(song.artist) | text.index_words(song.track)
        document.add_text("words", " ".join(sorted(found)))
        keys = {text.name_key(song.artist), text.name_key(song.track), text.song_key(song.artist, song.track)}
        document.add_text("whole", " ".join(sorted(keys)))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    del writer, index
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


class CatalogSearch:
    """A search folder, open for reading. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path, songs: SongTable) -> Self:
        """Map a folder written by `write_search`; writes nothing into it. Raises SearchError."""
        with tempfile.TemporaryDirectory(prefix="search-") as links:
            # tantivy takes a lock file when it opens: in a folder of links, so that the checked set stays as it is
            for file in folder.iterdir():
                (Path(links) / file.name).symlink_to(file.resolve())
            try:
                index = Index.open(links)
                index.config_reader("manual")
                search = cls(index)
            except ValueError as exc:
                msg = f"{folder} cannot be read as a search index ({exc}): rebuild with python build_vector_db.py"
                raise SearchError(msg) from exc
        if (search._searcher.num_docs, search._searcher.num_segments) != (len(songs), 1 if len(songs) else 0):
            msg = f"{folder} has {search._searcher.num_docs:,} songs, the catalog {len(songs):,}: rebuild it"
            raise SearchError(msg)
        return search

    def search(self, q: str, limit: int, offset: int = 0) -> SearchPage:
        """Songs that match what was typed, best first; any string is plain text."""
        typed = text.words(q[:256])[:12]
        if not typed:
            return SearchPage([], 0, True)
        found: dict[int, None] = {}
        for query in self._stages(q[:256], typed):
            found.update(dict.fromkeys(self._run(query, 10_000)))
        rows = list(found)
        return SearchPage(rows[offset : offset + limit], len(rows), True)

    def _run(self, query: Query, limit: int) -> list[int]:
        return [a.doc for _, a in self._searcher.search(Query.const_score_query(query, 1.0), limit, count=False).hits]

    def _stages(self, q: str, typed: list[str]) -> Iterator[Query]:
        words = [Query.term_query(self._schema, "words", w) for w in typed]
        last = Query.fuzzy_term_query(self._schema, "words", typed[-1], distance=0, prefix=True)
        yield Query.term_query(self._schema, "whole", text.name_key(q))
        yield Query.boolean_query([(Occur.Must, w) for w in words])
        yield Query.boolean_query([(Occur.Must, w) for w in [*words[:-1], last]])
        fuzzy = [self._fuzzy(w) for w in typed]
        fuzzy[-1] = Query.disjunction_max_query([last, fuzzy[-1]])
        yield Query.boolean_query([(Occur.Must, w) for w in fuzzy])

    def _fuzzy(self, word: str) -> Query:
        distance = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        return Query.fuzzy_term_query(self._schema, "words", word, distance=distance)
