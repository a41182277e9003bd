"""What is kept, for how long, and what never is; retries, breakers, deadlines."""

import asyncio
import sqlite3
import tracemalloc

import pytest
from starlette.requests import Request
from starlette.responses import Response

from covers.candidates import Entry
from covers.learning import FOUND_SECONDS, UNKNOWN_SECONDS
from covers.lookup import searched
from errors import NotNow
from tests.covers import fake as traps
from tests.covers.conftest import CREEP, START, HandClock, Room, song
from tests.covers.fake import Answer, Fake, Known

KNOWN = Known("Radiohead", "Creep", "Pablo Honey")


def _learn(room: Room, seconds: float = 120.0, **more: object) -> Entry:
    async def run() -> Entry:
        async with room.learning(**more) as learning:
            return await learning.learn(CREEP, seconds)

    return asyncio.run(run())


def _rows(room: Room) -> list[tuple[str, float]]:
    with sqlite3.connect(room.folder / "redux.db") as connection:
        return connection.execute("SELECT song_id, fresh_until FROM song_metadata").fetchall()


def test_what_was_found_is_kept_for_thirty_days_and_survives_a_restart(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)
    entry = _learn(room)
    assert entry.found is not None
    assert entry.found.cover is not None
    assert entry.fresh_until == START + FOUND_SECONDS
    assert _learn(room) == entry
    assert len(fake.asked("itunes")) == 1
    assert len(fake.asked("deezer")) == 0


def test_what_nobody_knows_is_kept_for_three_days(fake: Fake, room: Room, clock: HandClock) -> None:
    assert _learn(room) == Entry(found=None, fresh_until=START + UNKNOWN_SECONDS)
    assert [len(fake.asked(name)) for name in ("itunes", "deezer", "musicbrainz")] == [1, 1, 1]
    clock.time += UNKNOWN_SECONDS - 1
    _learn(room)
    assert len(fake.asked("itunes")) == 1
    clock.time += 2
    _learn(room)
    assert len(fake.asked("itunes")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        traps.always(status=500),
        traps.always(status=429, Retry_After="29"),
        traps.always(status=403),
        traps.html(),
        traps.json({"error": {"message": "Quota limit exceeded", "code": 4}}),
        traps.redirect("http://169.254.169.254/latest/meta-data/"),
        traps.redirect("http://localhost:1/"),
    ],
    ids=["500", "429", "403", "html", "quota", "metadata service", "localhost"],
)
def test_a_failure_is_never_kept_as_not_found(fake: Fake, room: Room, answer: Answer) -> None:
    fake.answers |= {"itunes": answer, "deezer": answer, "musicbrainz": answer}
    with pytest.raises(NotNow):
        _learn(room)
    assert _rows(room) == []


def test_one_failing_provider_makes_not_found_of_the_others_no_answer(fake: Fake, room: Room) -> None:
    fake.answers["deezer"] = traps.always(status=500)
    with pytest.raises(NotNow):
        _learn(room)
    assert _rows(room) == []


def test_the_next_provider_is_asked_where_one_fails(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)
    fake.answers["itunes"] = traps.html()
    entry = _learn(room)
    assert entry.found is not None
    assert entry.found.provider == "deezer"


def test_providers_are_asked_in_the_order_configured(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)
    entry = _learn(room, metadata_providers="musicbrainz,itunes")
    assert entry.found is not None
    assert entry.found.provider == "musicbrainz"
    assert fake.asked("itunes") == []


@pytest.mark.parametrize(
    ("track", "title"),
    [
        ("Here Comes The Sun - Remastered 2009", "here comes the sun"),
        ("Get Lucky (feat. Pharrell Williams)", "get lucky"),
        ("Hey Jude", "Hey Jude"),
        ("Straße - Live", "Straße - Live"),
        ("One (Remix)", "One (Remix)"),
        ("One - Live - Remastered 2009", "one - live"),
        ("Remastered", "Remastered"),
        ("Hello - Goodbye", "Hello - Goodbye"),
    ],
)
def test_a_title_is_searched_without_marks_of_the_same_recording(track: str, title: str) -> None:
    assert searched(track) == title


def test_a_remaster_is_found_where_only_the_recording_is_known(fake: Fake, room: Room) -> None:
    fake.knows(Known("The Beatles", "Here Comes The Sun", "Abbey Road"))
    remaster = song("The Beatles", "Here Comes The Sun - Remastered 2009")

    async def run() -> Entry:
        async with room.learning(metadata_providers="musicbrainz") as learning:
            return await learning.learn(remaster, 20)

    assert asyncio.run(run()).found is not None
    (call,) = fake.asked("musicbrainz")
    assert call.query["query"] == 'recording:"here comes the sun" AND artist:"The Beatles"'


def test_a_stumble_is_tried_again(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)

    async def once(request: Request) -> Response:
        del fake.answers["itunes"]
        return Response(status_code=502)

    fake.answers["itunes"] = once
    entry = _learn(room)
    assert entry.found is not None
    assert entry.found.provider == "itunes"
    assert len(fake.asked("itunes")) == 2


def test_retry_after_is_obeyed_by_the_lookups_that_follow(fake: Fake, room: Room, clock: HandClock) -> None:
    fake.answers["itunes"] = traps.always(status=429, Retry_After="29")

    async def run() -> None:
        async with room.learning(metadata_providers="itunes") as learning:
            for name in ("Creep", "Lucky", "Just"):
                with pytest.raises(NotNow) as caught:
                    await learning.learn(song("Radiohead", name), 5)
                assert caught.value.retry_after == 29
            assert len(fake.asked("itunes")) == 1
            clock.time += 30
            with pytest.raises(NotNow):
                await learning.learn(CREEP, 5)
            assert len(fake.asked("itunes")) == 2

    asyncio.run(run())


def test_a_song_waits_as_long_as_the_provider_that_rests_and_the_others_are_left_alone(fake: Fake, room: Room) -> None:
    fake.answers["itunes"] = traps.always(status=429, Retry_After="3600")
    with pytest.raises(NotNow) as caught:
        _learn(room)
    assert caught.value.retry_after == 3600
    fake.answers["deezer"] = traps.html()
    with pytest.raises(NotNow) as caught:
        _learn(room)
    assert caught.value.retry_after == 5


def test_what_is_found_without_a_cover_is_kept_until_who_may_have_one_can_be_asked(
    fake: Fake, room: Room, clock: HandClock
) -> None:
    fake.knows(KNOWN)
    fake.answers["art"] = traps.always(status=404)
    fake.answers["musicbrainz"] = traps.always(status=503, Retry_After="600")
    with pytest.raises(NotNow):
        _learn(room)
    assert _rows(room) == [(CREEP.song_id, START + 600)]
    entry = _learn(room)
    assert entry.found is not None
    assert (entry.found.provider, entry.found.album, entry.found.cover) == ("itunes", "Pablo Honey", None)
    clock.time += 601
    del fake.answers["musicbrainz"]
    entry = _learn(room)
    assert entry.found is not None
    assert entry.found.cover is not None


def test_a_cover_that_is_known_is_not_lost_to_an_answer_without_one(fake: Fake, room: Room, clock: HandClock) -> None:
    fake.knows(KNOWN)
    before = _learn(room, metadata_providers="deezer,itunes")
    clock.time += FOUND_SECONDS + 1
    fake.answers["deezer"] = traps.html()
    fake.answers["art"] = traps.always(status=404)
    with pytest.raises(NotNow):
        _learn(room, metadata_providers="deezer,itunes")
    assert _rows(room) == [(CREEP.song_id, before.fresh_until)]


def test_a_provider_that_failed_five_times_in_a_row_is_left_alone(fake: Fake, room: Room) -> None:
    fake.answers["deezer"] = traps.always(status=500)

    async def run() -> None:
        async with room.learning(metadata_providers="deezer") as learning:
            for number in range(10):
                with pytest.raises(NotNow):
                    await learning.learn(song("Somebody", f"Song {number}"), 5)

    asyncio.run(run())
    assert len(fake.asked("deezer")) == 5


def test_a_slow_provider_takes_its_share_of_the_time_and_no_more(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)
    fake.answers["itunes"] = traps.slow(fake)
    entry = _learn(room, seconds=3.0)
    assert entry.found is not None
    assert entry.found.provider == "deezer"


def test_a_cover_that_is_no_picture_is_none_and_the_next_provider_has_one(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)
    fake.answers["art"] = traps.always(traps.bomb(), media_type="image/png")
    entry = _learn(room)
    assert entry.found is not None
    assert entry.found.provider == "musicbrainz"  # its pictures come from the archive


def test_a_song_without_any_cover_keeps_its_album(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)
    fake.answers["art"] = traps.always(status=404)
    entry = _learn(room, metadata_providers="itunes,deezer")
    assert entry.found is not None
    assert (entry.found.provider, entry.found.album, entry.found.cover) == ("itunes", "Pablo Honey", None)


def test_the_archive_having_no_cover_of_a_release_leads_to_the_release_group(fake: Fake, room: Room) -> None:
    fake.knows(KNOWN)

    async def other_editions(request: Request) -> Response:
        if request.path_params["kind"] == "release":
            return traps.no_cover("it")
        return Response(traps.jpeg(KNOWN.color), media_type="image/jpeg")

    fake.answers["coverart"] = other_editions
    entry = _learn(room, metadata_providers="musicbrainz")
    assert entry.found is not None
    assert entry.found.cover is not None
    assert "/release-group/" in entry.found.cover.source


@pytest.mark.parametrize("status", [400, 401, 403, 451])
def test_a_picture_that_is_refused_is_not_there_and_the_next_is_looked_at(fake: Fake, room: Room, status: int) -> None:
    fake.knows(KNOWN)

    async def of_groups_alone(request: Request) -> Response:
        if request.path_params["kind"] == "release":
            return Response(status_code=status)
        return Response(traps.jpeg(KNOWN.color), media_type="image/jpeg")

    fake.answers["coverart"] = of_groups_alone
    entry = _learn(room, metadata_providers="musicbrainz")
    assert entry.found is not None
    assert entry.found.cover is not None


@pytest.mark.parametrize(("status", "kept"), [(404, True), (502, False), (503, False)])
def test_archive_org_failing_behind_a_redirect_is_a_failure_and_its_404_is_none(
    fake: Fake, room: Room, status: int, kept: bool
) -> None:
    fake.knows(KNOWN)
    fake.answers["archive"] = traps.always("<h1>Internet Archive</h1>", status, "text/html")
    if kept:
        entry = _learn(room, metadata_providers="musicbrainz")
        assert entry.found is not None
        assert entry.found.cover is None
    else:
        with pytest.raises(NotNow):
            _learn(room, metadata_providers="musicbrainz")
    assert bool(_rows(room)) is kept


def test_a_song_is_asked_for_again_before_its_preview_expires_and_its_cover_is_not(
    fake: Fake, room: Room, clock: HandClock
) -> None:
    fake.knows(Known("Radiohead", "Creep", preview=f"{fake.url}/1.mp3?hdnea=exp={int(START) + 3600}~acl=/*"))
    first = _learn(room, metadata_providers="deezer")
    assert first.fresh_until == START + 3000
    clock.time += 3001
    fake.songs.clear()
    fake.knows(Known("Radiohead", "Creep", preview=f"{fake.url}/1.mp3?hdnea=exp={int(START) + 9000}~acl=/*"))
    second = _learn(room, metadata_providers="deezer")
    assert second.found is not None
    assert second.found.preview_expires_at == START + 9000
    assert len(fake.asked("art")) == 1


def test_workers_tell_each_other_through_valkey_what_they_learnt(
    fake: Fake, room: Room, valkey: str, clock: HandClock
) -> None:
    fake.knows(KNOWN)

    async def run() -> None:
        async with room.learning(redis_url=valkey) as one, room.learning(redis_url=valkey) as other:
            entries = await asyncio.gather(*(each.learn(CREEP, 20) for each in (one, other, one, other)))
            assert len(set(map(repr, entries))) == 1

    asyncio.run(run())
    assert len(fake.asked("itunes")) == 1


def test_what_failed_for_one_worker_is_not_tried_by_all(fake: Fake, room: Room, valkey: str) -> None:
    fake.answers["itunes"] = traps.html()

    async def run() -> None:
        more = {"redis_url": valkey, "metadata_providers": "itunes"}
        async with room.learning(**more) as one, room.learning(**more) as other:
            for each in (one, other, one):
                with pytest.raises(NotNow):
                    await each.learn(CREEP, 5)

    asyncio.run(run())
    assert len(fake.asked("itunes")) == 1


def test_a_fault_that_is_kept_holds_nothing_of_what_was_read(fake: Fake, room: Room) -> None:
    fake.answers["itunes"] = traps.always("<html>" + "x" * 2**20)

    async def run() -> list[NotNow]:
        async with room.learning(metadata_providers="itunes") as learning:
            faults = []
            for number in range(4):
                with pytest.raises(NotNow) as caught:
                    await learning.learn(song("Somebody", f"Song {number}"), 5)
                faults.append(caught.value)
            return faults

    tracemalloc.start()
    faults = asyncio.run(run())
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(faults) == len(fake.asked("itunes")) == 4
    assert held < 4 * 2**20  # the page that the fake sends among it


def test_a_lone_worker_without_redis_or_providers_has_nothing_to_ask(fake: Fake, room: Room) -> None:
    async def run() -> None:
        async with room.learning(metadata_providers="") as learning:
            assert not learning.has_providers
            assert not learning.wants(CREEP.song_id, None)

    asyncio.run(run())
    assert fake.calls == []
