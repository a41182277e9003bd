"""Imports of listening histories: uploaded, run in a process of their own, and taken back."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from errors import Code, InvalidValue
from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.http.problem_schema import documented
from serving.http.problems import Problem, of_fields
from serving.library import imports as library
from serving.library.imports import PrivateSession, TooManyImports
from serving.routes.dependencies import DatabaseDep, IdPath, ImportingDep, SubjectDep
from serving.routes.router import api_router
from serving.routes.schemas.listens import ImportOut, ImportsOut

router = api_router("/me/imports", "listens", also=(401, 503))

_MOST_FILES = 50
_LONGEST_NAME = 150  # bytes; Linux takes 255
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}},
                        "listener": {"type": "string", "description": "Which of several people in the files you are."},
                    },
                },
                "example": {"files": ["my_spotify_data.zip"]},
            }
        },
    }
}


@router.post("", status_code=202, responses=documented(409, 422), openapi_extra=_FORM)
async def post_import(
    request: Request, subject: SubjectDep, database: DatabaseDep, importing: ImportingDep
) -> ImportOut:
    """Upload listening history, as Spotify, Last.fm, YouTube and others give it; 500 MB at most.

    It is imported in the background: `GET /me/imports/{import_id}` tells how far it is. What is there already, from
    another import or a player, is not added again. A file that cannot be used is left out, and `fault` names it.
    """
    await database.read(accounts.get_user, subject)  # before half a gigabyte is taken
    import_id = library.new_id()
    async with request.form(max_files=_MOST_FILES, max_fields=10) as form:
        uploads, listener = _sent(form)
        with importing.files.uploading(import_id) as folder:
            names = [await _store(upload, folder, place) for place, upload in enumerate(uploads)]
    try:
        queued = await database.write(library.queue_import, subject, import_id, names, listener)
    except (PrivateSession, TooManyImports) as exc:
        importing.files.remove(import_id)
        code = Code.PRIVATE_SESSION if isinstance(exc, PrivateSession) else Code.TOO_MANY_IMPORTS
        raise Problem(409, code, str(exc)) from exc
    except BaseException:
        importing.files.remove(import_id)
        raise
    importing.look()
    return ImportOut(**queued._asdict())


@router.get("")
async def get_imports(subject: SubjectDep, database: DatabaseDep) -> ImportsOut:
    """All imports of this account, newest first."""
    found = await database.read(library.imports_of, subject)
    return ImportsOut(items=[ImportOut(**one._asdict()) for one in found])


@router.get("/{import_id}", responses=documented(404))
async def get_import(import_id: IdPath, subject: SubjectDep, database: DatabaseDep) -> ImportOut:
    """How far an import is, what was left out and why."""
    found = await database.read(library.imports_of, subject, import_id)
    if not found:
        raise _no_import(import_id)
    return ImportOut(**found[0]._asdict())


@router.delete("/{import_id}", status_code=204, responses=documented(404))
async def delete_import(import_id: IdPath, subject: SubjectDep, database: DatabaseDep, importing: ImportingDep) -> None:
    """End an import and take back the listens that it brought; also when it is done."""
    if not await database.write(library.undo_import, subject, import_id):
        raise _no_import(import_id)
    importing.look()


def _no_import(import_id: str) -> Problem:
    return Problem(404, Code.IMPORT_UNKNOWN, f"There is no import {import_id!r}: GET /me/imports lists them.")


def _sent(form: FormData) -> tuple[Sequence[UploadFile], str | None]:
    uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    listener = form.get("listener") or None
    if not uploads:
        raise _wrong("files", "expected one file or more, as multipart/form-data")
    if isinstance(listener, UploadFile):
        raise _wrong("listener", "expected a name, not a file", Code.WRONG_TYPE)
    try:
        return uploads, None if listener is None else credentials.storable(listener)[:1000]
    except InvalidValue as exc:
        raise _wrong("listener", str(exc), exc.code) from exc


def _wrong(field: str, msg: str, code: Code = Code.MISSING) -> Problem:
    return of_fields([(["body", field], msg, code)])


async def _store(upload: UploadFile, folder: Path, place: int) -> str:
    """Copy an upload to the folder; returns the name that it has there."""
    name = Path((upload.filename or "").replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable())
    name = name.encode(errors="replace")[-_LONGEST_NAME:].decode(errors="ignore").lstrip(".") or "history"
    path = folder / name
    if path.exists():
        path = folder / f"{place}-{name}"

    def copy() -> None:
        with path.open("wb") as file:
            shutil.copyfileobj(upload.file, file, 1024 * 1024)

    await to_thread.run_sync(copy)
    return path.name
