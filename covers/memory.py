"""What was learnt of songs: in this process, in Redis, and in the database, which survives all of them."""

import logging
from collections.abc import Sequence

from cachetools import LRUCache

from covers import queries
from covers.candidates import Entry
from covers.clock import Clock
from covers.shared import PREFIX, Shared
from db import Database
from errors import Unavailable

_MOST_SONGS = 20_000
_REDIS_SECONDS = 24 * 3600

logger = logging.getLogger(__name__)


class Memory:
    """Three places, the nearest asked first; what is stale in a near one is looked for in the next."""

    def __init__(self, database: Database, shared: Shared, clock: Clock) -> None:
        self._database = database
        self._shared = shared
        self._clock = clock
        self._here: LRUCache[str, Entry] = LRUCache(_MOST_SONGS)

    async def get(self, song_ids: Sequence[str]) -> dict[str, Entry]:
        """What is known, as fresh as any of the three has it."""
        now = self._clock.now()
        known = {song: entry for song in song_ids if (entry := self._here.get(song)) is not None}
        for layer in (self._from_redis, self._from_database):
            wanted = [song for song in song_ids if song not in known or known[song].fresh_until <= now]
            if not wanted:
                break
            for song, entry in (await layer(wanted)).items():
                if song not in known or entry.fresh_until > known[song].fresh_until:
                    known[song] = self._here[song] = entry
        return known

    async def put(self, song_id: str, entry: Entry) -> None:
        """Keep what was learnt."""
        self._here[song_id] = entry
        left = min(entry.fresh_until - self._clock.now(), _REDIS_SECONDS)
        if left > 0:
            said = entry.model_dump_json()
            await self._shared.ask(lambda redis: redis.set(_key(song_id), said, px=max(1, int(left * 1000))), None)
        try:
            await self._database.write(queries.put_entry, queries.Kept(song_id, entry))
        except Unavailable as exc:
            logger.warning("what was learnt of a song is not kept, the database is away: %s", exc)

    async def _from_redis(self, song_ids: list[str]) -> dict[str, Entry]:
        keys = [_key(song) for song in song_ids]
        said: list[bytes | None] = await self._shared.ask(lambda redis: redis.mget(keys), [])
        pairs = zip(song_ids, said, strict=False)
        return {song: Entry.model_validate_json(body) for song, body in pairs if body}

    async def _from_database(self, song_ids: list[str]) -> dict[str, Entry]:
        try:
            return await self._database.read(queries.get_entries, song_ids)
        except Unavailable as exc:
            logger.warning("covers are looked up anew, the database is away: %s", exc)
            return {}


def _key(song_id: str) -> str:
    return f"{PREFIX}:song:{song_id}"
