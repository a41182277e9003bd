"""The account itself: who it is, its password, everything held about it, and its end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import Path, Response
from starlette.responses import StreamingResponse

from db import Database
from errors import InvalidValue
from serving.accounts import credentials, player_tokens
from serving.accounts import queries as accounts
from serving.accounts.sessions import end_session, list_sessions
from serving.accounts.tokens import TokenSubject
from serving.http.problem_schema import documented
from serving.http.problems import of_fields
from serving.library import imports as imported
from serving.library import listens, playing_now
from serving.library import queries as library
from serving.library.hidden import NEWEST as NEWEST_HIDDEN
from serving.library.hidden import page_of_hidden
from serving.library.likes import EVERY, page_of_likes
from serving.library.likes import NEWEST as NEWEST_LIKE
from serving.library.listen_records import NEWEST as NEWEST_LISTEN
from serving.library.queue import get_queue
from serving.routes import presenters
from serving.routes.dependencies import ClientDep, DatabaseDep, PasswordsDep, SubjectDep
from serving.routes.router import api_router
from serving.routes.schemas.accounts import (
    SESSION_ID,
    AccountDeletionIn,
    PasswordChangeIn,
    SessionOut,
    SessionsOut,
    SignedInOut,
    UserOut,
)
from serving.routes.schemas.export import ExportOut, LikeExportOut
from serving.routes.schemas.listens import (
    ExportedImportOut,
    ExportedListenOut,
    ListenOut,
    PlayerTokenOut,
    PlayingNowOut,
    SwitchesIn,
)
from serving.routes.schemas.queue import QueueOut
from serving.routes.sign_in import CookieQuery, SignInDep

router = api_router("/me", "accounts", also=(401, 503))

SessionIdPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=[SESSION_ID])]
_PAGE = 1000  # listens


@router.get("")
async def get_me(subject: SubjectDep, database: DatabaseDep) -> UserOut:
    """Who am I."""
    return UserOut.model_validate(await database.read(accounts.get_user, subject))


@router.patch("")
async def patch_me(body: SwitchesIn, subject: SubjectDep, database: DatabaseDep) -> UserOut:
    """Switch a private session on or off, or whether the next model may learn from the listens."""
    switches = body.model_dump(exclude_none=True)
    return UserOut.model_validate(await database.write(accounts.switch, subject, switches))


@router.delete("", status_code=204, responses=documented(403))
async def delete_me(
    body: AccountDeletionIn, subject: SubjectDep, database: DatabaseDep, passwords: PasswordsDep, client: ClientDep
) -> None:
    """Delete the account and everything that belongs to it. Asks for the password once more."""
    account = await database.read(accounts.get_account, subject)
    await client.check_password(passwords, body.password, account)
    await database.write(accounts.delete_user, subject)


@router.post("/password", responses=documented(403))
async def change_password(
    body: PasswordChangeIn,
    subject: SubjectDep,
    database: DatabaseDep,
    passwords: PasswordsDep,
    session: SignInDep,
    client: ClientDep,
    cookie: CookieQuery = False,
) -> SessionOut:
    """Change the password. Every token until now stops working, on every device; here are new ones."""
    account = await database.read(accounts.get_account, subject)
    _refuse_own_name(body.new_password, account.user.username)
    await client.check_password(passwords, body.current_password, account)
    password_hash = await passwords.hash(body.new_password)
    version = await database.write(accounts.change_password, subject, password_hash)
    return await session.open(replace(account, version=version), cookie=cookie)


@router.get("/sessions")
async def get_sessions(subject: SubjectDep, database: DatabaseDep) -> SessionsOut:
    """Where the account is signed in."""
    return SessionsOut(items=await _sessions(subject, database))


@router.delete("/sessions/{session_id}", status_code=204)
async def delete_session(session_id: SessionIdPath, subject: SubjectDep, database: DatabaseDep) -> None:
    """Log a device out; also where there is no such session."""
    await database.write(end_session, subject, session_id)


@router.get("/export", response_model=ExportOut)
async def export_me(subject: SubjectDep, database: DatabaseDep) -> Response:
    """Everything that is held about this account, to keep or to take elsewhere."""
    held = await _held(subject, database)
    headers = {"Content-Disposition": 'attachment; filename="spotify-redux.json"'}
    return StreamingResponse(_export(held, subject, database), headers=headers, media_type="application/json")


async def _held(subject: TokenSubject, database: Database) -> ExportOut:
    """Everything but the listens, which may be hundreds of thousands."""
    user = await database.read(accounts.get_user, subject)
    seeds = await database.read(library.get_seeds, subject)
    likes = await database.read(page_of_likes, subject, NEWEST_LIKE, EVERY)
    tokens = await database.read(player_tokens.tokens_of, subject)
    imports = await database.read(imported.imports_of, subject)
    playing = await database.read(playing_now.get_playing, subject, 0)
    hidden = await database.read(page_of_hidden, subject, NEWEST_HIDDEN, EVERY, 0)
    queue = await database.read(get_queue, subject)
    return ExportOut(
        user=UserOut.model_validate(user),
        seeds=seeds,
        likes=[LikeExportOut(song_id=like.song_id, liked_at=like.liked_at) for like in likes.likes],
        player_tokens=[PlayerTokenOut(**token._asdict()) for token in tokens],
        imports=[ExportedImportOut(**one._asdict()) for one in imports],
        playing_now=PlayingNowOut(sent=playing.sent, until=playing.until) if playing else None,
        hidden=[presenters.hidden(one) for one in hidden],
        queue=QueueOut(**queue.content, updated_at=queue.updated_at) if queue.content else None,
        sessions=await _sessions(subject, database),
        listens=[],
    )


async def _export(held: ExportOut, subject: TokenSubject, database: Database) -> AsyncIterator[bytes]:
    """The body, page by page: listens come last in it."""
    head = held.model_dump_json()
    yield head.removesuffix("]}").encode()
    place, comma = NEWEST_LISTEN, ""
    while page := await database.read(listens.page_of_listens, subject, _PAGE, place):
        rows = (ExportedListenOut(**ListenOut.of(listen).model_dump(), sent=listen.sent) for listen in page)
        yield (comma + ",".join(row.model_dump_json() for row in rows)).encode()
        comma, place = ",", page[-1].place
        await asyncio.sleep(0)  # SQLite answers on the event loop: others have their turn between the pages
    yield b"]}"


async def _sessions(subject: TokenSubject, database: Database) -> list[SignedInOut]:
    found = await database.read(list_sessions, subject)
    return [SignedInOut.model_validate({**vars(one), "current": one.id == subject.session_id}) for one in found]


def _refuse_own_name(password: str, username: str) -> None:
    try:
        credentials.password(password, username)
    except InvalidValue as exc:
        raise of_fields([(["body", "new_password"], str(exc), exc.code)]) from exc
