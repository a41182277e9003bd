"""How often a provider may be asked: never more than so many calls in any stretch of so many seconds.

A log of calls (pyrate-limiter), kept in Redis for all workers, or in this process. Counters that refill evenly (GCRA,
token bucket) let nearly twice the amount through in the first stretch, and providers count by the stretch.
"""

import logging

from pyrate_limiter import BucketAsyncWrapper, InMemoryBucket, Rate, RateItem, RedisBucket
from redis.exceptions import NoScriptError, RedisError

from covers.candidates import ProviderName
from covers.clock import Clock
from covers.shared import PREFIX, Shared
from errors import NotNow

logger = logging.getLogger(__name__)

# A little below what the providers allow, because calls travel: two that left a second apart may arrive closer.
RATES: dict[ProviderName, tuple[int, float]] = {
    "itunes": (19, 62.0),  # about 20 a minute
    "deezer": (48, 5.5),  # 50 in 5 s
    "musicbrainz": (1, 1.1),  # 1 a second; above it all are refused
}


class Budget:
    """What one provider lets us ask."""

    def __init__(self, name: ProviderName, clock: Clock, shared: Shared) -> None:
        self._name = name
        self._clock = clock
        self._shared = shared
        amount, seconds = RATES[name]
        self._rate = Rate(amount, int(seconds * 1000))
        self._here = BucketAsyncWrapper(InMemoryBucket([self._rate]))
        self._common: BucketAsyncWrapper | None = None
        self._resting_until = 0.0

    async def assume_spent(self) -> None:
        """Begin as if all had just been used: where a process was killed a moment ago, nobody knows what it used."""
        now = int(self._clock.now() * 1000)
        for _ in range(self._rate.limit):
            await self._here.put(RateItem(self._name, now))

    async def take(self, patience: float) -> None:
        """Count one call; where it has to wait, wait at most `patience` seconds. Raises NotNow."""
        waited = 0.0
        while (wait := await self._wait()) > 0:
            if waited + wait > patience:
                msg = f"{self._name} may not be asked for another {wait:.1f} s"
                raise NotNow(msg, wait)
            await self._clock.sleep(wait)
            waited += wait

    async def answered(self) -> None:
        """A call has come back. Where one a second is allowed, the second begins now: the call may have been late."""
        if self._rate.limit == 1:
            await self._leave_alone(self._rate.interval / 1000)

    async def rest(self, seconds: float) -> None:
        """Ask nothing for so long: the provider said so."""
        logger.info("%s is left alone for %.0f s, as it wants", self._name, seconds)
        await self._leave_alone(seconds)

    async def _leave_alone(self, seconds: float) -> None:
        until = self._clock.now() + seconds
        self._resting_until = max(self._resting_until, until)
        await self._shared.ask(lambda redis: redis.set(self._rest_key, until, px=max(1, int(seconds * 1000))), None)

    @property
    def _rest_key(self) -> str:
        return f"{PREFIX}:rest:{self._name}"

    async def _wait(self) -> float:
        """Seconds until a call may be made; 0 where it is counted and may be made now."""
        now = self._clock.now()
        told = await self._shared.ask(lambda redis: redis.get(self._rest_key), None)
        resting = max(self._resting_until, float(told) if told else 0.0) - now
        return resting if resting > 0 else await self._count(now)

    async def _count(self, now: float) -> float:
        item = RateItem(self._name, int(now * 1000))
        for _ in range(2):
            try:
                bucket = await self._bucket_in_redis()
                if bucket is None:
                    break
                return await _put(bucket, item)
            except NoScriptError:  # a server that was restarted has forgotten the script
                self._common = None
            except (RedisError, OSError) as exc:
                self._shared.lost(exc)
                break
        if self._common is not None:  # it was there until now: what other workers have used is not known here
            self._common = None
            await self.assume_spent()
        return await _put(self._here, item)

    async def _bucket_in_redis(self) -> BucketAsyncWrapper | None:
        """The common log of calls; None where there is no Redis. Raises RedisError."""
        redis = self._shared.redis
        if redis is None:
            return None
        if self._common is None:
            made = RedisBucket.init([self._rate], redis, f"{PREFIX}:calls:{self._name}")
            self._common = BucketAsyncWrapper(await made)
        return self._common


async def _put(bucket: BucketAsyncWrapper, item: RateItem) -> float:
    """Seconds until the call may be made; 0 where it is counted and may be made now."""
    if not await bucket.put(item):
        return max(await bucket.waiting(item), 1) / 1000
    await bucket.leak(item.timestamp)
    return 0.0
