"""Looking one song up: the providers in their order, the first that has its cover wins."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from anyio import CapacityLimiter, to_thread

from catalog.names import plain, song_key
from catalog.song import Song, song_id
from covers import matching, pictures
from covers.asking import Asking
from covers.candidates import Candidate, Cover, Found, ProviderName
from covers.copies import Copies
from errors import NobodyToAsk, NotAPicture, NotNow, ProviderFault

_AGAIN = 5.0  # seconds until a provider that failed is worth another try
_OPENED_AT_ONCE = 2  # pictures, each of up to 48 MB


logger = logging.getLogger(__name__)


class NoCoverYet(NotNow):
    """A song was found without a cover, and a provider that may have one could not be asked."""

    def __init__(self, cause: NotNow, found: Found) -> None:
        super().__init__(str(cause), cause.retry_after)
        self.found = found


@dataclass
class Trail:
    """What a lookup met, for people to read: verdicts and faults by provider, in the order asked."""

    verdicts: dict[ProviderName, list[matching.Verdict]] = field(default_factory=dict)
    faults: dict[ProviderName, ProviderFault] = field(default_factory=dict)


class Lookup:
    """Asks the providers. Where copies are kept, the cover it saw is kept as one."""

    def __init__(self, askings: Sequence[Asking], copies: Copies, *, keeps_copies: bool) -> None:
        self._askings = tuple(askings)
        self._copies = copies
        self._keeps_copies = keeps_copies
        self._opening = CapacityLimiter(_OPENED_AT_ONCE)

    @property
    def has_providers(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self._askings)

    async def find(self, song: Song, seconds: float, known: Found | None = None) -> Found | None:
        """What the providers know of a song within so many seconds; None where all say that they know no such song.

        known: what was found before, whose cover is not fetched again where it is the same. Raises NotNow where a
        provider that may know more could not be asked, NoCoverYet where others know all but the cover.
        """
        return await self._first(song, asyncio.get_running_loop().time() + seconds, known)

    async def ask_all(self, song: Song, seconds: float) -> Trail:
        """What each provider says of a song, each within so many seconds, also where an earlier one would do."""
        trail = Trail()
        for asking in self._askings:
            ends = asyncio.get_running_loop().time() + seconds
            try:
                candidates = await asking.search(song.artist, searched(song.track), ends)
            except ProviderFault as exc:
                trail.faults[asking.name] = exc
            else:
                trail.verdicts[asking.name] = matching.judge(song.artist, song.track, candidates)
        return trail

    async def _first(self, song: Song, ends: float, known: Found | None) -> Found | None:
        loop = asyncio.get_running_loop()
        second_best: Found | None = None
        faults: list[ProviderFault] = []
        for i, asking in enumerate(self._askings):
            # a share of the time that is left, so that who is slow takes none of the others'
            until = loop.time() + (ends - loop.time()) / (len(self._askings) - i)
            try:
                found = await self._ask(asking, song, until, known)
            except ProviderFault as exc:
                faults.append(exc)
                continue
            if found is not None and found.cover is not None:
                return found
            second_best = second_best or found
        if not faults:
            return second_best
        cause = self._cause(faults)
        if second_best is None or (known is not None and known.cover is not None):
            raise cause
        raise NoCoverYet(cause, second_best)

    def _cause(self, faults: Sequence[ProviderFault]) -> NotNow:
        said = "; ".join(map(str, faults))
        waits = [exc.retry_after for exc in faults if isinstance(exc, NotNow)]
        if len(waits) == len(self._askings):
            return NobodyToAsk(said, min(waits))
        # who answered is asked again as well: never sooner than after a failure
        return NotNow(said, max(min(waits), _AGAIN) if len(waits) == len(faults) else _AGAIN)

    async def _ask(self, asking: Asking, song: Song, until: float, known: Found | None) -> Found | None:
        candidates = await asking.search(song.artist, searched(song.track), until)
        chosen = matching.choose(song.artist, song.track, candidates)
        if chosen is None:
            return None
        cover = await self._cover(asking, chosen, until, known)
        return Found(
            provider=chosen.provider,
            cover=cover,
            preview=chosen.preview,
            preview_expires_at=chosen.preview_expires_at,
            album=chosen.album,
            duration_ms=chosen.duration_ms,
            link=chosen.link,
        )

    async def _cover(self, asking: Asking, chosen: Candidate, until: float, known: Found | None) -> Cover | None:
        for url in chosen.art:
            if known and known.cover and known.cover.source == url:
                return known.cover
            content = await asking.picture(url, until)
            if content is None:
                continue
            try:
                look = partial(pictures.look, content, copied=self._keeps_copies)
                seen = await to_thread.run_sync(look, limiter=self._opening)
            except NotAPicture:
                continue
            cover = Cover(key=cover_key(url), source=url, color=seen.color)
            if seen.copy is not None:
                await to_thread.run_sync(self._keep, cover.key, seen.copy)
            return cover
        return None

    def _keep(self, key: str, copy: bytes) -> None:
        try:
            self._copies.put(key, pictures.WIDTHS[-1], copy)
        except OSError as exc:  # a full disk takes no answer away: the copy is made when it is asked for
            logger.warning("a copy of a cover is not kept: %s", exc)

    async def refetch(self, found: Found, seconds: float) -> bytes | None:
        """The WebP copy of a cover that was seen before, fetched anew; None where it is gone. Raises ProviderFault."""
        asking = next((one for one in self._askings if one.name == found.provider), None)
        if asking is None or found.cover is None:
            return None
        content = await asking.picture(found.cover.source, asyncio.get_running_loop().time() + seconds)
        if content is None:
            return None
        try:
            return await to_thread.run_sync(pictures.resized, content, pictures.WIDTHS[-1], limiter=self._opening)
        except NotAPicture:
            return None


def searched(track: str) -> str:
    """The title without marks of the same recording, "- Remastered 2009": MusicBrainz has it in no recording's name."""
    _, _, bare = song_key(song_id("anybody", track)).partition(" - ")
    return track if bare == plain(track) else bare


def cover_key(source: str) -> str:
    """What names the copies of a picture: 32 hexadecimal digits of its address."""
    return hashlib.blake2b(source.encode(), digest_size=16).hexdigest()
