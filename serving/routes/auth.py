"""Signing up and logging in."""

from typing import Annotated

from fastapi import APIRouter, Form

from errors import NotSignedIn
from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.http import rate_limits
from serving.http.problems import Problem, documented
from serving.routes.dependencies import ClientDep, DatabaseDep, PasswordsDep, TokensDep
from serving.routes.schemas import LoginIn, SessionOut, SignupIn

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/signup", status_code=201, responses=documented(409, 503))
async def signup(
    body: SignupIn, database: DatabaseDep, passwords: PasswordsDep, tokens: TokensDep, client: ClientDep
) -> SessionOut:
    """Open an account and log in. Usernames are compared without case."""
    await client.require(rate_limits.SIGNUP_BY_ADDRESS)
    password_hash = await passwords.hash(body.password)
    key = credentials.comparable(body.username)
    account = await database.write(accounts.create_user, body.username, key, password_hash)
    if account is None:
        raise Problem(409, f"The username {body.username!r} is taken: choose another.")
    return SessionOut.of(tokens, account.user, account.subject)


@router.post("/login", responses=documented(401, 503))
async def login(
    form: Annotated[LoginIn, Form()],
    database: DatabaseDep,
    passwords: PasswordsDep,
    tokens: TokensDep,
    client: ClientDep,
) -> SessionOut:
    """Log in with the OAuth2 password form."""
    key = credentials.comparable(form.username)
    await client.require(rate_limits.LOGIN_BY_ADDRESS)
    await client.require_guess(key)
    account = await database.read(accounts.find_account, key)
    # an unknown name costs a hash as well, and gets the same words: neither tells who has an account
    right = await passwords.verify(form.password, account.password_hash if account else None)
    if account is None or not right:
        raise NotSignedIn("The username or the password is wrong.", code=None)
    return SessionOut.of(tokens, account.user, account.subject)
