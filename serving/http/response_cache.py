"""Answers that follow from the artifact set alone: made once, the same for everybody.

A route says so by returning `FromArtifacts(body)`. Its answers then carry an ETag and Cache-Control, are given again
without routing, validation or serialisation as long as their set serves, and become 304 where the caller has them.
"""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving import __version__
from serving.ready import ReadyAnswer
from serving.runtime.live_artifacts import Served

# For `responses` of such routes in the OpenAPI document.
_ETAG = {"description": "Changes with the artifact set; send it as If-None-Match.", "schema": {"type": "string"}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _ETAG, "Cache-Control": {"schema": {"type": "string"}}}},
    304: {"description": "Not Modified", "headers": {"ETag": _ETAG}},
}


class FromArtifacts(Response):
    """An answer that follows from the artifact set alone: as it is given, it is kept with the set it was made from."""

    media_type = "application/json"

    def __init__(self, body: BaseModel) -> None:
        self._json = body.__pydantic_serializer__.to_json(body)
        self.status_code = 200
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI's signature
        """Keep it and give it, or only the news that it has not changed."""
        served: Served = scope["state"]["served"]
        etag = f'W/"{served.version}-{__version__}"'.encode("ascii")
        answer = ReadyAnswer(scope.get("route"), etag, b"application/json", self._json)
        served.ready.put((scope["path"], scope["query_string"]), answer)
        scope["app"].state.metrics.cache("answers", hit=False)
        await _give(answer, scope, send)


class AnswersReady:
    """ASGI middleware: gives the answers that are ready, before anything is routed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once what was answered before, or pass on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        # taken here for the whole request: what is kept in a set's answers must have been made from that set
        served: Served = scope["app"].state.services.artifacts.now
        state = scope.setdefault("state", {})
        state["served"] = served
        answer = served.ready.get((scope["path"], scope["query_string"]))
        if answer is None:
            await self.app(scope, receive, send)
            return
        scope["app"].state.metrics.cache("answers", hit=True)
        state["artifact_version"] = served.version
        scope["route"] = answer.route
        await _give(answer, scope, send)


async def _give(answer: ReadyAnswer, scope: Scope, send: Send) -> None:
    known = accepted = b""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            known = value
        elif name == b"accept-encoding":
            accepted = value
    start, body = answer.message(takes_gzip=_takes_gzip(accepted), known=known)
    await send(start)
    await send({"type": "http.response.body", "body": body})


@lru_cache(64)
def _takes_gzip(accept_encoding: bytes) -> bool:
    """Whether gzip is named and not refused by q=0 (RFC 9110, 12.5.3)."""
    for part in accept_encoding.lower().split(b","):
        coding, _, quality = part.partition(b";")
        if coding.strip() == b"gzip":
            return quality.replace(b" ", b"").rstrip(b"0.") != b"q="
    return False
