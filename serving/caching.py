"""Answers that follow from the artifact set alone: made once, the same for everybody.

A route says so by `dependencies=[FromArtifacts]`. Its answers then carry an ETag and Cache-Control, are given again
without routing, validation or serialisation as long as their set serves, and become 304 where the caller has them.
"""

from functools import lru_cache
from typing import Any, cast

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import __version__
from serving.ready import Key, ReadyAnswer
from serving.served import Served

# For `responses` of such routes in the OpenAPI document.
_ETAG = {"description": "Changes with the artifact set; send it as If-None-Match.", "schema": {"type": "string"}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _ETAG, "Cache-Control": {"schema": {"type": "string"}}}},
    304: {"description": "Not Modified", "headers": {"ETag": _ETAG}},
}


async def _from_artifacts(request: Request) -> None:
    request.state.from_artifacts = True


FromArtifacts = Depends(_from_artifacts)


class AnswersReady:
    """ASGI middleware: gives ready answers, and keeps new ones."""

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
        key = (scope["path"], scope["query_string"])
        answer = served.ready.get(key)
        if answer is None:
            await self.app(scope, receive, _Keeper(scope, send, key, served).send)
            return
        scope["app"].state.metrics.cache("answers", hit=True)
        state["artifact_version"] = served.version
        scope["route"] = answer.route
        await _give(answer, scope, send)


class _Keeper:
    """Stands between an app and its caller: keeps what may be kept, and passes all on."""

    def __init__(self, scope: Scope, send: Send, key: Key, served: Served) -> None:
        self._scope = scope
        self._send = send
        self._key = key
        self._served = served
        self._held: Message | None = None

    async def send(self, message: Message) -> None:
        """Hold back the start of an answer that will be kept, until its body is there."""
        if message["type"] == "http.response.start":
            if message["status"] != 200 or not self._scope["state"].get("from_artifacts"):
                await self._send(message)
            else:
                self._held = message
        elif self._held is None:
            await self._send(message)
        else:
            await _give(self._keep(self._held, cast("bytes", message["body"])), self._scope, self._send)

    def _keep(self, start: Message, body: bytes) -> ReadyAnswer:
        content_type = dict(start["headers"])[b"content-type"]
        etag = f'W/"{self._served.version}-{__version__}"'.encode("ascii")
        answer = ReadyAnswer(self._scope.get("route"), etag, content_type, body)
        self._served.ready.put(self._key, answer)
        self._scope["app"].state.metrics.cache("answers", hit=False)
        return answer


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
