"""What is known of songs, and learning it.

What was found is kept for 30 days, what nobody knows for 3, and that a provider failed is never kept as an answer.
"""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from cachetools import LRUCache

from catalog.song import Song
from covers.asking import Asking
from covers.candidates import Entry, Found
from covers.clock import Clock
from covers.copies import Copies
from covers.flights import alone
from covers.lookup import Lookup, NoCoverYet, Trail
from covers.memory import Memory
from covers.outside import Outside
from covers.providers import configured
from covers.shared import PREFIX, Shared
from db import Database
from errors import NobodyToAsk, NotNow
from settings import Settings

FOUND_SECONDS = 30 * 24 * 3600.0
UNKNOWN_SECONDS = 3 * 24 * 3600.0
_BEFORE_EXPIRY = 600.0  # so long before its preview expires a song is looked up again
_LEAST_FRESH = 60.0
_MOST_WAITING = 20_000
_AT_ONCE = 8  # songs that are looked up at the same time
_AGAIN = 1.0

logger = logging.getLogger(__name__)


class Learning:
    """Memory, and how it is filled. Song after song, each by one worker alone."""

    def __init__(self, lookup: Lookup, memory: Memory, shared: Shared, clock: Clock) -> None:
        self._lookup = lookup
        self._memory = memory
        self._shared = shared
        self._clock = clock
        self._not_before: LRUCache[str, float] = LRUCache(_MOST_WAITING)  # when a song is worth another try
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobody_until = 0.0  # when there is somebody to ask again

    @property
    def has_providers(self) -> bool:
        """Whether there is anybody to ask."""
        return self._lookup.has_providers

    async def known(self, song_ids: Sequence[str]) -> dict[str, Entry]:
        """What is known of these songs, stale or not."""
        return await self._memory.get(song_ids)

    def wants(self, song_id: str, entry: Entry | None) -> bool:
        """Whether a song is worth looking up now."""
        return not self._is_fresh(entry) and self.has_providers and self.wait(song_id) is None

    def lacks(self, entry: Entry | None) -> bool:
        """Whether more may soon be known: nothing is yet, a preview has expired, or a cover is worth another look."""
        if entry is None or self.without_expired(entry.found) != entry.found:
            return True
        return entry.found is not None and entry.found.cover is None and not self._is_fresh(entry)

    def _is_fresh(self, entry: Entry | None) -> bool:
        return entry is not None and entry.fresh_until > self._clock.now()

    def wait(self, song_id: str) -> float | None:
        """Seconds until a song is worth another try; None where that is now."""
        left = max(self._not_before.get(song_id, 0.0), self._nobody_until) - self._clock.now()
        return left if left > 0 else None

    def without_expired(self, found: Found | None) -> Found | None:
        """What was found, without a preview that can no longer be played."""
        if found is None or found.preview_expires_at is None or found.preview_expires_at > self._clock.now():
            return found
        return found.model_copy(update={"preview": None, "preview_expires_at": None})

    def good_for(self, entry: Entry | None, found: Found | None) -> float:
        """Seconds until a preview expires, or a song without a cover is looked up again; else, for ever."""
        until = found.preview_expires_at if found and found.preview_expires_at else math.inf
        if entry is not None and not (found and found.cover) and self.has_providers:
            until = min(until, entry.fresh_until)
        return until - self._clock.now()

    async def learn(self, song: Song, seconds: float) -> Entry:
        """Look a song up within so many seconds, unless another worker just did. Raises NotNow."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        try:
            async with self._turn(ends), alone(self._shared, song.song_id, ends - loop.time()):
                known = (await self._memory.get([song.song_id])).get(song.song_id)
                if known is not None and self._is_fresh(known):
                    return known
                await self._heed_others(song.song_id)
                found = await self._lookup.find(song, ends - loop.time(), known.found if known else None)
                entry = Entry(found=found, fresh_until=self._fresh_until(found))
                await self._memory.put(song.song_id, entry)
                return entry
        except NobodyToAsk as exc:
            self._nobody_until = self._clock.now() + exc.retry_after
            raise
        except NotNow as exc:
            if isinstance(exc, NoCoverYet):
                until = min(self._fresh_until(exc.found), self._clock.now() + exc.retry_after)
                await self._memory.put(song.song_id, Entry(found=exc.found, fresh_until=until))
            await self._put_off(song.song_id, exc.retry_after)
            raise

    async def ask_all(self, song: Song, seconds: float) -> Trail:
        """As `Lookup.ask_all`."""
        return await self._lookup.ask_all(song, seconds)

    async def refetch(self, found: Found, seconds: float) -> bytes | None:
        """As `Lookup.refetch`."""
        return await self._lookup.refetch(found, seconds)

    def _fresh_until(self, found: Found | None) -> float:
        now = self._clock.now()
        if found is None:
            return now + UNKNOWN_SECONDS
        until = now + FOUND_SECONDS
        if found.preview_expires_at is None:
            return until
        return max(min(until, found.preview_expires_at - _BEFORE_EXPIRY), now + _LEAST_FRESH)

    @asynccontextmanager
    async def _turn(self, ends: float) -> AsyncIterator[None]:
        """At most so many songs at once. Raises NotNow where none comes in time, or there is nobody left to ask."""
        try:
            async with asyncio.timeout_at(ends):
                await self._turns.acquire()
        except TimeoutError:
            msg = "too many songs are looked up at the same time"
            raise NotNow(msg, _AGAIN) from None
        try:
            left = self._nobody_until - self._clock.now()
            if left > 0:
                msg = "no provider may be asked"
                raise NobodyToAsk(msg, left)
            yield
        finally:
            self._turns.release()

    async def _heed_others(self, song_id: str) -> None:
        """Raise NotNow where another worker has just failed at this song."""
        left: int = await self._shared.ask(lambda redis: redis.pttl(_key(song_id)), 0)
        if left > 0:
            msg = "another worker just failed at it"
            raise NotNow(msg, left / 1000)

    async def _put_off(self, song_id: str, seconds: float) -> None:
        self._not_before[song_id] = self._clock.now() + seconds
        milliseconds = max(1, int(seconds * 1000))
        await self._shared.ask(lambda redis: redis.set(_key(song_id), 1, px=milliseconds, nx=True), None)


@asynccontextmanager
async def open_learning(
    settings: Settings, database: Database, copies: Copies, clock: Clock | None = None, *, afresh: bool = True
) -> AsyncIterator[Learning]:
    """All of it for one process, closed at the end.

    afresh: whether budgets that only this process knows begin unused.
    """
    clock = clock or Clock()
    shared = Shared(settings.redis_url.get_secret_value() if settings.redis_url else None, clock)
    outside = Outside()
    if "musicbrainz" in settings.metadata_providers and not settings.metadata_contact:
        logger.info("MusicBrainz is not asked: it wants METADATA_CONTACT, a web or mail address of yours")
    try:
        askings = [Asking(provider, clock, shared) for provider in configured(settings, outside, clock)]
        if not afresh:
            for asking in askings:
                await asking.budget.assume_spent()
        lookup = Lookup(askings, copies, keeps_copies=settings.proxies_covers)
        yield Learning(lookup, Memory(database, shared, clock), shared, clock)
    finally:
        await outside.close()
        await shared.close()


def _key(song_id: str) -> str:
    return f"{PREFIX}:not-before:{song_id}"
