"""The search index of a catalog: a tantivy folder, memory-mapped and shared by workers.

It has a segment for each part of the `SongTable`, and the segments and their documents stand in the table's order: the
row is the number of a document, counted through all segments, and the first documents are the most popular. tantivy
itself makes no order where it makes several segments, so each part is written as an index of its own.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from tantivy import Document, Index, Schema, SchemaBuilder

from catalog import text
from catalog.romanised import romanised
from catalog.table import SongTable

SHORT = range(1, 4)  # letters of the beginnings that are terms of their own
STARTS = {"words": "starts", "first": "first_starts"}  # a field of words and the field of their short beginnings
TIERS = {"12": 1 << 12, "16": 1 << 16}  # a term of the field "tier" and the rows that have it

PART: Final = 2_500_000  # songs of a segment
# bytes that the writer of a part may use, the most that tantivy allows: 7 million songs or so fill it
_HEAP = 4_200_000_000
_META = "meta.json"  # tantivy's list of segments and their schema


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


def write_search(folder: Path, songs: SongTable, part: int = PART) -> None:
    """Make the folder, which must not exist or be empty, with the search index of all songs.

    A million songs take about 20 seconds and 90 MB of disk; a part of 2.5 million 1.5 GB of memory while it is made.
    part: songs of a segment. Raises SearchError where a part's names are too long for one segment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # artists and words return, tracks hardly do
    artist_terms, starts = lru_cache(1 << 16)(_Terms.of), lru_cache(1 << 18)(_starts)
    documents = (
        _document(row, artist_terms(artist), _Terms.of(track), starts)
        for row, (artist, track) in enumerate(songs.names())
    )
    _write_part(folder, islice(documents, part))
    for _ in range(part, len(songs), part):
        with tempfile.TemporaryDirectory(dir=folder) as more:
            _write_part(Path(more), islice(documents, part))
            _append(Path(more), folder)


def _write_part(folder: Path, documents: Iterable[Document]) -> None:
    """An index of one segment, in an empty folder. Raises SearchError where they are too many for it."""
    index = Index(_schema(), path=str(folder))
    writer = index.writer(_HEAP, 1)
    for document in documents:
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    if searcher.num_segments > 1:
        msg = (
            f"{searcher.num_docs:,} songs are too many for one part of the search index: they made "
            f"{searcher.num_segments} segments, expected 1"
        )
        raise SearchError(msg)
    del writer, index, searcher
    for file in folder.glob(".*"):  # locks, and the writer's list of files: readers need neither
        file.unlink()


def _append(part: Path, folder: Path) -> None:
    """Move a part's files to those before it, and its segment to the end of their list."""
    before, after = (_meta(path) for path in (folder, part))
    for file in part.iterdir():
        if file.name != _META:
            file.rename(folder / file.name)
    joined = before | {"segments": before["segments"] + after["segments"]}
    (folder / _META).write_text(json.dumps(joined), encoding="utf-8")


def _meta(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / _META).read_bytes())
    return found


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


class OpenedSearch(NamedTuple):
    """An index, and for each of its segments the row of its first document."""

    tantivy: Index
    first_rows: tuple[int, ...]


def open_search(folder: Path, songs: SongTable) -> OpenedSearch:
    """Map a folder written by `write_search` and write nothing into it. Raises SearchError."""
    try:
        index = _open(folder)
        ends = [*accumulate(int(segment["max_doc"]) for segment in _meta(folder)["segments"])]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        msg = f"{folder} cannot be read as a search index ({exc}): rebuild with python build_vector_db.py"
        raise SearchError(msg) from exc
    searcher = index.searcher()
    if searcher.num_docs != len(songs) or searcher.num_segments != len(ends) or ends[-1:] != [len(songs)][: len(ends)]:
        msg = (
            f"{folder} has {searcher.num_docs:,} songs in {searcher.num_segments} segments, the catalog {len(songs):,}"
            " songs: rebuild with python build_vector_db.py"
        )
        raise SearchError(msg)
    return OpenedSearch(index, (0, *ends[:-1]))


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
