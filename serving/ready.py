"""An answer as ready bytes: whole, zipped, or only the news that the caller has it already."""

import gzip
from dataclasses import dataclass

from starlette.types import Message

from serving.recent import Recent

_CACHE_CONTROL = b"public, max-age=60"
_WORTH_ZIPPING = 1_000  # bytes; less fits one packet anyway
_MOST_BYTES = 32 * 2**20

Key = tuple[str, bytes]  # a path and its query string


@dataclass(slots=True)
class ReadyAnswer:
    """The 200 of one request; route is the route that made it, for logs and metrics."""

    route: object
    etag: bytes
    content_type: bytes
    body: bytes
    zipped: bytes = b""

    def message(self, *, takes_gzip: bool, known: bytes) -> tuple[Message, bytes]:
        """The start of the response and its body; known: the caller's If-None-Match."""
        headers = [(b"etag", self.etag), (b"cache-control", _CACHE_CONTROL), (b"vary", b"Accept-Encoding")]
        if known and _names(known, self.etag):
            return {"type": "http.response.start", "status": 304, "headers": headers}, b""
        body = self.body
        if takes_gzip and len(body) >= _WORTH_ZIPPING:
            self.zipped = body = self.zipped or gzip.compress(body, 6, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
        headers += [(b"content-type", self.content_type), (b"content-length", b"%d" % len(body))]
        return {"type": "http.response.start", "status": 200, "headers": headers}, body

    def __len__(self) -> int:
        """Bytes that it occupies, zipped as it may be one day."""
        return len(self.body) * 4 // 3


class ReadyAnswers(Recent[Key, ReadyAnswer]):
    """The answers of one artifact set."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        super().__init__(most_bytes)


def _names(if_none_match: bytes, etag: bytes) -> bool:
    """Whether If-None-Match lists the ETag, by the weak comparison of RFC 9110, 13.1.2."""
    opaque = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (opaque, b"*") for tag in if_none_match.split(b","))
