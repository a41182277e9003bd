"""What providers offer for a song, and what is kept of the offer that was taken."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from pydantic import BaseModel

ProviderName = Literal["itunes", "deezer", "musicbrainz"]


@dataclass(frozen=True)
class Candidate:
    """One recording that a provider names for a song. Addresses are those of the provider's own hosts.

    art: where its cover may be, best first; a place may turn out to be empty.
    compilation: whether its album gathers several artists or is a best-of.
    """

    provider: ProviderName
    artist: str
    title: str
    album: str | None = None
    art: tuple[str, ...] = ()
    preview: str | None = None
    preview_expires_at: float | None = None
    duration_ms: int | None = None
    link: str | None = None
    official: bool = True
    compilation: bool = False
    year: int | None = None


class Cover(BaseModel):
    """A picture that was seen. key names our copies of it; color is `#rrggbb`."""

    key: str
    source: str
    color: str


class Found(BaseModel):
    """What is known of a song. Expiry in seconds since 1970."""

    provider: ProviderName
    cover: Cover | None = None
    preview: str | None = None
    preview_expires_at: float | None = None
    album: str | None = None
    duration_ms: int | None = None
    link: str | None = None

    @property
    def preview_expiry(self) -> datetime | None:
        """When the preview's address stops working; None where it stays good."""
        return None if self.preview_expires_at is None else datetime.fromtimestamp(self.preview_expires_at, UTC)


class Entry(BaseModel):
    """What was learnt of a song, and until when (seconds since 1970) it need not be asked again.

    found is None where every provider said that it knows no such song.
    """

    found: Found | None
    fresh_until: float


class Provider(Protocol):
    """One source. `search` makes one call of its API."""

    name: ProviderName

    async def search(self, artist: str, track: str) -> list[Candidate]:
        """What it offers for a song, in its own order. Raises ProviderFault."""

    async def picture(self, url: str) -> bytes | None:
        """A picture that a candidate of its names; None where there is none. Raises ProviderFault."""
