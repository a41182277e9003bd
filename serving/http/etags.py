"""Conditional requests for what is somebody's own: an ETag of the content, 304 where the caller has it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

_ETAG = {"description": "Of this content; send it as If-None-Match.", "schema": {"type": "string"}}
# For `responses` of such routes in the OpenAPI document.
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": _ETAG}},
    304: {"description": "Not Modified", "headers": {"ETag": _ETAG}},
}


def lists(header: str, etag: str) -> bool:
    """Whether If-None-Match or If-Match lists the ETag, or is *; by the weak comparison."""
    opaque = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") in (opaque, "*") for tag in header.split(","))


def conditional(request: Request, body: bytes, etag: str) -> Response:
    """The body, or a 304 where the caller has it already; kept by the caller alone, who asks again each time."""
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = request.headers.get("If-None-Match", "")
    if known and lists(known, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
