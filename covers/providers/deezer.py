"""Deezer (https://developers.deezer.com/api): errors come with HTTP 200, and previews expire."""

import re
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from covers.candidates import Candidate, ProviderName
from covers.clock import Clock
from covers.outside import Answer, Hosts, Outside
from covers.providers import pictures
from errors import ProviderDown, ProviderLied, TooOften

_DOMAINS = "deezer.com dzcdn.net"
_REST = 5.0  # seconds; the quota is counted by stretches of five
_EXPIRY = re.compile(r"\bexp=(\d{9,11})\b")
# a picture without an id is the silhouette of a record: …/images/cover//500x500-…
_NOTHING = re.compile(r"/images/\w+//")
_QUOTA, _BUSY, _NOT_FOUND = 4, 700, 800


class _Named(BaseModel):
    name: str


class _Album(BaseModel):
    title: str | None = None
    cover_medium: str | None = None
    cover_big: str | None = None
    cover_xl: str | None = None


class _Track(BaseModel):
    title: str
    artist: _Named
    album: _Album = _Album()
    duration: int | None = None
    preview: str | None = None
    link: str | None = None


_ROW = TypeAdapter(_Track)


class Deezer:
    """Deezer's catalog: album, art and a preview, whose address is good for a while."""

    name: ProviderName = "deezer"

    def __init__(self, outside: Outside, base: str, clock: Clock) -> None:
        self._outside = outside
        self._base = base
        self._clock = clock
        self._hosts = Hosts.of(base, domains=_DOMAINS)

    async def search(self, artist: str, track: str) -> list[Candidate]:
        """Tracks as Deezer ranks them. Raises ProviderFault."""
        # plain words: a filter such as artist:"…" makes Deezer drop the rest of the query
        params = {"q": f"{track} {artist}"[:500], "limit": "25"}
        answer = await self._outside.get(self._hosts, f"{self._base}/search", params)
        return [candidate for row in _checked(answer) if (candidate := self._candidate(row)) is not None]

    async def picture(self, url: str) -> bytes | None:
        """A cover. Raises ProviderFault."""
        return await pictures.fetch(self._outside, self._hosts, url)

    def _candidate(self, row: object) -> Candidate | None:
        try:
            track = _ROW.validate_python(row)
        except ValidationError:
            return None
        album = track.album
        shown = (self._hosts.checked(url) for url in (album.cover_big, album.cover_xl, album.cover_medium))
        preview = self._hosts.checked(track.preview)
        expiry = _EXPIRY.search(preview) if preview else None
        expires_at = float(expiry[1]) if expiry else None
        if expires_at is not None and expires_at <= self._clock.now():
            preview = expires_at = None
        return Candidate(
            provider=self.name,
            artist=track.artist.name,
            title=track.title,
            album=album.title,
            art=tuple(url for url in shown if url and not _NOTHING.search(url))[:1],
            preview=preview,
            preview_expires_at=expires_at,
            duration_ms=track.duration * 1000 if track.duration else None,
            link=self._hosts.checked(track.link),
        )


def _checked(answer: Answer) -> list[Any]:
    if answer.status == 429:
        msg = "Deezer says 429: too often"
        raise TooOften(msg, answer.retry_after or _REST)
    if answer.status >= 500:
        msg = f"Deezer says {answer.status}"
        raise ProviderDown(msg)
    body = answer.json()
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return _refused(error)
    rows = body.get("data") if isinstance(body, dict) else None
    if answer.status != 200 or not isinstance(rows, list):
        msg = f"Deezer says {answer.status} and no tracks"
        raise ProviderLied(msg)
    return rows


def _refused(error: dict[str, Any]) -> list[Any]:
    code = error.get("code")
    msg = f"Deezer says code {code}: {str(error.get('message'))[:200]}"
    if code == _NOT_FOUND:
        return []
    if code == _QUOTA:
        raise TooOften(msg, _REST)
    raise ProviderDown(msg) if code == _BUSY else ProviderLied(msg)
