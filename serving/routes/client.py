"""Who asks, as rate limits count them."""

from starlette.requests import Request

from errors import Code
from serving.accounts.credentials import comparable
from serving.accounts.passwords import Passwords
from serving.accounts.queries import Account
from serving.http import rate_limits
from serving.http.problems import Problem
from serving.http.rate_limits import Policy, RateLimits


class Client:
    """The sender of one request."""

    def __init__(self, request: Request, limits: RateLimits) -> None:
        self._state = request.state
        self._limits = limits
        self._address = rate_limits.address_of(request.scope)

    async def require(self, policy: Policy) -> None:
        """Count this request for its address. Raises RateLimited."""
        await self._require(policy, self._address)

    async def require_guess(self, username_key: str) -> None:
        """Count a guess at an account's password, before it is looked at. Raises RateLimited.

        First for this address alone, so that who guesses at many accounts locks nobody out.
        """
        key = rate_limits.account_key(username_key)
        await self._require(rate_limits.PASSWORD_BY_ADDRESS_AND_ACCOUNT, f"{self._address}|{key}")
        await self._require(rate_limits.PASSWORD_BY_ACCOUNT, key)

    async def check_password(self, passwords: Passwords, password: str, account: Account) -> None:
        """Ask for the password once more. Raises RateLimited, and a 403 problem where it is wrong."""
        await self.require_guess(comparable(account.user.username))
        if not await passwords.verify(password, account.password_hash):
            raise Problem(403, Code.WRONG_PASSWORD, "The password is wrong. Nothing was changed.")

    async def _require(self, policy: Policy, key: str) -> None:
        if self._limits.on:
            self._state.standing = await self._limits.require(policy, key)
