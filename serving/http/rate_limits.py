"""How often somebody may ask: counted in Redis or Valkey for all workers, or in this process.

By GCRA (https://brandur.org/rate-limiting): a key may use up its amount at once, and then gets it back evenly.
"""

import hashlib
import logging
import math
import time
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_network
from typing import Any, NamedTuple

from starlette.types import Scope
from throttled.asyncio import MemoryStore, RateLimiterType, RedisStore, Throttled, rate_limiter
from throttled.asyncio.store import BaseStore
from throttled.exceptions import StoreUnavailableError

from errors import ReduxError
from settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Policy:
    """So many requests in so many seconds, by key."""

    name: str
    amount: int
    seconds: int

    @property
    def header(self) -> str:
        """As `RateLimit-Policy`, draft-ietf-httpapi-ratelimit-headers."""
        return f'"{self.name}";q={self.amount};w={self.seconds}'


SIGNUP_BY_ADDRESS = Policy("signup", 20, 3600)
LOGIN_BY_ADDRESS = Policy("login", 60, 900)
# From one address against one account: a guesser is stopped here, and its owner elsewhere can still log in.
PASSWORD_BY_ADDRESS_AND_ACCOUNT = Policy("password", 10, 900)
# From everywhere against one account: NIST SP 800-63B section 3.2.2 allows no more than 100 wrong guesses in a row.
PASSWORD_BY_ACCOUNT = Policy("account", 100, 3600)

# as ListenBrainz limits players
LISTENBRAINZ_BY_ADDRESS = Policy("listenbrainz", 30, 10)

POLICIES = (
    SIGNUP_BY_ADDRESS,
    LOGIN_BY_ADDRESS,
    PASSWORD_BY_ADDRESS_AND_ACCOUNT,
    PASSWORD_BY_ACCOUNT,
    LISTENBRAINZ_BY_ADDRESS,
)

_MOST_KEYS = 100_000
_WITHOUT_REDIS = 5.0  # seconds for which nobody waits for a Redis that did not answer
_REDIS_SECONDS = 0.5


class Standing(NamedTuple):
    """What is left of a policy for a key. Both times in seconds."""

    policy: Policy
    limited: bool
    remaining: int
    reset_after: float
    retry_after: float

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """RateLimit headers, and Retry-After where it is time to wait."""
        # what resets within the second is told as a second: 0 would invite to try at once
        left = f'"{self.policy.name}";r={self.remaining};t={math.ceil(self.reset_after)}'
        headers = [(b"ratelimit-policy", self.policy.header.encode()), (b"ratelimit", left.encode())]
        if self.limited:
            headers.append((b"retry-after", b"%d" % max(1, math.ceil(self.retry_after))))
        return headers


class RateLimited(ReduxError):
    """Somebody asked too often."""

    def __init__(self, standing: Standing) -> None:
        wait = max(1, math.ceil(standing.retry_after))
        super().__init__(f"That was too often. Try again in {wait} {'second' if wait == 1 else 'seconds'}.")
        self.standing = standing


class RateLimits:
    """Counts requests by policy and key. Where Redis is away, this process counts alone rather than refuse."""

    def __init__(self, settings: Settings) -> None:
        self.on = settings.rate_limits == "on"
        self._here = _Counter(MemoryStore(options={"MAX_SIZE": _MOST_KEYS}))
        url = settings.redis_url
        self._redis = _redis_store(url.get_secret_value()) if url else None
        self._shared = _Counter(self._redis) if self._redis else self._here
        self._away_until = 0.0

    async def consume(self, policy: Policy, key: str) -> Standing:
        """Count one request, and say what is left."""
        if not self.on:
            return Standing(policy, False, policy.amount, 0, 0)
        return await self._count(policy, key)

    async def require(self, policy: Policy, key: str) -> Standing:
        """Count one request. Raises RateLimited where it is one too many."""
        standing = await self.consume(policy, key)
        if standing.limited:
            raise RateLimited(standing)
        return standing

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            client: Any = self._redis._backend.get_client()  # the library has no way to close
            await client.aclose()

    async def _count(self, policy: Policy, key: str) -> Standing:
        if self._redis is None or time.monotonic() < self._away_until:
            return await self._here.count(policy, key)
        try:
            return await self._shared.count(policy, key)
        except StoreUnavailableError as exc:
            _log.warning("REDIS_URL does not answer, each worker counts for itself meanwhile: %s", exc.__cause__)
            self._away_until = time.monotonic() + _WITHOUT_REDIS
            return await self._here.count(policy, key)


class _Counter:
    """One store, and a limiter for each policy on it."""

    def __init__(self, store: BaseStore) -> None:
        self._store = store
        self._limiters: dict[str, Throttled] = {}

    async def count(self, policy: Policy, key: str) -> Standing:
        limiter = self._limiters.get(policy.name)
        if limiter is None:
            quota = rate_limiter.per_duration(timedelta(seconds=policy.seconds), policy.amount)
            limiter = self._limiters[policy.name] = Throttled(
                using=RateLimiterType.GCRA.value, quota=quota, store=self._store, key_prefix=f"redux:{policy.name}"
            )
        result = await limiter.limit(key)
        state = result.state
        return Standing(policy, result.limited, int(state.remaining), state.reset_after, state.retry_after)


def address_of(scope: Scope) -> str:
    """Whom to count: the client's address, as the server and its trusted proxy tell it; of IPv6 the /64.

    A household or a rented machine has a whole /64, and could otherwise be anybody.
    """
    client = scope.get("client")
    host = client[0] if client else "local"
    if ":" not in host:
        return str(host)
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return str(host)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def account_key(username_key: str) -> str:
    """An account as a key: of one length, and no name lies about in Redis."""
    return hashlib.sha256(username_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _redis_store(url: str) -> RedisStore:
    options = {"SOCKET_TIMEOUT": _REDIS_SECONDS, "SOCKET_CONNECT_TIMEOUT": _REDIS_SECONDS}
    return RedisStore(server=url, options=options)
