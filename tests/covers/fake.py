"""A local server that plays iTunes, Deezer, MusicBrainz and the Cover Art Archive, well behaved or not."""

import asyncio
import io
import re
import socket
import struct
import threading
import time
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache

import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from catalog.text import words

Answer = Callable[[Request], Awaitable[Response]]
GREEN = "#2e7d32"
_MBID = "{kind:08x}-0000-4000-8000-{number:012x}"


@dataclass(frozen=True)
class Known:
    """A song that the providers know, and how they show it."""

    artist: str
    title: str
    album: str = "An Album"
    color: str = GREEN
    preview: str | None = None  # None: the provider's usual one; empty: Deezer's word for none
    where: frozenset[str] = frozenset({"itunes", "deezer", "musicbrainz"})
    key: frozenset[str] = frozenset()


@dataclass
class Call:
    """A request that came in. at: by the fake's clock."""

    provider: str
    path: str
    query: dict[str, str]
    agent: str
    at: float


@dataclass
class Fake:
    """What it knows, how it behaves, and what it was asked.

    answers: by provider, or `art` and `coverart`, what is answered instead of the usual. refused counts calls beyond
    the provider's real limit.
    """

    now: Callable[[], float] = time.time
    songs: list[Known] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    url: str = ""
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _recent: dict[str, deque[float]] = field(default_factory=dict)
    _musicbrainz_quiet: float = 0.0

    def knows(self, *songs: Known) -> None:
        """Let providers know these songs too."""
        for song in songs:
            key = frozenset(words(f"{song.artist} {song.title}"))
            self.songs.append(Known(**{**song.__dict__, "key": key}))

    def asked(self, provider: str) -> list[Call]:
        """The calls of one provider's API, or of `art` and `coverart`."""
        return [call for call in self.calls if call.provider == provider]

    def settings(self) -> dict[str, str]:
        """The settings that lead here."""
        return {
            "ITUNES_URL": f"{self.url}/itunes",
            "DEEZER_URL": f"{self.url}/deezer",
            "MUSICBRAINZ_URL": f"{self.url}/musicbrainz",
            "COVERART_URL": f"{self.url}/coverart",
            "METADATA_CONTACT": "me@music.example",
        }

    def find(self, provider: str, text: str) -> list[tuple[int, Known]]:
        """Known songs whose every word is in the text, with their numbers."""
        asked = set(words(text))
        return [(i, song) for i, song in enumerate(self.songs) if provider in song.where and song.key <= asked]

    def over(self, provider: str, most: int, seconds: float) -> bool:
        """Whether this call is one too many in this stretch; such calls are not counted."""
        recent = self._recent.setdefault(provider, deque())
        now = self.now()
        while recent and recent[0] <= now - seconds:
            recent.popleft()
        if len(recent) >= most:
            self.refused[provider] += 1
            return True
        recent.append(now)
        return False

    def over_musicbrainz(self) -> bool:
        """One call a second; beyond it all are refused until a second of quiet."""
        now = self.now()
        too_soon, self._musicbrainz_quiet = now < self._musicbrainz_quiet, now + 1.0
        self.refused["musicbrainz"] += too_soon
        return too_soon


def app(fake: Fake) -> Starlette:
    """The providers under /itunes, /deezer, /musicbrainz and /coverart, pictures under /art."""

    def route(path: str, provider: str, usual: Callable[[Fake, Request], Response]) -> Route:
        async def answer(request: Request) -> Response:
            agent = request.headers.get("user-agent", "")
            fake.calls.append(Call(provider, request.url.path, dict(request.query_params), agent, fake.now()))
            unusual = fake.answers.get(provider)
            return await unusual(request) if unusual else usual(fake, request)

        return Route(path, answer)

    return Starlette(
        routes=[
            route("/itunes/search", "itunes", _itunes),
            route("/deezer/search", "deezer", _deezer),
            route("/musicbrainz/ws/2/recording", "musicbrainz", _musicbrainz),
            route("/coverart/{kind}/{mbid}/front-500", "coverart", _coverart),
            route("/art/{path:path}", "art", _art),
            route("/archive/{hop}/{number}.jpg", "archive", _archive),
            route("/elsewhere/{path}", "elsewhere", _art),  # where no provider may lead
        ]
    )


def _itunes(fake: Fake, request: Request) -> Response:
    if fake.over("itunes", 20, 60.0):
        return Response(status_code=403)
    rows = [_itunes_row(fake, i, song) for i, song in fake.find("itunes", request.query_params["term"])]
    return _javascript({"resultCount": len(rows), "results": rows})


def _javascript(body: object) -> Response:
    """JSON as Apple serves it."""
    answer = JSONResponse(body, headers={"Cache-Control": "max-age=86400"})
    answer.headers["content-type"] = "text/javascript; charset=utf-8"
    return answer


def _itunes_row(fake: Fake, number: int, song: Known) -> dict[str, object]:
    return {
        "wrapperType": "track",
        "kind": "song",
        "artistName": song.artist,
        "trackName": song.title,
        "collectionName": song.album,
        "artworkUrl100": f"{fake.url}/art/itunes/{number}/100x100bb.jpg",
        "previewUrl": song.preview or f"{fake.url}/art/preview/{number}.m4a",
        "trackViewUrl": f"{fake.url}/itunes/us/album/{number}",
        "trackTimeMillis": 200_000 + number,
        "releaseDate": "1993-02-22T12:00:00Z",
    }


def _deezer(fake: Fake, request: Request) -> Response:
    if fake.over("deezer", 50, 5.0):
        return JSONResponse({"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}})
    rows = [_deezer_row(fake, i, song) for i, song in fake.find("deezer", request.query_params["q"])]
    return JSONResponse({"data": rows, "total": len(rows)})  # the last page has no `next`


def _deezer_row(fake: Fake, number: int, song: Known) -> dict[str, object]:
    return {
        "id": number,
        "title": song.title,
        "link": f"{fake.url}/deezer/track/{number}",
        "duration": 200,
        "preview": f"{fake.url}/art/preview/{number}.mp3" if song.preview is None else song.preview,
        "artist": {"id": 1, "name": song.artist},
        "album": {"id": 1, "title": song.album, "cover_big": f"{fake.url}/art/deezer/{number}/500x500.jpg"},
        "type": "track",
    }


_ANONYMOUS = re.compile(r"^$|^Java|python-urllib|^python-httpx|Jakarta", re.IGNORECASE)
OVER = {"error": "Your requests are exceeding the allowable rate limit."}
BUSY = {"error": "The MusicBrainz web server is currently busy. Please try again later."}


def _musicbrainz(fake: Fake, request: Request) -> Response:
    if _ANONYMOUS.search(request.headers.get("user-agent", "")):
        return JSONResponse({"error": "a meaningful User-Agent is required"}, 403)
    if fake.over_musicbrainz():
        return JSONResponse(OVER, 503)
    text = request.query_params["query"].replace("\\", "").replace("recording:", "").replace(" AND artist:", " ")
    rows = [musicbrainz_row(i, song) for i, song in fake.find("musicbrainz", text)]
    return JSONResponse({"created": "2026-10-01T22:43:48.866Z", "count": len(rows), "offset": 0, "recordings": rows})


def mbid(kind: int, number: int) -> str:
    """A valid MBID: kind 1 recordings, 2 bootlegs, 3 releases, 4 release groups."""
    return _MBID.format(kind=kind, number=number)


def musicbrainz_row(number: int, song: Known, score: int = 100) -> dict[str, object]:
    """A recording with a bootleg first, as MusicBrainz often has it, and a length that nobody entered."""
    return {
        "id": mbid(1, number),
        "score": score,
        "title": song.title,
        "length": None,
        "artist-credit": [{"name": song.artist, "artist": {"name": song.artist}}],
        "releases": [
            {"id": mbid(2, number), "title": "Some Night", "status": "Bootleg", "release-group": {"id": mbid(4, 0)}},
            {
                "id": mbid(3, number),
                "title": song.album,
                "status": "Official",
                "date": "1993-02-22",
                "release-group": {"id": mbid(4, number), "primary-type": "Album"},
            },
        ],
    }


def _coverart(fake: Fake, request: Request) -> Response:
    kind, number = request.path_params["kind"], int(request.path_params["mbid"][-12:], 16)
    if kind != "release":
        return no_cover(request.path_params["mbid"])
    return PlainTextResponse("See: …\n", 307, headers={"Location": f"{fake.url}/archive/download/{number}.jpg"})


def no_cover(which: str) -> Response:
    """As werkzeug says it."""
    said = f"<!doctype html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No cover art found for {which}</p>"
    return Response(said, 404, media_type="text/html")


def _archive(fake: Fake, request: Request) -> Response:
    number = int(request.path_params["number"])
    if request.path_params["hop"] == "download":
        return RedirectResponse(f"{fake.url}/archive/node/{number}.jpg", 302)
    return _picture(fake, number)


def _art(fake: Fake, request: Request) -> Response:
    parts = request.path_params["path"].split("/")
    return _picture(fake, int(parts[1])) if len(parts) > 2 else Response(b"sound", media_type="audio/mp4")


def _picture(fake: Fake, number: int) -> Response:
    return Response(jpeg(fake.songs[number].color), media_type="image/jpeg")


@lru_cache
def jpeg(color: str, size: int = 600) -> bytes:
    """A cover: a field of one colour between a black and a white bar."""
    image = Image.new("RGB", (size, size), color)
    image.paste("black", (0, 0, size, size // 8))
    image.paste("white", (0, size - size // 8, size, size))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def near(color: str, other: str) -> bool:
    """Whether two colours differ by no more than JPEG makes of them."""
    pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(other[1:]), strict=True)
    return all(abs(a - b) <= 3 for a, b in pairs)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A small, valid PNG that says it is huge."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


# what a provider may do instead of answering


def always(content: str | bytes = "", status: int = 200, media_type: str | None = None, **headers: str) -> Answer:
    """The same answer to everything."""

    async def answer(_: Request) -> Response:
        return Response(content, status, {name.replace("_", "-"): value for name, value in headers.items()}, media_type)

    return answer


def html() -> Answer:
    """A page with 200, such as iTunes' newNullResponse."""
    return always("<html><body>newNullResponse</body></html>", media_type="text/html")


def json(body: object, status: int = 200, **headers: str) -> Answer:
    """A body that is JSON."""

    async def answer(_: Request) -> Response:
        return JSONResponse(body, status, {name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def redirect(url: str, status: int = 302) -> Answer:
    """Somewhere else."""
    return always(status=status, Location=url)


def slow(fake: Fake, seconds: float = 30.0) -> Answer:
    """Nothing for so long."""

    async def answer(_: Request) -> Response:
        async with asyncio.timeout(seconds):
            await fake.released.wait()
        return Response(status_code=500)

    return answer


def endless(_: Fake, size: int = 3 * 2**30) -> Answer:
    """A body of 3 GB."""

    async def body(request: Request) -> AsyncIterator[bytes]:
        chunk = b"[" * 65_536
        for _ in range(size // len(chunk)):
            if await request.is_disconnected():
                return
            yield chunk

    async def answer(request: Request) -> Response:
        return StreamingResponse(body(request), media_type="application/json")

    return answer


def _everything(answer: Callable[[Fake], Answer]) -> Callable[[Fake], None]:
    def set_up(fake: Fake) -> None:
        fake.answers |= dict.fromkeys(("itunes", "deezer", "musicbrainz"), answer(fake))

    return set_up


def _pictures(answer: Callable[[Fake], Answer]) -> Callable[[Fake], None]:
    def set_up(fake: Fake) -> None:
        fake.answers |= dict.fromkeys(("art", "coverart"), answer(fake))

    return set_up


MISBEHAVIOUR: dict[str, Callable[[Fake], None]] = {
    "down": _everything(lambda _: always(status=503)),
    "slow": _everything(slow),
    "limited": _everything(lambda _: always(status=429, Retry_After="29")),
    "html": _everything(lambda _: html()),
    "3 GB": _everything(endless),
    "metadata service": _everything(lambda _: redirect("http://169.254.169.254/latest/meta-data/")),
    "localhost": _everything(lambda fake: redirect(fake.url.replace("127.0.0.1", "localhost") + "/elsewhere/x")),
    "picture bomb": _pictures(lambda _: always(bomb(), media_type="image/png")),
    "3 GB picture": _pictures(endless),
    "slow pictures": _pictures(slow),
}


def play(fake: Fake) -> "Playing":
    """Serve the fake on a free port of 127.0.0.1."""
    return Playing(fake)


class Playing:
    """The fake's server, in a thread: a context manager."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        fake.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app(fake), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Fake:
        self._thread.start()
        return self._fake

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._fake.released.set)
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serve())
