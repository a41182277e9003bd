"""Errors as RFC 9457 problem documents, everywhere alike, and never with what is inside us."""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from errors import Code, InvalidValue, NotSignedIn, Unavailable
from serving.http.problem_schema import MEDIA_TYPE, phrase
from serving.http.rate_limits import RateLimited

# set in the scope of a request whose answer has begun: who answers in place of a route must not begin another
BEGUN = "redux.begun"
_log = logging.getLogger(__name__)
# What Starlette and FastAPI refuse by themselves.
_THEIRS = {
    400: Code.UNREADABLE,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.TOO_LARGE,
}
# pydantic's types of errors by how they begin or end, as far as they have a code of their own
_STARTS = {
    "missing": Code.MISSING,
    "greater_than": Code.OUT_OF_RANGE,
    "less_than": Code.OUT_OF_RANGE,
    "literal_error": Code.NOT_A_CHOICE,
    "enum": Code.NOT_A_CHOICE,
}
_ENDS = {
    "too_short": Code.TOO_SHORT,
    "too_long": Code.TOO_LONG,
    "_type": Code.WRONG_TYPE,
    "_parsing": Code.WRONG_TYPE,
}


class Problem(Exception):
    """What a route raises to answer with a problem document."""

    def __init__(
        self,
        status: int,
        code: Code,
        detail: str,
        *,
        errors: Sequence[Mapping[str, object]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers


def of_fields(faults: Sequence[tuple[Sequence[str | int], str, Code]], detail: str | None = None) -> Problem:
    """The 422 problem of fields that are wrong: where, what is wrong there, and its code; the first names the whole."""
    where, said, code = faults[0]
    named = ".".join(part for part in where[1:] if isinstance(part, str)) or str(where[0])
    errors = [{"loc": list(loc), "msg": msg, "code": its} for loc, msg, its in faults]
    return Problem(422, code, detail or f"{named}: {said}", errors=errors)


def response(problem: Problem) -> Response:
    """The problem as a response; escaped to ASCII, so that a lone surrogate in it does no harm."""
    body: dict[str, object] = {
        "title": phrase(problem.status),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.errors is not None:
        body["errors"] = problem.errors
    content = json.dumps(body, separators=(",", ":")).encode("ascii")
    return Response(content, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def raw(problem: Problem) -> bytes:
    """The problem as a whole HTTP answer that ends its connection, for what never becomes a request."""
    made = response(problem)
    made.headers["connection"] = "close"
    made.headers["x-request-id"] = uuid4().hex
    lines = [f"HTTP/1.1 {problem.status} {phrase(problem.status)}".encode("ascii")]
    lines += [name + b": " + value for name, value in made.raw_headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + bytes(made.body)


def too_often(exc: RateLimited) -> Problem:
    """The problem of somebody who has to wait; Retry-After comes with the RateLimit headers."""
    return Problem(429, Code.RATE_LIMITED, str(exc))


def too_large(most: int) -> Problem:
    """The problem of a body above so many bytes."""
    allowed = f"{most // 1024} KB" if most < 1024 * 1024 else f"{most // (1024 * 1024)} MB"
    return Problem(413, Code.TOO_LARGE, f"A body may have {allowed} at most.")


def install(app: FastAPI) -> None:
    """Let the app answer every known error with a problem document."""
    for kind, translate in _TRANSLATIONS.items():
        app.add_exception_handler(kind, _handler(translate))
    app.add_middleware(LastResort)


class LastResort:
    """ASGI middleware: an error nobody expected is logged and answered with a bare 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer for what was not caught further in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if scope.get(BEGUN):
                raise
            detail = "Something went wrong on our side. It is logged under this answer's X-Request-ID."
            await response(Problem(500, Code.INTERNAL, detail))(scope, receive, send)


def _of_http(request: Request, exc: HTTPException) -> Problem:
    if exc.status_code == 413 and MAX_BODY_SIZE_SCOPE_KEY in request.scope:
        return too_large(request.scope[MAX_BODY_SIZE_SCOPE_KEY])
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.url.path} does not take {request.method}.",
    }
    # Starlette's own 404 and 405 only repeat the phrase
    own = exc.detail if exc.detail != HTTPStatus(exc.status_code).phrase else None
    detail = own or details.get(exc.status_code, exc.detail)
    headers = {"Allow": _allowed(request)} if exc.status_code == 405 else exc.headers
    return Problem(exc.status_code, _THEIRS.get(exc.status_code, Code.UNREADABLE), detail, headers=headers)


def _allowed(request: Request) -> str:
    """Every method of a path: each is a route of its own, and the router only knows those of the first."""
    routes = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in routes for method in getattr(route, "methods", None) or ()}))


def _of_validation(_: Request, exc: RequestValidationError) -> Problem:
    return of_fields([(_place(fault["loc"]), *_said(fault)) for fault in exc.errors()])


def _place(loc: Sequence[str | int]) -> list[str | int]:
    """Where a fault is, without the tags of unions, which stand in parentheses."""
    return [part for part in loc if not (isinstance(part, str) and part.startswith("("))]


def _said(fault: dict[str, Any]) -> tuple[str, Code]:
    """A field error's words and code: those of our own checks, else pydantic's."""
    ours = fault.get("ctx", {}).get("error")
    if isinstance(ours, InvalidValue):
        return str(ours), ours.code
    kind: str = fault["type"]
    by_start = (code for start, code in _STARTS.items() if kind.startswith(start))
    by_end = (code for end, code in _ENDS.items() if kind.endswith(end))
    return fault["msg"], next(by_start, None) or next(by_end, Code.MALFORMED)


def _of_unavailable(_: Request, exc: Unavailable) -> Problem:
    _log.warning("503: %s", exc)
    return Problem(
        503, Code.BUSY, "The server is busy. Try again shortly.", headers={"Retry-After": str(exc.retry_after)}
    )


def _of_not_signed_in(_: Request, exc: NotSignedIn) -> Problem:
    # RFC 6750, 3.1: who sent no token is not told of an error
    no_token = exc.code in (Code.NOT_SIGNED_IN, Code.BAD_CREDENTIALS)
    challenge = "Bearer" if no_token else 'Bearer error="invalid_token"'
    return Problem(401, exc.code, str(exc), headers={"WWW-Authenticate": challenge})


def _of_rate_limited(request: Request, exc: RateLimited) -> Problem:
    request.state.standing = exc.standing
    return too_often(exc)


_TRANSLATIONS: dict[type[Exception], Any] = {
    RateLimited: _of_rate_limited,
    Problem: lambda _, exc: exc,
    HTTPException: _of_http,
    RequestValidationError: _of_validation,
    Unavailable: _of_unavailable,
    NotSignedIn: _of_not_signed_in,
}


def _handler(translate: Any) -> Any:  # noqa: ANN401  Starlette types handlers by the base class
    async def handle(request: Request, exc: Exception) -> Response:
        return response(translate(request, exc))

    return handle
