"""What a file is, by its first bytes."""

from pathlib import Path

_PICTURE = "a picture: expected the export itself, as JSON or CSV"
_GZIP, ZIP, _PARQUET = b"\x1f\x8b", b"PK", b"PAR1"
_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook: save it as CSV UTF-8"),
    (b"%PDF", "a PDF document: expected the export itself, as JSON or CSV"),
    (b"SQLite format 3\0", "an SQLite database: export its table of listens as CSV"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"\xfd7zXZ", "an xz archive: unpack it"),
    (b"BZh", "a bzip2 archive: unpack it"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive: unpack it"),
)


def kind_of(head: bytes) -> str | None:
    """What a file is that is no text, in words; None where it may be text."""
    for magic, kind in _KINDS:
        if head.startswith(magic):
            return kind
    start = head[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page: log in and download the file itself; in Google Takeout choose JSON in place of HTML"
    if start.startswith((b"<?xml", b"<plist")):
        return "XML, such as an iTunes library: export the listens as CSV"
    if start.startswith(b"{\\rtf"):
        return "a text document (RTF): save it as CSV UTF-8"
    return None


def is_gzip(path: Path) -> bool:
    """Whether the file is gzip's."""
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP


def is_parquet(head: bytes) -> bool:
    """Whether the file is Parquet."""
    return head.startswith(_PARQUET)
