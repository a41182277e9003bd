"""MusicBrainz (https://musicbrainz.org/doc/MusicBrainz_API), and the Cover Art Archive for its releases' pictures."""

import re
from typing import Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from covers.candidates import Candidate, ProviderName
from covers.outside import Answer, Hosts, Outside
from covers.providers import pictures
from errors import ProviderDown, ProviderLied, TooOften

_LUCENE = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')
_ID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_LEAST_SCORE = 80  # of 100, as MusicBrainz itself rates what it found
_REST = 2.0  # seconds, where too often is all it says
_PHONE = "front-500"


class _Credit(BaseModel):
    name: str
    joinphrase: str = ""


class _Group(BaseModel):
    id: str | None = None
    kind: str | None = Field(None, alias="primary-type")
    more: list[str] = Field([], alias="secondary-types")


class _Release(BaseModel):
    id: str
    title: str | None = None
    status: str | None = None
    date: str | None = None
    group: _Group = Field(_Group(), alias="release-group")

    @property
    def order(self) -> tuple[bool, bool, bool, bool, str]:
        """Official before bootlegs, albums as such before gathered or live ones, the first edition first."""
        dated = self.date or "9999"
        return (not self.official, bool(self.group.more), self.group.kind != "Album", not self.date, dated)

    @property
    def official(self) -> bool:
        """Whether it was issued by the artist or a label, as far as is said."""
        return self.status in ("Official", "Promotion", None)


class _Recording(BaseModel):
    id: str
    score: int
    title: str
    length: int | None = None
    credit: list[_Credit] = Field(alias="artist-credit")
    releases: list[_Release] = []


_ROW = TypeAdapter(_Recording)


class MusicBrainz:
    """The open encyclopedia: albums and lengths, no previews. `contact` is how its keepers could reach us."""

    name: ProviderName = "musicbrainz"

    def __init__(self, outside: Outside, base: str, art_base: str, contact: str) -> None:
        self._outside = outside
        self._base = base
        self._art_base = art_base
        self._headers = {"User-Agent": f"SpotifyRedux/1.0 ( {contact} )", "Accept": "application/json"}
        self._hosts = Hosts.of(base, domains="musicbrainz.org")
        self._art_hosts = Hosts.of(art_base, domains="coverartarchive.org archive.org")

    async def search(self, artist: str, track: str) -> list[Candidate]:
        """Recordings that MusicBrainz is fairly sure of. Raises ProviderFault."""
        query = f'recording:"{_escaped(track)}" AND artist:"{_escaped(artist)}"'
        params = {"query": query, "fmt": "json", "limit": "10"}
        url = f"{self._base}/ws/2/recording"
        answer = await self._outside.get(self._hosts, url, params, headers=self._headers)
        return [candidate for row in _checked(answer) if (candidate := self._candidate(row)) is not None]

    async def picture(self, url: str) -> bytes | None:
        """A cover from the archive. Raises ProviderFault."""
        return await pictures.fetch(self._outside, self._art_hosts, url)

    def _candidate(self, row: object) -> Candidate | None:
        try:
            recording = _ROW.validate_python(row)
        except ValidationError:
            return None
        if recording.score < _LEAST_SCORE or not _ID.match(recording.id):
            return None
        release = min(recording.releases, key=lambda one: one.order, default=None)
        return Candidate(
            provider=self.name,
            artist="".join(f"{credit.name}{credit.joinphrase}" for credit in recording.credit),
            title=recording.title,
            album=release.title if release else None,
            art=self._art(release) if release else (),
            duration_ms=recording.length,
            link=f"https://musicbrainz.org/recording/{recording.id}",
            official=release is not None and release.official,
            compilation=release is not None and "Compilation" in release.group.more,
            year=int(release.date[:4]) if release and release.date and release.date[:4].isdigit() else None,
        )

    def _art(self, release: _Release) -> tuple[str, ...]:
        """The release's own front, else one of another edition."""
        places = (("release", release.id), ("release-group", release.group.id or ""))
        return tuple(f"{self._art_base}/{kind}/{mbid}/{_PHONE}" for kind, mbid in places if _ID.match(mbid))


def _escaped(text: str) -> str:
    return _LUCENE.sub(r"\\\1", " ".join(text.split())[:300])


def _checked(answer: Answer) -> list[Any]:
    if answer.status in (429, 503):
        msg = f"MusicBrainz says {answer.status}"
        if answer.headers.get("x-ratelimit-zone") == "global" or answer.headers.get("retry-after") == "0":
            raise ProviderDown(msg)  # busy, which is none of our doing
        raise TooOften(msg, max(answer.retry_after or 0.0, _REST))
    if answer.status >= 500:
        msg = f"MusicBrainz says {answer.status}"
        raise ProviderDown(msg)
    body = answer.json()
    rows = body.get("recordings") if isinstance(body, dict) else None
    if answer.status != 200 or not isinstance(rows, list):
        said = body.get("error", "no recordings") if isinstance(body, dict) else "no object"
        msg = f"MusicBrainz says {answer.status}: {str(said)[:200]}"
        raise ProviderLied(msg)
    return rows
