"""Who asks, as rate limits count them."""

from starlette.requests import Request

from serving import limits
from serving.accounts import Account
from serving.limits import Policy, RateLimits
from serving.passwords import Passwords
from serving.problems import Problem


class Caller:
    """The sender of one request."""

    def __init__(self, request: Request, rate_limits: RateLimits) -> None:
        self._state = request.state
        self._limits = rate_limits
        self._address = limits.address_of(request.scope)

    async def demand(self, policy: Policy) -> None:
        """Count this request for its address. Raises RateLimited."""
        await self._demand(policy, self._address)

    async def demand_guess(self, account: str) -> None:
        """Count a guess at an account's password, before it is looked at. Raises RateLimited.

        First for this address alone, so that who guesses at many accounts locks nobody out.
        """
        key = limits.account_key(account)
        await self._demand(limits.PASSWORD_BY_ADDRESS_AND_ACCOUNT, f"{self._address}|{key}")
        await self._demand(limits.PASSWORD_BY_ACCOUNT, key)

    async def check_password(self, passwords: Passwords, password: str, account: Account) -> None:
        """Ask the holder of a token for the password again. Raises RateLimited, and a 403 problem where it is wrong."""
        await self.demand_guess(account.user.id)
        if not await passwords.verify(password, account.password_hash):
            raise Problem(403, "The password is wrong. Nothing was changed.")

    async def _demand(self, policy: Policy, key: str) -> None:
        if self._limits.on:
            self._state.standing = await self._limits.demand(policy, key)
