"""The account itself: who it is, its password, everything held about it, and its end."""

from fastapi import APIRouter, Response

from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.http.problems import Problem, documented
from serving.library import queries as library
from serving.routes.dependencies import ClientDep, DatabaseDep, PasswordsDep, SubjectDep, TokensDep
from serving.routes.schemas import AccountDeletionIn, ExportOut, LikeOut, PasswordChangeIn, SessionOut, UserOut

router = APIRouter(prefix="/me", tags=["accounts"], responses=documented(401, 503))

_ALL = 2**31 - 1


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
    tokens: TokensDep,
    client: ClientDep,
) -> SessionOut:
    """Change the password. Every token until now stops working; here is a new one."""
    account = await database.read(accounts.get_account, subject)
    _refuse_own_name(body.new_password, account.user.username)
    await client.check_password(passwords, body.current_password, account)
    password_hash = await passwords.hash(body.new_password)
    renewed = await database.write(accounts.change_password, subject, password_hash)
    return SessionOut.of(tokens, account.user, renewed)


@router.get("/export")
async def export_me(subject: SubjectDep, database: DatabaseDep, response: Response) -> ExportOut:
    """Everything that is held about this account, to keep or to take elsewhere."""
    user = await database.read(accounts.get_user, subject)
    seeds = await database.read(library.get_seeds, subject)
    likes = await database.read(library.page_of_likes, subject, library.NEWEST, _ALL)
    response.headers["Content-Disposition"] = 'attachment; filename="spotify-redux.json"'
    return ExportOut(
        user=UserOut.model_validate(user),
        seeds=seeds,
        likes=[LikeOut(song_id=like.song_id, liked_at=like.liked_at) for like in likes],
    )


def _refuse_own_name(password: str, username: str) -> None:
    try:
        credentials.password(password, username)
    except ValueError as exc:
        errors = [{"loc": ["body", "new_password"], "msg": f"Value error, {exc}"}]
        raise Problem(422, f"new_password: {exc}", errors=errors) from exc
