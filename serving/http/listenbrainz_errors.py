"""Errors as ListenBrainz words them, and what it lets a request hold: players know these words and numbers.

Source: listenbrainz-server, webserver/errors.py, webserver/views/api_tools.py, and brainzutils/ratelimit.py.
"""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

MAX_LISTENS = 1000
MAX_LISTEN = 10_240  # bytes, on average
MAX_PAYLOAD = MAX_LISTENS * MAX_LISTEN
CORS = {"Access-Control-Allow-Origin": "*"}  # players in browsers; a token is sent by hand, never by a cookie


class ListenBrainzError(Exception):
    """What a route raises to answer as ListenBrainz does. listen: the one that was refused, whose keys are echoed."""

    def __init__(self, status: int, message: str, listen: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.listen = listen


def body(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON without blanks."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return Response(text.encode("utf-8", "replace"), status, headers=headers, media_type="application/json")


def response(error: ListenBrainzError, headers: Mapping[str, str] | None = None) -> Response:
    """The error as ListenBrainz answers it."""
    said = {"code": error.status, "error": error.message}
    return body(said | dict(error.listen or {}) | said, error.status, headers)


def too_large(most: int) -> Response:
    """The answer to a body above so many bytes: 400, not 413."""
    return response(ListenBrainzError(400, f"Payload too large. Payload cannot exceed {most} bytes"), CORS)
