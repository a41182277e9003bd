"""The queue on every device."""

from typing import Annotated, Any

from fastapi import Header, Request, Response

from errors import Code
from serving.http import etags
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.library import queue as library
from serving.library.queue import StoredQueue
from serving.routes.dependencies import DatabaseDep, SubjectDep
from serving.routes.router import api_router
from serving.routes.schemas.queue import QueueIn, QueueOut

router = api_router("/me/queue", "queue", also=(401, 503))

_IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="The ETag of the queue that this one replaces; * for whatever there is. 428 without it.",
        examples=["*"],
    ),
]
_WITH_ETAG: dict[int | str, dict[str, Any]] = {200: etags.DOCUMENTED[200]}


@router.get("", response_model=QueueOut, responses=etags.DOCUMENTED)
async def get_queue(request: Request, subject: SubjectDep, database: DatabaseDep) -> Response:
    """What plays and what comes after it; empty where there was no queue yet."""
    return _answer(request, await database.read(library.get_queue, subject))


@router.put("", response_model=QueueOut, responses={**_WITH_ETAG, **documented(412, 428)})
async def put_queue(
    body: QueueIn, request: Request, subject: SubjectDep, database: DatabaseDep, if_match: _IfMatch = None
) -> Response:
    """Replace the queue that was read before; 412 where another device has replaced it meanwhile."""
    if not if_match:
        raise Problem(
            428, Code.CONDITION_REQUIRED, "Send If-Match with the ETag of the queue that this one replaces, or *."
        )
    tags = [tag.strip() for tag in if_match.split(",")]
    # weak ones as well: a proxy that compresses an answer makes its ETag weak, and the revision is the same
    revisions = None if "*" in tags else [tag.removeprefix("W/").strip('"') for tag in tags]
    stored = await database.write(library.put_queue, subject, body.model_dump(), revisions)
    if stored is None:
        raise Problem(412, Code.CHANGED_MEANWHILE, "Another device has changed the queue: GET it again.")
    return _answer(request, stored)


def _answer(request: Request, stored: StoredQueue) -> Response:
    content = stored.content or {"items": []}
    body = QueueOut(**content, updated_at=stored.updated_at).model_dump_json().encode()
    if request.method == "GET":
        return etags.conditional(request, body, f'"{stored.revision}"')
    return Response(body, media_type="application/json", headers={"ETag": f'"{stored.revision}"'})
