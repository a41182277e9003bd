"""The account itself: who it is, its password, everything held about it, and its end."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Response

from errors import InvalidValue
from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.accounts.sessions import end_session, list_sessions
from serving.http.problems import documented, of_fields
from serving.library import queries as library
from serving.routes.dependencies import ClientDep, DatabaseDep, PasswordsDep, SubjectDep
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
from serving.routes.sign_in import CookieQuery, SignInDep

router = APIRouter(prefix="/me", tags=["accounts"], responses=documented(401, 503))

SessionIdPath = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=[SESSION_ID])]


@router.get("")
async def get_me(subject: SubjectDep, database: DatabaseDep) -> UserOut:
    """Who am I."""
    return UserOut.model_validate(await database.read(accounts.get_user, subject))


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
    found = await database.read(list_sessions, subject)
    items = [SignedInOut.model_validate({**vars(one), "current": one.id == subject.session_id}) for one in found]
    return SessionsOut(items=items)


@router.delete("/sessions/{session_id}", status_code=204)
async def delete_session(session_id: SessionIdPath, subject: SubjectDep, database: DatabaseDep) -> None:
    """Log a device out; also where there is no such session."""
    await database.write(end_session, subject, session_id)


@router.get("/export")
async def export_me(subject: SubjectDep, database: DatabaseDep, response: Response) -> ExportOut:
    """Everything that is held about this account, to keep or to take elsewhere."""
    user = await database.read(accounts.get_user, subject)
    seeds = await database.read(library.get_seeds, subject)
    likes = await database.read(library.page_of_likes, subject, library.NEWEST, library.EVERY)
    response.headers["Content-Disposition"] = 'attachment; filename="spotify-redux.json"'
    return ExportOut(
        user=UserOut.model_validate(user),
        seeds=seeds,
        likes=[LikeExportOut(song_id=like.song_id, liked_at=like.liked_at) for like in likes.likes],
    )


def _refuse_own_name(password: str, username: str) -> None:
    try:
        credentials.password(password, username)
    except InvalidValue as exc:
        raise of_fields([(["body", "new_password"], str(exc), exc.code)]) from exc
