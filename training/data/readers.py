"""Readers of listening history: .csv, .csv.gz, .zip with a CSV, .parquet; what a file is, its first bytes say.

Files are read in batches, so that a history of any length needs little more memory than its codes and counts.
"""

import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, Final, Literal, cast

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from errors import DataError
from training.data.columns import COUNT_NAMES, REQUIRED, WHEN, ListensBuilder
from training.data.listens import Column, Listens

_LAYOUT: Final = "a CSV with the columns Username, Artist and Track (and Album, Date, Time, Plays where known)"
_BLOCK = 16 << 20
_UNUSABLE_ROW = "wrong number of cells"


def read_listens(path: Path) -> Listens:
    """The listening history in a file of the Kaggle layout.

    Raises DataError, one line that names the file, what is wrong with it and what was expected.
    """
    try:
        digest = _sha256(path)
        builder = ListensBuilder(path)
        for batch in _batches(path, builder):
            builder.add(batch)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, csv.Error) as exc:
        raise DataError(f"{path} cannot be read ({_first_line(exc)}): expected {_LAYOUT}") from exc
    except (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise DataError(f"{path} is damaged ({_first_line(exc)}): expected {_LAYOUT}") from exc
    except OSError as exc:
        raise DataError(f"{path} cannot be read ({exc.strerror or _first_line(exc)}): expected {_LAYOUT}") from exc
    return builder.listens(digest)


def _first_line(exc: Exception) -> str:
    return str(exc).partition("\n")[0].rstrip(".")


def _sha256(path: Path) -> str:
    if not path.exists():
        raise DataError(f"{path} does not exist: expected {_LAYOUT}")
    if not path.is_file():
        raise DataError(f"{path} is not a file: expected {_LAYOUT}")
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty: expected {_LAYOUT}")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(path: Path, builder: ListensBuilder) -> Iterator[pa.RecordBatch]:
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PAR1":
        return _parquet_batches(path)
    return _csv_batches(path, builder)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of the CSV in a plain, gzipped or zipped file."""
    with ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        magic = file.read(2)
        file.seek(0)
        if magic == b"\x1f\x8b":
            file = cast(IO[bytes], stack.enter_context(closing(gzip.GzipFile(fileobj=file))))
        elif magic == b"PK":
            archive = stack.enter_context(zipfile.ZipFile(file))
            file = stack.enter_context(_open_member(path, archive))
        yield file


def _open_member(path: Path, archive: zipfile.ZipFile) -> IO[bytes]:
    names = [n for n in archive.namelist() if n.lower().endswith(".csv") and not n.startswith("__MACOSX/")]
    if len(names) != 1:
        found = "no CSV" if not names else f"{len(names)} CSV files ({', '.join(names[:3])}, …)"
        raise DataError(f"{path} holds {found}: expected a zip with one file, {_LAYOUT}")
    try:
        return archive.open(names[0])
    except RuntimeError as exc:  # zipfile's answer to a missing password
        raise DataError(f"{path} is encrypted: expected a zip that needs no password, with {_LAYOUT}") from exc


def _csv_batches(path: Path, builder: ListensBuilder) -> Iterator[pa.RecordBatch]:
    with _opened(path) as file:
        wanted = _wanted_columns(path, _header(path, file.read(_BLOCK // 16)))

    def skip(_row: pyarrow.csv.InvalidRow) -> Literal["skip", "error"]:
        builder.drop(_UNUSABLE_ROW, 1)
        return "skip"

    with _opened(path) as file:
        reader = pyarrow.csv.open_csv(
            cast(IO[bytes], pa.PythonFile(cast(io.IOBase, file), mode="r")),
            # a thread of Arrow's would call `skip` while this one builds
            read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, pa.dictionary(pa.int32(), pa.string())),
                strings_can_be_null=False,  # "NA", "None" and "null" are artists
            ),
        )
        yield from reader


def _header(path: Path, head: bytes) -> list[str]:
    if not head.strip():
        raise DataError(f"{path} is empty: expected {_LAYOUT}")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path} is UTF-16 text: expected UTF-8, {_LAYOUT}")
    if b"\0" in head:
        raise DataError(f"{path} is a binary file: expected {_LAYOUT}")
    first = head.splitlines()[0]
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise DataError(f"{path} is not UTF-8 text (byte {exc.start} of its first line): expected {_LAYOUT}") from exc
    return next(csv.reader(io.StringIO(text)), [])


def _wanted_columns(path: Path, names: list[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        found = ", ".join(repr(n) for n in names[:8]) + (", …" if len(names) > 8 else "")
        raise DataError(f"{path} has no column {' and no column '.join(missing)} (found {found}): expected {_LAYOUT}")
    counts = [name for name in COUNT_NAMES if name in names][:1]
    wanted = [*REQUIRED, *counts, *(name for name in WHEN if name in names)]
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise DataError(f"{path} has two columns named {twice[0]}: expected each once, {_LAYOUT}")
    return wanted


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pyarrow.parquet.ParquetFile(path) as file:
        wanted = _wanted_columns(path, file.schema_arrow.names)
        for batch in file.iter_batches(batch_size=200_000, columns=wanted):
            yield pa.record_batch([_as_text(path, name, batch.column(name)) for name in wanted], names=wanted)


def _as_text(path: Path, name: str, column: Column) -> Column:
    """A column as the dictionary of strings that the CSV reader gives."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise DataError(f"{path}: column {name} holds {kind}: expected text or numbers")
    return column.cast(pa.string()).fill_null("").dictionary_encode()
