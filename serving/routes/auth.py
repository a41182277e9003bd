"""Signing up and logging in."""

from typing import Annotated

from fastapi import APIRouter, Form

from serving import accounts, names
from serving.deps import DatabaseDep, PasswordsDep, TokensDep
from serving.errors import NotSignedIn
from serving.problems import Problem, documented
from serving.schemas import LoginIn, SessionOut, SignupIn, UserOut
from serving.tokens import Tokens

router = APIRouter(prefix="/auth", tags=["accounts"])


@router.post("/signup", status_code=201, responses=documented(409, 503))
async def signup(body: SignupIn, database: DatabaseDep, passwords: PasswordsDep, tokens: TokensDep) -> SessionOut:
    """Open an account and log in. Usernames are compared without case."""
    password_hash = await passwords.hash(body.password)
    key = names.comparable(body.username)
    account = await database.run(accounts.create_user, body.username, key, password_hash)
    if account is None:
        raise Problem(409, f"The username {body.username!r} is taken: choose another.")
    return _session(tokens, account)


@router.post("/login", responses=documented(401, 503))
async def login(
    form: Annotated[LoginIn, Form()], database: DatabaseDep, passwords: PasswordsDep, tokens: TokensDep
) -> SessionOut:
    """Log in with the OAuth2 password form."""
    account = await database.run(accounts.find_account, names.comparable(form.username))
    # an unknown name costs a hash as well, and gets the same words: neither tells who has an account
    right = await passwords.verify(form.password, account.password_hash if account else None)
    if account is None or not right:
        raise NotSignedIn("The username or the password is wrong.", code=None)
    return _session(tokens, account)


def _session(tokens: Tokens, account: accounts.Account) -> SessionOut:
    return SessionOut(
        access_token=tokens.issue(account.holder),
        expires_in=int(tokens.lifetime.total_seconds()),
        user=UserOut.model_validate(account.user),
    )
