"""Answers that follow from the artifact set alone: made once, the same for everybody, kept as bytes.

A route says so by returning `FromArtifacts(body)`. Its answers carry an ETag and Cache-Control, are given again without
routing, validation or serialisation as long as their set serves, and become 304 where the caller has them.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from cachetools import LRUCache
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving import __version__

_BYTES = 16 * 2**20
_ENTRY = 600  # bytes that an entry costs beside its body and its query
_CACHE_CONTROL = b"public, max-age=60"
# For `responses` of such routes in the OpenAPI document.
_ETAG = {"description": "Changes with the artifact set; send it as If-None-Match.", "schema": {"type": "string"}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _ETAG, "Cache-Control": {"schema": {"type": "string"}}}},
    304: {"description": "Not Modified", "headers": {"ETag": _ETAG}},
}


@dataclass(slots=True, frozen=True)
class CachedAnswer:
    """The 200 of one request. route: the one that made it, for logs and metrics; size: bytes, with its key."""

    route: object
    etag: bytes
    body: bytes
    size: int


class ResponseCache(LRUCache[tuple[str, bytes], CachedAnswer]):
    """Answers of one artifact set by path and query string; bounded by bytes, of queries as well."""

    def __init__(self, most_bytes: int = _BYTES) -> None:
        super().__init__(most_bytes, getsizeof=lambda answer: answer.size)


class Cacheable(Protocol):
    """An artifact set that answers, and the answers that were made from it."""

    @property
    def version(self) -> str:
        """The version of the set."""
        ...

    @property
    def answers(self) -> ResponseCache:
        """Its answers."""
        ...


class FromArtifacts(Response):
    """An answer that follows from the artifact set alone: as it is given, it is kept with the set it was made from."""

    media_type = "application/json"

    def __init__(self, body: BaseModel) -> None:
        self._json = body.__pydantic_serializer__.to_json(body)
        self.status_code = 200
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """Keep it and give it, or only the news that it has not changed."""
        loaded: Cacheable = scope["state"]["loaded"]
        etag = f'W/"{loaded.version}-{__version__}"'.encode("ascii")
        size = len(self._json) + len(scope["query_string"]) + _ENTRY
        answer = CachedAnswer(scope.get("route"), etag, self._json, size)
        if size <= loaded.answers.maxsize:
            loaded.answers[scope["path"], scope["query_string"]] = answer
        scope["app"].state.metrics.cache("answers", hit=False)
        await _give(answer, scope, send)


class CachedResponses:
    """ASGI middleware: gives the answers that are kept, before anything is routed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once what was answered before, or pass on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        # taken here for the whole request: what is kept in a set's answers must have been made from that set
        loaded: Cacheable = scope["app"].state.services.artifacts.now
        state = scope.setdefault("state", {})
        state["loaded"] = loaded
        answer = loaded.answers.get((scope["path"], scope["query_string"]))
        if answer is None:
            await self.app(scope, receive, send)
            return
        scope["app"].state.metrics.cache("answers", hit=True)
        state["artifact_version"] = loaded.version
        scope["route"] = answer.route
        await _give(answer, scope, send)


async def _give(answer: CachedAnswer, scope: Scope, send: Send) -> None:
    headers = [(b"etag", answer.etag), (b"cache-control", _CACHE_CONTROL)]
    known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
    if known and _names(known, answer.etag):
        status, body = 304, b""
    else:
        status, body = 200, answer.body
        headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _names(if_none_match: bytes, etag: bytes) -> bool:
    """Whether If-None-Match lists the ETag, by the weak comparison of RFC 9110, 13.1.2."""
    opaque = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (opaque, b"*") for tag in if_none_match.split(b","))
