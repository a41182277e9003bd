"""The search index of a catalog: a tantivy folder, memory-mapped and shared by workers.

It has one segment, whose documents stand in the order of the `SongTable`: the number of a document is the row, and
the first documents are the most popular.
"""

import shutil
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Self

from tantivy import Document, Index, Schema, SchemaBuilder

from catalog import text
from catalog.romanised import romanised
from catalog.table import SongTable

SHORT = range(1, 4)  # letters of the beginnings that are terms of their own
STARTS = {"words": "starts", "first": "first_starts"}  # a field of words and the field of their short beginnings
TIERS = {"12": 1 << 12, "16": 1 << 16}  # a term of the field "tier" and the rows that have it

# bytes that the writer may use, the most that tantivy allows: one heap makes one segment, of 7 million songs or so
_HEAP = 4_200_000_000


class SearchError(Exception):
    """A search folder that cannot be read or belongs to another catalog."""


def _schema() -> Schema:
    builder = SchemaBuilder()
    for field in (
        "words",  # of artist and track, with the other ways to write them and their readings in Latin letters
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
    """Make the folder, which must not exist or be empty, with the search index of all songs.

    A million songs take about 20 seconds, 90 MB of disk and, while it is made, 600 MB of memory. Raises SearchError
    where they are too many for one segment, above some 7 million.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = Index(_schema(), path=str(folder))
    writer = index.writer(_HEAP, 1)
    # artists and words return, tracks hardly do
    artist_terms, starts = lru_cache(1 << 16)(_Terms.of), lru_cache(1 << 18)(_starts)
    for row, (artist, track) in enumerate(songs.names()):
        writer.add_document(_document(row, artist_terms(artist), _Terms.of(track), starts))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    segments = index.searcher().num_segments
    if segments > 1:
        msg = f"{len(songs):,} songs are too many for one search index: they made {segments} segments, expected 1"
        raise SearchError(msg)
    del writer, index
    for file in folder.glob(".*"):  # locks, and the writer's list of files: readers need neither
        file.unlink()


class _Terms(NamedTuple):
    """What of an artist or a track is indexed."""

    key: str
    words: set[str]
    first: set[str]

    @classmethod
    def of(cls, name: str) -> Self:
        folded = text.fold(name)
        words, base = text.words_and_base(folded)
        return cls("".join(base), text.index_words(folded) | romanised(name), {*words[:1], *base[:1]})


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
    tiers = [name for name, rows in TIERS.items() if row < rows]
    if tiers:
        document.add_text("tier", " ".join(tiers))
    return document


def _starts(word: str) -> str:
    return " ".join(word[:letters] for letters in SHORT)


def open_search(folder: Path, songs: SongTable) -> Index:
    """Map a folder written by `write_search` and write nothing into it. Raises SearchError."""
    try:
        index = _open(folder)
    except (OSError, ValueError) as exc:
        msg = f"{folder} cannot be read as a search index ({exc}): rebuild with python build_vector_db.py"
        raise SearchError(msg) from exc
    searcher = index.searcher()
    if searcher.num_docs != len(songs) or searcher.num_segments > 1:
        msg = (
            f"{folder} has {searcher.num_docs:,} songs in {searcher.num_segments} segments, the catalog {len(songs):,}"
            " songs: rebuild with python build_vector_db.py"
        )
        raise SearchError(msg)
    return index


def _open(folder: Path) -> Index:
    """Tantivy leaves a lock file where it opens an index: let that be a folder of links, not the checked set."""
    links = Path(tempfile.mkdtemp(prefix="catalog-search-"))
    try:
        for file in folder.iterdir():
            (links / file.name).symlink_to(file.resolve())
        index = Index.open(str(links))
        index.config_reader("manual")
        return index
    finally:
        while links.exists():  # the thread that tantivy starts for a moment may just be making its lock file
            shutil.rmtree(links, ignore_errors=True)
