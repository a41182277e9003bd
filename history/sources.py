"""What is read: files, the files of folders, the members of zips and of the zips in these."""

import gzip
import hashlib
import lzma
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from errors import DataError
from history.kinds import ZIP, is_gzip

READ = (
    "a listening history (Spotify, YouTube Music, Last.fm, ListenBrainz, Apple Music, …), "
    "or a table with columns such as Username, Artist, Track"
)
HEAD = 1 << 20  # bytes that are looked at first

_PART = re.compile(r"(?:_\d{4}(?:-\d{4})?)?(?:_\d+)?$")  # of Spotify's files: StreamingHistory_music_0, …_2021-2022_3
_OFFICE = "[Content_Types].xml"
# What readers of damaged files raise: each becomes one line that names the file
FAULTS: tuple[type[BaseException], ...] = (
    pa.ArrowException,
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    NotImplementedError,
    UnicodeError,
    ValueError,
    RuntimeError,
    OverflowError,
    MemoryError,
)


class NotHistory(DataError):
    """A file that is something else: passed over where it was found in a folder or a zip."""


class InnerZip:
    """A zip that is a member of another, as a file without a name that goes when nobody holds it. name: the member."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  it is held as long as its members may be read

    def __del__(self) -> None:
        self.file.close()


@dataclass(frozen=True)
class Source:
    """One file, or one member of a zip. asked: named on the command line itself, not found in a folder or zip.

    inner: the zip within the zip that has the member.
    """

    path: Path
    member: str | None
    asked: bool
    inner: InnerZip | None = None

    def __str__(self) -> str:
        return ", ".join(filter(None, (str(self.path), self.inner.name if self.inner else None, self.member)))

    @property
    def name(self) -> str:
        """The name of the file, or of the member."""
        return self.path.name if self.member is None else self.member.rpartition("/")[2]

    @property
    def listener(self) -> str:
        """Whose history it is where nothing in it says so: the stem of the file, or of the zip it came in."""
        stem = self.path.name
        for ending in (".gz", ".zip", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".dat"):
            stem = stem.removesuffix(ending)
        if stem.casefold().startswith(("streaming", "endsong")):  # Spotify cuts one history into parts
            stem = _PART.sub("", stem)
        return stem or self.path.name

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Its bytes, unzipped. Raises what `FAULTS` lists."""
        with ExitStack() as stack:
            if self.member is not None:
                archive = stack.enter_context(self._archive())
                yield stack.enter_context(self._member_of(archive))
                return
            stream: Any = (
                pa.input_stream(str(self.path), compression="gzip")
                if is_gzip(self.path)
                else pa.OSFile(str(self.path), "rb")
            )
            yield cast("IO[bytes]", stack.enter_context(stream))

    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.path if self.inner is None else self.inner.file)

    def _member_of(self, archive: zipfile.ZipFile) -> IO[bytes]:
        try:
            return archive.open(self.member or "")
        except NotImplementedError:  # a way to compress that zipfile does not know
            raise
        except RuntimeError as exc:  # zipfile's answer to a missing password
            raise DataError(f"{self.path} is encrypted: expected a zip that needs no password") from exc

    def head(self) -> bytes:
        """The first bytes, at most a million."""
        with self.opened() as file:
            return file.read(HEAD)

    def sibling(self, name: str) -> "Source | None":
        """The file of that name in the same folder, or in the same folder of the zip."""
        if self.member is None:
            path = self.path.with_name(name)
            return Source(path, None, asked=False) if path.is_file() else None
        member = f"{self.member.rpartition('/')[0]}/{name}".lstrip("/")
        with self._archive() as archive:
            return Source(self.path, member, False, self.inner) if member in archive.namelist() else None


def sources_of(path: Path) -> Iterator[Source]:
    """The file itself, the members of a zip, or all files of a folder, in order of their names. Raises DataError."""
    if not path.exists():
        raise DataError(f"{path} does not exist: expected a file, a folder or a zip")
    if not path.is_dir():
        yield from _of_file(path, asked=True)
        return
    found = [file for file in sorted(path.rglob("*")) if file.is_file() and not _is_hidden(file.relative_to(path))]
    if not found:
        raise DataError(f"{path} is an empty folder: expected {READ}")
    for file in found:
        yield from _of_file(file, asked=False)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _of_file(path: Path, *, asked: bool) -> Iterator[Source]:
    if not path.is_file():
        raise DataError(f"{path} is not a file: expected {READ}")
    with path.open("rb") as file:
        magic = file.read(4)
    if not magic:
        if asked:
            raise DataError(f"{path} is empty: export or download it again")
        return
    if not magic.startswith(ZIP):
        yield Source(path, None, asked)
        return
    with zipfile.ZipFile(path) as archive:
        names = _members(archive)
    if _OFFICE in names:
        kind = "an Excel workbook" if any(name.startswith("xl/") for name in names) else "an Office document"
        raise DataError(f"{path} is {kind}: save it as CSV UTF-8")
    for name in names:
        if not _is_hidden(Path(name)):
            yield from _of_member(Source(path, name, asked=False))


def _members(archive: zipfile.ZipFile) -> list[str]:
    return sorted(info.filename for info in archive.infolist() if not info.is_dir() and info.file_size)


def _of_member(source: Source) -> Iterator[Source]:
    """The member of a zip, or the members of the zip that it is; of one that cannot be opened, reading says so."""
    inner = _opened(source) if _is_zip_name(source.name) else None
    if inner is None:
        yield source
        return
    with zipfile.ZipFile(inner.file) as archive:
        names = _members(archive)
    yield from (Source(source.path, name, False, inner) for name in names if not _is_hidden(Path(name)))


def _opened(source: Source) -> InnerZip | None:
    inner = InnerZip(source.member or "")
    try:
        with source.opened() as file:
            shutil.copyfileobj(file, inner.file)
        zipfile.ZipFile(inner.file).close()
    except FAULTS:
        return None
    except DataError:  # of a member that cannot be unpacked
        return None
    return inner


def unpacked_size(path: Path, most: int) -> int:
    """Bytes that a zip unpacks to, with those of the zips in it where these alone are not too many."""
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
        names = [name for name in _members(archive) if _is_zip_name(name)]
    for name in names:
        inner = _opened(Source(path, name, asked=False)) if size <= most else None
        if inner is not None:
            with zipfile.ZipFile(inner.file) as archive:
                size += sum(info.file_size for info in archive.infolist())
    return size


def is_unopened_zip(source: Source, head: bytes) -> bool:
    """Whether what is to be read is a zip itself: it is damaged, or deeper than one in another."""
    return head.startswith(ZIP) and _is_zip_name(source.name)


def _is_zip_name(name: str) -> bool:
    return name.casefold().endswith(".zip")  # Office documents and books are zips that are called otherwise


def sha256_of(paths: Sequence[Path]) -> str:
    """The SHA-256 of one file, or that of several files' SHA-256s."""
    digests = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256(" ".join(sorted(digests)).encode()).hexdigest()
