"""A table of text as batches of columns: Arrow's reader, and what it cannot tell: NUL bytes and quotes left open."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import IO, Any, Literal, NoReturn, cast

import pyarrow as pa
import pyarrow.csv

from errors import DataError
from history.arrow import Column
from history.arrow import compute as pc
from history.headers import Beginning, as_utf8
from history.settings import NAME_ENCODING
from history.sources import HEAD, Source
from history.tally import Tally

BROKEN = 1_000  # characters of a cell that holds separators and line breaks, from which on a quote was left open
SWALLOWED = "row inside an open quote"
WRONG_CELLS = "wrong number of cells"

_BLOCK = 32 << 20
_LONGEST_LINE = 64 << 20
_TEXT = pa.dictionary(pa.int32(), pa.string())


class Bytes(io.RawIOBase):
    """The bytes of a table from its first row on, as UTF-8; knows whether a quote has passed.

    Raises DataError, which names the line, at a NUL byte and, where no encoding was named, at a byte that is not UTF-8.
    """

    def __init__(self, source: Source, file: IO[bytes], beginning: Beginning) -> None:
        super().__init__()
        self.quoted = False
        self._source = source
        self._file = file
        self._fallback = beginning.fallback
        self._lines = 0
        self._decode = _decoder(beginning.encoding)
        self._part = b""  # of a line that is not whole yet
        self._rest = b""
        while len(self._rest) < beginning.skip and self._fill(HEAD):
            pass
        self._rest = self._rest[beginning.skip :]

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  as io has it
        """For io.BufferedReader."""
        taken = self.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes, fewer at the end alone."""
        while size < 0 or len(self._rest) < size:
            if not self._fill(max(size, HEAD)):
                break
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        self.quoted = self.quoted or b'"' in taken
        return taken

    def _fill(self, size: int) -> bool:
        block = self._file.read(size)
        content = self._part + self._decode(block, not block)
        whole = content.rfind(b"\n") + 1 if block else len(content)
        self._part = content[whole:]
        if len(self._part) > _LONGEST_LINE:
            raise DataError(f"{self._source}, line {self._lines + 1:,}: longer than {_LONGEST_LINE >> 20} MB")
        self._rest += self._checked(content[:whole])
        return bool(block)

    def _checked(self, lines: bytes) -> bytes:
        first, self._lines = self._lines + 1, self._lines + lines.count(b"\n")
        if b"\0" in lines:
            line = first + lines.count(b"\n", 0, lines.index(b"\0"))
            raise DataError(f"{self._source}, line {line:,}: a NUL byte, which no text holds: export the file again")
        if lines.isascii():
            return lines
        try:
            lines.decode()
        except UnicodeDecodeError as exc:
            if self._fallback is None:
                row = first + lines.count(b"\n", 0, exc.start)
                raise DataError(
                    f"{self._source}, row {row:,}: a byte that is not UTF-8: save the file as UTF-8{NAME_ENCODING}"
                ) from exc
            return as_utf8(lines, self._fallback)
        return lines


def _decoder(encoding: str | None) -> Callable[[bytes, bool], bytes]:
    if encoding is None:
        return lambda block, _last: block
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    return lambda block, last: (
        decoder.decode(block, last).encode("utf-8", "surrogatepass").removeprefix(b"\xef\xbb\xbf")
    )


def batches_of(source: Source, beginning: Beginning, tally: Tally) -> Iterator[pa.RecordBatch]:
    """Batches of all columns, named by their place: dictionaries of strings where a role needs it, else plain bytes.

    Rows with too few or too many cells are counted. Raises DataError at a quote that was left open, and what
    `sources.FAULTS` lists.
    """
    invalid: list[str] = []

    def skip(row: pyarrow.csv.InvalidRow) -> Literal["skip", "error"]:
        invalid.append(row.text)
        return "skip"

    with source.opened() as file:
        raw = Bytes(source, file, beginning)
        try:
            for batch in _reader(raw, beginning, skip):
                _account(source, beginning, tally, invalid)
                yield _sound(source, beginning, batch, tally) if raw.quoted and beginning.quotes else batch
        except pa.ArrowInvalid as exc:
            if "straddl" in str(exc):  # a cell longer than a block
                _open_quote(source, beginning)
            if "Empty CSV" not in str(exc):
                raise
        _account(source, beginning, tally, invalid)


def _reader(
    raw: Bytes, beginning: Beginning, skip: Callable[[pyarrow.csv.InvalidRow], Literal["skip", "error"]]
) -> pyarrow.csv.CSVStreamingReader:
    names = [str(place) for place in range(beginning.layout.columns)]
    roles = {str(place) for place in beginning.layout.places.values()}
    types = {name: _TEXT if name in roles else pa.binary() for name in names}
    return pyarrow.csv.open_csv(
        cast("IO[bytes]", pa.PythonFile(raw, mode="r")),
        read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK, column_names=names),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=beginning.separator,
            quote_char='"' if beginning.quotes else False,
            newlines_in_values=beginning.quotes,
            invalid_row_handler=skip,
        ),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False),
    )


def _account(source: Source, beginning: Beginning, tally: Tally, invalid: list[str]) -> None:
    """Count rows that were skipped; one that holds lines was made by a quote."""
    rows, invalid[:] = invalid[:], []
    for text in rows:
        lines = text.strip("\r\n").count("\n")
        if not lines or not beginning.quotes:
            tally.drop(WRONG_CELLS)
        elif len(text) > BROKEN or text.count('"') % 2:
            _open_quote(source, beginning)
        else:
            tally.drop(SWALLOWED, lines + 1)


def _sound(source: Source, beginning: Beginning, batch: pa.RecordBatch, tally: Tally) -> pa.RecordBatch:
    """The batch without rows of which a cell holds other rows. Raises DataError where a cell is too long for that."""
    bad: Any = None
    for column in cast("list[Column]", batch.columns):
        holds = _holding_rows(source, beginning, column)
        if holds is not None:
            bad = holds if bad is None else pc.or_(bad, holds)
    if bad is None:
        return batch
    tally.drop(SWALLOWED, pc.sum(pc.cast(bad, pa.int64())).as_py() or 0)
    return batch.filter(pc.invert(bad))


def _holding_rows(source: Source, beginning: Beginning, column: Column) -> Column | None:
    """(rows,) whether a cell holds a line break and as many separators as a row; None where no cell does."""
    coded = pa.types.is_dictionary(column.type)
    values = column.dictionary if coded else column
    broken = pc.match_substring(values, "\n")
    if not pc.any(broken).as_py():
        return None
    cut = pc.match_substring(values, beginning.separator)
    if pc.any(pc.and_(pc.and_(broken, cut), pc.greater(pc.binary_length(values), BROKEN))).as_py():
        _open_quote(source, beginning)
    separators = pc.count_substring(values, beginning.separator)
    rows = pc.and_(broken, pc.greater_equal(separators, beginning.layout.columns - 1))
    return rows.take(column.indices) if coded else rows


def _open_quote(source: Source, beginning: Beginning) -> NoReturn:
    """Say in which line a quote opens that is closed too late or never. Raises DataError."""
    line = _line_of_open_quote(source, beginning)
    where = f"line {line:,}" if line else "a line that cannot be told"
    raise DataError(
        f'{source}, {where}: a quote (") opens and is not closed, so that the rows after it become one cell: '
        "close it, or write it twice, and read the file again"
    )


def _line_of_open_quote(source: Source, beginning: Beginning) -> int | None:
    """Of the first cell that holds a separator, a line break and over 1,000 characters, or that ends with the file."""
    limit = csv.field_size_limit(1 << 30)
    try:
        with source.opened() as file:
            text = io.TextIOWrapper(io.BufferedReader(Bytes(source, file, beginning)), "latin-1", newline="")
            reader = csv.reader(text, delimiter=beginning.separator)
            before, last = 0, None
            for row in reader:
                lines = reader.line_num - before
                cells = [cell for cell in row if "\n" in cell and beginning.separator in cell]
                if any(len(cell) > BROKEN for cell in cells):
                    return beginning.lines + before + 1
                last = before if cells and lines > 1 else None
                before = reader.line_num
            return None if last is None else beginning.lines + last + 1
    finally:
        csv.field_size_limit(limit)
