"""The account itself: who it is, its password, everything held about it, and its end."""

from fastapi import APIRouter, Response

from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.http.problems import Problem, documented
from serving.library import queries as library
from serving.quick import QuickRoute
from serving.routes.dependencies import ContextDep, HolderDep
from serving.routes.schemas import ExportOut, FarewellIn, LikeOut, PasswordChangeIn, SessionOut, UserOut

router = APIRouter(prefix="/me", tags=["accounts"], responses=documented(401, 503), route_class=QuickRoute)

_ALL = 2**31 - 1


@router.get("")
async def get_me(holder: HolderDep, context: ContextDep) -> UserOut:
    """Who am I."""
    return UserOut.model_validate(await context.database.read(accounts.get_user, holder))


@router.delete("", status_code=204, responses=documented(403))
async def delete_me(body: FarewellIn, holder: HolderDep, context: ContextDep) -> None:
    """Delete the account and everything that belongs to it. Asks for the password once more."""
    account = await context.database.run(accounts.get_account, holder)
    await context.caller.check_password(context.passwords, body.password, account)
    await context.database.write(accounts.delete_user, holder)


@router.post("/password", responses=documented(403))
async def change_password(
    body: PasswordChangeIn,
    holder: HolderDep,
    context: ContextDep,
) -> SessionOut:
    """Change the password. Every token until now stops working; here is a new one."""
    account = await context.database.run(accounts.get_account, holder)
    _refuse_own_name(body.new_password, account.user.username)
    await context.caller.check_password(context.passwords, body.current_password, account)
    password_hash = await context.passwords.hash(body.new_password)
    renewed = await context.database.write(accounts.change_password, holder, password_hash)
    return SessionOut.of(context.tokens, account.user, renewed)


@router.get("/export")
async def export_me(holder: HolderDep, context: ContextDep, response: Response) -> ExportOut:
    """Everything that is held about this account, to keep or to take elsewhere."""
    user = await context.database.run(accounts.get_user, holder)
    seeds = await context.database.run(library.get_seeds, holder)
    likes = await context.database.run(library.page_of_likes, holder, library.NEWEST, _ALL)
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
