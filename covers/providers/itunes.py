"""iTunes Search (https://performance-partners.apple.com/search-api): JSON that calls itself JavaScript."""

from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from covers.candidates import Candidate, ProviderName
from covers.outside import Answer, Hosts, Outside
from covers.providers import pictures
from errors import ProviderDown, ProviderLied, TooOften

_DOMAINS = "itunes.apple.com music.apple.com mzstatic.com"
_REST = 60.0  # seconds, where too often is all it says
_SMALL, _PHONE = "100x100bb", "600x600bb"


class _Track(BaseModel):
    kind: str | None = None
    artist: str = Field(alias="artistName")
    title: str = Field(alias="trackName")
    album: str | None = Field(None, alias="collectionName")
    of_album: str | None = Field(None, alias="collectionArtistName")
    art: str | None = Field(None, alias="artworkUrl100")
    preview: str | None = Field(None, alias="previewUrl")
    link: str | None = Field(None, alias="trackViewUrl")
    length: int | None = Field(None, alias="trackTimeMillis")
    date: str | None = Field(None, alias="releaseDate")


_ROW = TypeAdapter(_Track)


class ITunes:
    """Apple's store: album, art and a preview of 30 seconds. Its terms want a link to the store beside its art."""

    name: ProviderName = "itunes"

    def __init__(self, outside: Outside, base: str) -> None:
        self._outside = outside
        self._base = base
        self._hosts = Hosts.of(base, domains=_DOMAINS)

    async def search(self, artist: str, track: str) -> list[Candidate]:
        """Songs of the store, as it ranks them. Raises ProviderFault."""
        params = {
            "term": f"{artist} {track}"[:500],
            "country": "US",
            "media": "music",
            "entity": "song",
            "limit": "25",
        }
        answer = await self._outside.get(self._hosts, f"{self._base}/search", params)
        found = _checked(answer)
        return [candidate for row in found if (candidate := self._candidate(row)) is not None]

    async def picture(self, url: str) -> bytes | None:
        """A cover. Raises ProviderFault."""
        return await pictures.fetch(self._outside, self._hosts, url)

    def _candidate(self, row: object) -> Candidate | None:
        try:
            track = _ROW.validate_python(row)
        except ValidationError:
            return None  # an album or an artist among the songs
        art = self._hosts.checked((track.art or "").replace(_SMALL, _PHONE))
        return Candidate(
            provider=self.name,
            artist=track.artist,
            title=track.title,
            album=track.album,
            art=(art,) if art else (),
            preview=self._hosts.checked(track.preview),
            duration_ms=track.length,
            link=self._hosts.checked(track.link),
            compilation=(track.of_album or "").casefold() == "various artists",
            year=int(track.date[:4]) if track.date and track.date[:4].isdigit() else None,
        )


def _checked(answer: Answer) -> list[Any]:
    if answer.status in (403, 429):
        msg = f"iTunes says {answer.status}: too often"
        raise TooOften(msg, answer.retry_after or _REST)
    if answer.status >= 500:
        msg = f"iTunes says {answer.status}"
        raise ProviderDown(msg)
    body = answer.json()
    rows = body.get("results") if isinstance(body, dict) else None
    if answer.status != 200 or not isinstance(rows, list):
        said = body.get("errorMessage", "no results") if isinstance(body, dict) else "no object"
        msg = f"iTunes says {answer.status}: {str(said)[:200]}"
        raise ProviderLied(msg)
    return rows
