"""Signing up and logging in."""

from typing import Annotated

from fastapi import APIRouter, Form

from errors import NotSignedIn
from serving.accounts import credentials
from serving.accounts import queries as accounts
from serving.http import rate_limits
from serving.http.problems import Problem, documented
from serving.routes.dependencies import ContextDep
from serving.routes.schemas import LoginIn, SessionOut, SignupIn

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/signup", status_code=201, responses=documented(409, 503))
async def signup(body: SignupIn, context: ContextDep) -> SessionOut:
    """Open an account and log in. Usernames are compared without case."""
    await context.caller.demand(rate_limits.SIGNUP_BY_ADDRESS)
    password_hash = await context.passwords.hash(body.password)
    key = credentials.comparable(body.username)
    account = await context.database.write(accounts.create_user, body.username, key, password_hash)
    if account is None:
        raise Problem(409, f"The username {body.username!r} is taken: choose another.")
    return SessionOut.of(context.tokens, account.user, account.holder)


@router.post("/login", responses=documented(401, 503))
async def login(
    form: Annotated[LoginIn, Form()],
    context: ContextDep,
) -> SessionOut:
    """Log in with the OAuth2 password form."""
    key = credentials.comparable(form.username)
    await context.caller.demand(rate_limits.LOGIN_BY_ADDRESS)
    await context.caller.demand_guess(key)
    account = await context.database.run(accounts.find_account, key)
    # an unknown name costs a hash as well, and gets the same words: neither tells who has an account
    right = await context.passwords.verify(form.password, account.password_hash if account else None)
    if account is None or not right:
        raise NotSignedIn("The username or the password is wrong.", code=None)
    return SessionOut.of(context.tokens, account.user, account.holder)
