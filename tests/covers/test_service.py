"""What the API is told of songs: at once what is known, pending what is not, whatever providers do."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from catalog.song import Song
from covers.own import OwnCovers
from covers.service import Covers, Shown
from tests.covers.conftest import CREEP, START, HandClock, Room, song
from tests.covers.fake import MISBEHAVIOUR, Fake, Known, always

FIFTY = [song(f"Artist {n}", f"Track {n}") for n in range(50)]


@asynccontextmanager
async def _covers(room: Room, **more: object) -> AsyncIterator[Covers]:
    async with room.learning(**more) as learning:
        covers = Covers(learning, room.database, room.copies, OwnCovers(None), proxy=True)
        yield covers
        await covers.close()


def _show(room: Room, songs: list[Song], **more: object) -> list[Shown]:
    async def run() -> list[Shown]:
        async with _covers(room, **more) as covers:
            return await covers.show(songs)

    return asyncio.run(run())


@pytest.mark.parametrize("name", list(MISBEHAVIOUR))
def test_whatever_providers_do_fifty_songs_are_answered_within_bounded_memory(
    room: Room, fake: Fake, clock: HandClock, name: str
) -> None:
    fake.knows(*(Known(one.artist, one.track) for one in FIFTY))
    MISBEHAVIOUR[name](fake)

    async def run() -> list[Shown]:
        async with _covers(room) as covers:
            while True:
                shown = await covers.show(FIFTY)
                if fake.calls:
                    return shown
                clock.time += 60  # a machine that was too busy for the first try put it off

    tracemalloc.start()
    shown = asyncio.run(run())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.song_id for one in shown] == [one.song_id for one in FIFTY]
    assert not any(one.cover for one in shown)
    # a song that somebody named is known without its cover; of the others nobody can say that nobody knows them
    assert all(one.retry_after is not None or one.found is not None for one in shown)
    assert fake.asked("elsewhere") == []
    assert peak < 150 * 2**20


def test_who_asks_again_for_what_is_pending_gets_it(room: Room, fake: Fake, clock: HandClock) -> None:
    fake.knows(*(Known(one.artist, one.track) for one in FIFTY))

    async def run() -> None:
        async with _covers(room, metadata_providers="itunes,deezer") as covers:
            for _ in range(100):
                waits = [one.retry_after for one in await covers.show(FIFTY) if one.retry_after is not None]
                if not waits:
                    return
                clock.time += min(waits)
            pytest.fail("covers are still missing")

    asyncio.run(run())
    assert len(fake.asked("itunes")) + len(fake.asked("deezer")) <= 2 * len(FIFTY)
    assert not fake.refused


def test_a_stale_answer_is_given_at_once_and_refreshed_behind(room: Room, fake: Fake, clock: HandClock) -> None:
    fake.knows(Known("Radiohead", "Creep", "Pablo Honey"))
    before = _show(room, [CREEP])
    clock.time += 31 * 24 * 3600
    fake.songs.clear()
    fake.knows(Known("Radiohead", "Creep", "Pablo Honey (Deluxe)"))

    async def run() -> None:
        async with _covers(room) as covers:
            stale = await covers.show([CREEP])
            assert stale == before
            while (await covers.show([CREEP]))[0].album == "Pablo Honey":
                clock.time += 1  # a first try that was put off waits for this clock
                await asyncio.sleep(0.01)

    asyncio.run(run())
    assert len(fake.asked("itunes")) == 2


def test_a_song_without_a_cover_is_shown_and_pending_until_who_may_have_one_was_asked(
    room: Room, fake: Fake, clock: HandClock
) -> None:
    fake.knows(Known("Radiohead", "Creep", "Pablo Honey"))
    fake.answers["art"] = always(status=404)
    fake.answers["musicbrainz"] = always(status=503, Retry_After="600")
    (first,) = _show(room, [CREEP])
    assert (first.album, first.cover, first.retry_after) == ("Pablo Honey", None, 300)
    clock.time += 300
    (then,) = _show(room, [CREEP])
    assert (then.album, then.retry_after, then.good_for) == ("Pablo Honey", None, 300)
    clock.time += 301
    del fake.answers["musicbrainz"]

    async def run() -> None:
        async with _covers(room) as covers:
            (stale,) = await covers.show([CREEP])
            assert stale.retry_after is not None
            while (await covers.show([CREEP]))[0].cover is None:
                clock.time += 1
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_an_expired_preview_is_not_shown_and_another_is_under_way(room: Room, fake: Fake, clock: HandClock) -> None:
    fake.knows(Known("Radiohead", "Creep", preview=f"{fake.url}/1.mp3?hdnea=exp={int(START) + 900}~acl=/*"))
    (fresh,) = _show(room, [CREEP], metadata_providers="deezer")
    assert fresh.found is not None
    assert fresh.good_for == 900
    clock.time += 901
    fake.answers["deezer"] = always(status=500)
    (stale,) = _show(room, [CREEP], metadata_providers="deezer")
    assert stale.found is not None
    assert stale.found.preview is None
    assert stale.cover == fresh.cover
    assert stale.retry_after is not None
