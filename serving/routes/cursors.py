"""Cursors: a place in a list as text that means nothing to whoever keeps it."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from errors import Code, InvalidValue
from serving.accounts import credentials
from serving.http.problems import Problem, of_fields

CursorQuery = Annotated[
    str | None,
    Query(max_length=40_000, pattern="^[A-Za-z0-9_=-]*$", description="`next_cursor` of the page before."),
]
_LARGEST = 2**63  # what no column holds
SMALLEST = -_LARGEST


def write(place: Sequence[int | str]) -> str:
    """A place as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode("ascii")


def read(cursor: str, *kinds: type[int] | type[str], least: int = 0) -> list[int | str]:
    """The place of a cursor: numbers from `least` on and texts, as `kinds` says. Raises a 422 problem for any other."""
    try:
        place = json.loads(base64.b64decode(cursor, b"-_", validate=True))
        if (
            isinstance(place, list)
            and tuple(map(type, place)) == kinds
            and all(_is_sound(part, least) for part in place)
        ):
            return place
    except (ValueError, TypeError, RecursionError, InvalidValue):
        pass  # the same answer as for a cursor of the wrong shape
    raise refused()


def refused() -> Problem:
    """The problem of a cursor that we did not make."""
    return of_fields([(["query", "cursor"], "is not a next_cursor of this list", Code.BAD_CURSOR)])


def _is_sound(part: int | str, least: int) -> bool:
    return least <= part < _LARGEST if isinstance(part, int) else credentials.storable(part) == part
