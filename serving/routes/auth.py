"""Signing up, logging in, staying so, and logging out."""

from typing import Annotated, Any

from fastapi import Form

from db import Database
from errors import Code, NotSignedIn
from models import hashed
from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.http import rate_limits
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.routes.dependencies import ClientDep, DatabaseDep, PasswordsDep, SettingsDep
from serving.routes.router import api_router
from serving.routes.schemas.accounts import LoginIn, RefreshIn, SessionOut, SignupIn
from serving.routes.sign_in import CookieQuery, SignInDep
from settings import Settings

router = api_router("/auth", "accounts")

# either a refresh token, in the body or in its cookie, or an access token
_ANY_TOKEN: dict[str, Any] = {"security": [{"OAuth2PasswordBearer": []}, {}]}


@router.post("/signup", status_code=201, responses=documented(403, 409, 503))
async def signup(
    body: SignupIn,
    database: DatabaseDep,
    passwords: PasswordsDep,
    settings: SettingsDep,
    session: SignInDep,
    client: ClientDep,
    cookie: CookieQuery = False,
) -> SessionOut:
    """Open an account and log in. Usernames are compared without case."""
    await client.require(rate_limits.SIGNUP_BY_ADDRESS)
    invite_hash = await _invited(body.invite_code, settings, database)
    password_hash = await passwords.hash(body.password)
    key = credentials.comparable(body.username)
    account = await database.write(accounts.create_user, body.username, key, password_hash, invite_hash)
    if account is None:
        await _invited(body.invite_code, settings, database)  # perhaps somebody else was faster
        raise Problem(409, Code.USERNAME_TAKEN, f"The username {body.username!r} is taken: choose another.")
    if invite_hash is not None:
        await database.write(accounts.use_up_invite, invite_hash)
    return await session.open(account, cookie=cookie)


@router.post("/login", responses=documented(401, 503))
async def login(
    form: Annotated[LoginIn, Form()],
    database: DatabaseDep,
    passwords: PasswordsDep,
    session: SignInDep,
    client: ClientDep,
    cookie: CookieQuery = False,
) -> SessionOut:
    """Log in with the OAuth2 password form."""
    key = credentials.comparable(form.username)
    await client.require(rate_limits.LOGIN_BY_ADDRESS)
    await client.require_guess(key)
    account = await database.read(accounts.find_account, key)
    # an unknown name costs a hash as well, and gets the same words: neither tells who has an account
    right = await passwords.verify(form.password, account.password_hash if account else None)
    if account is None or not right:
        raise NotSignedIn("The username or the password is wrong.", Code.BAD_CREDENTIALS)
    return await session.open(account, cookie=cookie)


@router.post("/refresh", responses=documented(401, 503))
async def refresh(session: SignInDep, body: RefreshIn | None = None) -> SessionOut:
    """Exchange a refresh token, from the body or its cookie, for new tokens.

    Each is good once. The same again within a minute gives the same successor; any older one ends the session.
    """
    return await session.renew(body.refresh_token if body else None)


@router.post("/logout", status_code=204, responses=documented(401, 503), openapi_extra=_ANY_TOKEN)
async def logout(session: SignInDep, body: RefreshIn | None = None) -> None:
    """End this session: its tokens stop working at once. Send the refresh token, or else the access token."""
    await session.end(body.refresh_token if body else None)


async def _invited(code: str | None, settings: Settings, database: Database) -> str | None:
    """The hash of the invite that signing up needs, None where it needs none. Raises a 403 problem."""
    if settings.signup == "open":
        return None
    if settings.signup == "closed":
        raise Problem(403, Code.SIGNUP_CLOSED, "This server opens no new accounts: ask whoever runs it.")
    if not code:
        raise Problem(403, Code.INVITE_REQUIRED, "Signing up here needs an invite_code: ask whoever runs this server.")
    invite_hash = hashed(code.strip())
    if not await database.read(accounts.invite_is_good, invite_hash):
        raise Problem(403, Code.INVITE_INVALID, "This invite is unknown, used or too old: ask for another.")
    return invite_hash
