"""Covers and previews of songs, as the API asks for them: at once what is known, and the rest shortly."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from anyio import to_thread

from catalog.song import Song
from covers import pictures, queries
from covers.candidates import Entry, Found
from covers.copies import Copies
from covers.flights import Flights
from covers.learning import Learning, open_learning
from covers.lookup import NoCoverYet
from covers.own import OwnCovers
from db import Database
from errors import NotAPicture, NotNow, ProviderFault
from settings import Settings

LOOKUP_SECONDS = 2.0
_ANSWER_SECONDS = 1.5  # of them a caller waits so long
_SOON = 1.0  # seconds after which what is being looked up is worth asking for again
_MOST_WAIT = 300.0
_MOST_FLIGHTS = 512
_LARGEST = pictures.WIDTHS[-1]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ShownCover:
    """A cover as an app gets it. own: it is from COVERS_DIR."""

    url: str
    color: str
    own: bool = False


@dataclass(frozen=True)
class Shown:
    """What is known of a song now.

    retry_after: seconds after which asking again may tell more, None where not. good_for: seconds that all of this
    stays true.
    """

    song_id: str
    cover: ShownCover | None
    found: Found | None
    album: str | None
    retry_after: float | None
    good_for: float


class Picture(NamedTuple):
    """A WebP picture. lasting: it will never be another."""

    content: bytes
    lasting: bool


class Covers:
    """What the API holds of this room; made by `open_covers`."""

    def __init__(self, learning: Learning, database: Database, copies: Copies, own: OwnCovers, *, proxy: bool) -> None:
        self._learning = learning
        self._database = database
        self._copies = copies
        self._own = own
        self._proxy = proxy
        self._songs: Flights[Entry | NotNow] = Flights(_MOST_FLIGHTS)
        self._pictures: Flights[Picture | None] = Flights(_MOST_FLIGHTS)
        self._own_colors: dict[str, str | None] = {}

    async def show(self, songs: Sequence[Song]) -> list[Shown]:
        """What is known of each song, in the order given; what is not is looked up, and waited for only shortly."""
        entries = await self._learning.known([song.song_id for song in songs])
        flights = {}
        for song in songs:
            entry = entries.get(song.song_id)
            if self._learning.wants(song.song_id, entry):
                flights[song.song_id] = self._songs.start(song.song_id, partial(self._learn, song))
        wanted = {flight for song, flight in flights.items() if flight and song not in entries}
        if wanted:
            await asyncio.wait(wanted, timeout=_ANSWER_SECONDS)
        return [await self._shown(song, entries.get(song.song_id), flights.get(song.song_id)) for song in songs]

    async def picture(self, key: str, width: int) -> Picture | None:
        """A cover by its key, at most `width` px wide; a square of its colour while its provider fails.

        None where no song has this cover.
        """
        path = await to_thread.run_sync(self._copies.find, key, width)
        if path is not None:
            with suppress(OSError):  # another process may just have made room
                return Picture(await to_thread.run_sync(path.read_bytes), lasting=True)
        flight = self._pictures.start(f"{key}-{width}", lambda: self._make(key, width))
        return await asyncio.shield(flight) if flight else None

    async def close(self) -> None:
        """Give up what is under way."""
        await self._songs.close()
        await self._pictures.close()

    async def _learn(self, song: Song) -> Entry | NotNow:
        try:
            return await self._learning.learn(song, LOOKUP_SECONDS)
        except NotNow as exc:
            logger.debug("%s is not known yet: %s", song.song_id, exc)
            return exc
        except Exception as exc:  # a fault of ours: the page stays whole, and the log says what it was
            logger.exception("%s cannot be looked up", song.song_id)
            return NotNow(str(exc), _MOST_WAIT)

    async def _shown(self, song: Song, entry: Entry | None, flight: "asyncio.Task[Entry | NotNow] | None") -> Shown:
        outcome = flight.result() if flight and flight.done() and not flight.cancelled() else None
        if isinstance(outcome, Entry):
            entry = outcome
        elif isinstance(outcome, NoCoverYet):
            entry = Entry(found=outcome.found, fresh_until=0.0)
        found = self._learning.without_expired(entry.found) if entry else None
        lacks = self._learning.lacks(entry) and self._learning.has_providers
        wait = self._wait(song.song_id, outcome) if lacks else None
        album = self._own.album(song.song_id) or (found.album if found else None)
        cover = await self._own_cover(song, album) or self._cover(found)
        return Shown(song.song_id, cover, found, album, wait, self._learning.good_for(entry, found))

    def _wait(self, song_id: str, outcome: Entry | NotNow | None) -> float:
        wait = outcome.retry_after if isinstance(outcome, NotNow) else self._learning.wait(song_id) or _SOON
        return min(max(wait, _SOON), _MOST_WAIT)

    def _cover(self, found: Found | None) -> ShownCover | None:
        if found is None or found.cover is None:
            return None
        url = _ours(found.cover.key) if self._proxy else found.cover.source
        return ShownCover(url, found.cover.color)

    async def _own_cover(self, song: Song, album: str | None) -> ShownCover | None:
        key = self._own.key(song.song_id, song.artist, song.track, album)
        if key is None:
            return None
        if key not in self._own_colors:
            self._own_colors[key] = await to_thread.run_sync(self._color_of_own, key)
        color = self._own_colors[key]
        return ShownCover(_ours(key), color, own=True) if color else None

    def _color_of_own(self, key: str) -> str | None:
        path = self._own.path(key)
        try:
            return pictures.look(path.read_bytes()).color if path else None
        except (NotAPicture, OSError) as exc:
            logger.warning("a cover of COVERS_DIR is passed over, %s: %s", path, exc)
            return None

    async def _make(self, key: str, width: int) -> Picture | None:
        """A copy that is not there yet, from the largest one, the file of one's own, or the provider."""
        content = await to_thread.run_sync(self._larger, key)
        if content is None:
            found = await self._database.read(queries.get_found_by_cover, key)
            if found is None or found.cover is None:
                return None
            try:
                content = await self._learning.refetch(found, LOOKUP_SECONDS)
            except ProviderFault as exc:
                logger.info("a cover of %s cannot be fetched now: %s", found.provider, exc)
            if content is None:
                return Picture(pictures.tile(found.cover.color, width), lasting=False)
            await to_thread.run_sync(self._keep, key, _LARGEST, content)
        small = await to_thread.run_sync(pictures.resized, content, width)
        await to_thread.run_sync(self._keep, key, width, small)
        return Picture(small, lasting=True)

    def _keep(self, key: str, width: int, content: bytes) -> None:
        try:
            self._copies.put(key, width, content)
        except OSError as exc:  # a full disk takes nobody's cover away
            logger.warning("a copy of a cover is not kept: %s", exc)

    def _larger(self, key: str) -> bytes | None:
        path = self._copies.find(key, _LARGEST) or self._own.path(key)
        try:
            return path.read_bytes() if path else None
        except OSError:
            return None


@asynccontextmanager
async def open_covers(settings: Settings, database: Database) -> AsyncIterator[Covers]:
    """Covers for one running app. Raises BadCovers."""
    copies = Copies(settings.covers_cache_dir, settings.covers_cache_mb * 2**20)
    async with open_learning(settings, database, copies) as learning:
        covers = Covers(learning, database, copies, OwnCovers(settings.covers_dir), proxy=settings.proxies_covers)
        try:
            yield covers
        finally:
            await covers.close()


def _ours(key: str) -> str:
    return f"/covers/{key}?w={_LARGEST}"
