"""Problem documents (RFC 9457) as a schema, and as entries of the OpenAPI document."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from errors import Code

MEDIA_TYPE = "application/problem+json"
# RFC 9110's words, where older Pythons have others
_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}

# Examples for the OpenAPI document: what each status says.
_SAID = {
    400: (Code.UNREADABLE, "There was an error parsing the body"),
    401: (Code.NOT_SIGNED_IN, "This needs a login: send Authorization: Bearer <access_token>."),
    403: (Code.WRONG_PASSWORD, "The password is wrong. Nothing was changed."),
    404: (Code.SONG_UNKNOWN, "The catalog has no song 'Nobody - Nothing'."),
    409: (Code.USERNAME_TAKEN, "The username 'ada' is taken: choose another."),
    412: (Code.CHANGED_MEANWHILE, "Another device has changed the queue: GET it again."),
    413: (Code.TOO_LARGE, "A body may have 64 KB at most."),
    431: (Code.TOO_LARGE, "A request's address and headers may have 256 KB at most."),
    422: (Code.MISSING, "song_id: Field required"),
    428: (Code.CONDITION_REQUIRED, "Send If-Match with the ETag of the queue that this one replaces."),
    429: (Code.RATE_LIMITED, "That was too often. Try again in 12 seconds."),
    500: (Code.INTERNAL, "Something went wrong on our side. It is logged under this answer's X-Request-ID."),
    503: (Code.BUSY, "The server is busy. Try again shortly."),
}
_TEXT = {"schema": {"type": "string"}}
_WAIT = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "RFC 6750.", **_TEXT}},
    429: _WAIT
    | {
        "RateLimit-Policy": {"description": "How much (q) in how many seconds (w).", **_TEXT},
        "RateLimit": {"description": "How much remains (r), and in how many seconds all is back (t).", **_TEXT},
    },
    503: _WAIT,
}


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    loc: list[str | int] = Field(
        description="Where: body, query or path, and then the field.", examples=[["body", "seeds"]]
    )
    msg: str = Field(description="What is wrong there.", examples=["List should have at least 3 items"])
    code: Code = Field(examples=[Code.TOO_FEW_SEEDS])


class ProblemOut(BaseModel):
    """An RFC 9457 problem document."""

    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    code: Code = Field(
        description="What an app tells problems apart by; with status 422 that of the first of the errors.",
        examples=[Code.SONG_UNKNOWN],
    )
    detail: str = Field(examples=["The catalog has no song 'Nobody - Nothing'."])
    errors: list[FieldError] | None = Field(None, description="With status 422: every field that is wrong.")


def phrase(status: int) -> str:
    """The standard's name of a status."""
    return _RENAMED.get(status) or HTTPStatus(status).phrase


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries for problems of these statuses."""
    return {
        status: {
            "description": phrase(status),
            "headers": _HEADERS.get(status, {}),
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}, "example": _example(status)}
            },
        }
        for status in statuses
    }


def _example(status: int) -> dict[str, Any]:
    code, detail = _SAID[status]
    body: dict[str, Any] = {"title": phrase(status), "status": status, "code": code, "detail": detail}
    if status == 422:
        body["errors"] = [{"loc": ["query", "song_id"], "msg": "Field required", "code": code}]
    return body
