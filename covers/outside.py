"""The way out: one HTTP client for all providers, which reaches no host but theirs and reads no more than it should."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from errors import ProviderDown, ProviderLied

_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(10, connect=3)
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=8)
MOST_JSON = 2 * 2**20
MOST_PICTURE = 10 * 2**20


@dataclass(frozen=True)
class Hosts:
    """Where one provider's answers may come from.

    origins: `scheme://host[:port]` that a setting names, taken as it stands. domains: hosts by HTTPS on its own port,
    and those below them.
    """

    origins: frozenset[str]
    domains: frozenset[str]

    @classmethod
    def of(cls, *bases: str, domains: str = "") -> "Hosts":
        """The hosts of these API addresses, and these domains, separated by blanks."""
        return cls(frozenset(_origin(httpx.URL(base)) for base in bases), frozenset(domains.split()))

    def allow(self, url: str | httpx.URL) -> bool:
        """Whether an address is of this provider."""
        try:
            parts = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            return False
        if parts.userinfo:
            return False
        if _origin(parts) in self.origins:
            return True
        host = parts.host
        below = any(host == domain or host.endswith(f".{domain}") for domain in self.domains)
        return parts.scheme == "https" and parts.port is None and below

    def checked(self, url: str | None) -> str | None:
        """The address where it is of this provider, else None."""
        return url if url and len(url) <= 2000 and self.allow(url) else None


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  whatever JSON
        """The body as JSON, whatever it calls itself. Raises ProviderLied."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as exc:
            msg = f"no JSON with status {self.status}: {self.body[:60]!r}"
            raise ProviderLied(msg) from exc

    @property
    def retry_after(self) -> float | None:
        """Seconds of Retry-After, where it gives a number of them; an hour at most."""
        said = self.headers.get("retry-after", "")
        return min(float(said), 3600.0) if said.isascii() and said.isdigit() else None


class Outside:
    """One `httpx.AsyncClient`. Raises ProviderDown and ProviderLied, never an error of httpx's."""

    def __init__(self) -> None:
        # what is packed could unpack to any size: it is asked for as it is
        headers = {"User-Agent": "SpotifyRedux/1.0", "Accept-Encoding": "identity"}
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, headers=headers, follow_redirects=False)

    async def get(
        self,
        hosts: Hosts,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        most: int = MOST_JSON,
    ) -> Answer:
        """What an address answers, redirects followed; `most` is how many bytes are read."""
        try:
            request = self._client.build_request("GET", url, params=params, headers=headers)
            return await self._follow(hosts, request, most)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            msg = f"{httpx.URL(url).host}: {type(exc).__name__} {exc}"
            raise ProviderDown(msg) from exc

    async def _follow(self, hosts: Hosts, request: httpx.Request, most: int) -> Answer:
        for _ in range(_REDIRECTS + 1):
            if not hosts.allow(request.url):
                msg = f"refused to go to {request.url.scheme}://{request.url.host}, which is none of the provider's"
                raise ProviderLied(msg)
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return Answer(response.status_code, response.headers, await _read(response, most))
                request = response.next_request
            finally:
                await response.aclose()
        msg = f"more than {_REDIRECTS} redirects"
        raise ProviderLied(msg)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


async def _read(response: httpx.Response, most: int) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        msg = f"packed although it was not to be: {response.headers['content-encoding']}"
        raise ProviderLied(msg)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > most:
            msg = f"more than {most:,} bytes"
            raise ProviderLied(msg)
    return bytes(body)


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
