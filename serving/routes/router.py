"""A router of the API, with what every route of it says."""

from enum import Enum
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from serving.http.problem_schema import documented

# what any call can answer
_EVERYWHERE = (422, 429, 500, 503)


def api_router(prefix: str = "", tag: str | None = None, also: tuple[int, ...] = (), **options: Any) -> APIRouter:  # noqa: ANN401
    """A router whose routes stand in the app as they are, and need not be included one level deeper.

    FastAPI matches a request against an included router twice, which costs a third of a short answer.

    Args:
        prefix: begins the path of each route.
        tag: the group in the OpenAPI document.
        also: statuses that each route documents beside those of any call.
        **options: more of `APIRouter`.
    """
    tags: list[str | Enum] | None = None if tag is None else [tag]
    return APIRouter(
        prefix=prefix,
        tags=tags,
        responses=documented(*_EVERYWHERE, *also),
        generate_unique_id_function=_operation_id,
        **options,
    )


def _operation_id(route: APIRoute) -> str:
    return route.name
