"""The beginning of a table of text: its encoding, its separator, its header, or what takes the place of one."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from errors import DataError
from history.columns import Layout, known_names, layout_of, missing_of
from history.dates import AmbiguousDates, read_texts
from history.sources import READ, NotHistory, Source

_SEPARATORS = ",;\t|"
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 50  # rows that are looked at where there is no header
_SHOWN = 8  # names of columns in a message
_1K_USER, _ISO = re.compile(r"user_\d{6}"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Beginning:
    """How to read on. skip: bytes before the first row; lines: how many lines these are; quotes: a quote opens a cell.

    encoding: None where bytes are UTF-8 or a superset of ASCII, else what the whole file must be decoded from.
    fallback: the encoding of lines that are not UTF-8, None where it is not known.
    """

    layout: Layout
    separator: str
    skip: int
    lines: int
    quotes: bool
    encoding: str | None
    fallback: str | None


def _encoding_of(head: bytes, named: str | None) -> str | None:
    """What a file must be decoded from before it can be cut into cells: UTF-16 and UTF-32, by their marks."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    return named if named is not None and ",".encode(named) != b"," else None


def beginning_of(source: Source, head: bytes, named: str | None) -> Beginning:
    """Find the header in the first bytes of a table. named: the encoding that its reader named. Raises DataError."""
    encoding = _encoding_of(head, named)
    head = _decoded(head, encoding, named)
    place, lines, separator = 0, 0, None
    for line in head.splitlines(keepends=True)[:100]:
        text = line.decode("utf-8", "replace").removeprefix("\ufeff").strip("\r\n")
        place, lines = place + len(line), lines + 1
        if text.casefold().startswith("sep="):
            separator = text[4:5]
            continue
        if not text.strip(" ,;\t"):
            continue
        found = _layout(source, text, separator)
        if found is not None:
            return Beginning(found[0], found[1], place, lines, True, encoding, named)
        if not text.startswith(("#", "//")):
            headless = _headless(head[place - len(line) :], separator)
            if headless is not None:
                layout, cut, quotes = headless
                return Beginning(layout, cut, place - len(line), lines - 1, quotes, encoding, named)
            raise _unknown(source, text, separator)
    raise NotHistory(f"{source} is empty: export or download it again")


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def _layout(source: Source, text: str, separator: str | None) -> tuple[Layout, str] | None:
    """The layout of a header line and its separator, that which makes most columns of it."""
    best: tuple[Layout, str] | None = None
    for cut in separator or _SEPARATORS:
        try:
            layout = layout_of(_cells(text, cut))
        except ValueError as exc:
            raise DataError(f"{source} has {exc}: expected each once") from exc
        if layout is not None and (best is None or layout.columns > best[0].columns):
            best = layout, cut
    return best


def _headless(head: bytes, separator: str | None) -> tuple[Layout, str, bool] | None:
    """Tables that are known without a header: last.fm-1K, and `artist, album, track, date`."""
    text = head.decode("utf-8", "replace")
    for cut in separator or _SEPARATORS:
        rows = _sample(text, cut)
        width = len(rows[0]) if rows else 0
        if width < 3 or sum(len(row) != width for row in rows) > len(rows) // 10:
            continue
        if cut == "\t" and width == 6 and _1K_USER.fullmatch(rows[0][0]) and _ISO.fullmatch(rows[0][1]):
            places = {"user": 0, "date": 1, "artist": 3, "track": 5}
            return Layout(places, width, "last.fm-1K"), cut, False
        if width in (3, 4) and _are_dates([row[-1] for row in rows if len(row) == width]):
            places = {"artist": 0, "track": width - 2, "date": width - 1}
            album = "" if width == 3 else ", 2 for the album"
            note = f"no header: took column 1 for the artist{album}, {width - 1} for the track, {width} for the date"
            return Layout(places, width, "Last.fm (no header)", notes=(note,)), cut, True
    return None


def _sample(text: str, separator: str) -> list[list[str]]:
    lines = text.splitlines()
    complete = lines[:_SAMPLE] if len(lines) <= _SAMPLE else lines[: min(_SAMPLE, len(lines) - 1)]
    return list(_rows(complete, separator))


def _rows(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    try:
        # a quote in last.fm-1K is a letter
        literal = separator == "\t"
        reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE if literal else csv.QUOTE_MINIMAL)
        yield from (row for row in reader if row)
    except csv.Error:
        return


def _are_dates(texts: list[str]) -> bool:
    try:
        parts = read_texts(texts)
    except AmbiguousDates:
        return True
    known = ~parts.unread & (parts.day > 0)
    return bool(known.mean() > 0.9) and len(texts) > 0


def _unknown(source: Source, text: str, separator: str | None) -> NotHistory:
    """What the first line seems to be. Its cells are named only as far as they are names of columns."""
    cells = max((_cells(text, cut) for cut in separator or _SEPARATORS), key=len)
    known = known_names(cells)
    if known:
        missing = " and ".join(missing_of(cells))
        shown = ", ".join(known[:_SHOWN])
        return NotHistory(f"{source} has no column for {missing} (found {shown}): expected {READ}")
    if len(cells) < 2:
        return NotHistory(f"{source} is text without columns: expected {READ}")
    msg = f"{source} is a table of {len(cells)} columns whose first line names none that is known: expected {READ}"
    return NotHistory(msg)


def as_utf8(lines: bytes, fallback: str) -> bytes:
    """Lines as UTF-8, those that are none decoded from the fallback."""
    return b"\n".join(_line_as_utf8(line, fallback) for line in lines.split(b"\n"))


def _line_as_utf8(line: bytes, fallback: str) -> bytes:
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode(fallback, "replace").encode()
    return line


def _decoded(head: bytes, encoding: str | None, fallback: str | None) -> bytes:
    """The first bytes as UTF-8."""
    if encoding is None:
        return head if fallback is None else as_utf8(head, fallback)
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), False).decode(head).encode()
