"""Prefetching: never beyond a budget, and where a run was killed the next one goes on."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from catalog.song import Song
from covers.candidates import ProviderName
from covers.prefetch import prefetch
from tests.conftest import REPOSITORY, environment, eventually
from tests.covers import fake as traps
from tests.covers.conftest import HandClock, Room, song
from tests.covers.fake import Fake, Known, play

SONGS = [song(f"Artist {n}", f"Track {n}") for n in range(500)]


def _knows_most(fake: Fake) -> None:
    """Every tenth song is known to MusicBrainz alone, every fiftieth to nobody."""
    alone = frozenset({"musicbrainz"})
    for n, one in enumerate(SONGS):
        if n % 50:
            where = alone if n % 10 == 1 else frozenset({"itunes", "deezer", "musicbrainz"})
            fake.knows(Known(one.artist, one.track, where=where))


def _prefetch(room: Room, songs: list[Song], **more: object) -> Counter[str]:
    async def run() -> Counter[str]:
        async with room.learning(**more) as learning:
            # one worker: a clock that jumps while another's call is under way would tell the fake a wrong time
            return await prefetch(learning, songs, room.clock, workers=1)

    return asyncio.run(run())


@pytest.mark.parametrize("count", [150, pytest.param(500, marks=pytest.mark.nightly)])
def test_many_songs_never_exceed_a_budget(fake: Fake, room: Room, clock: HandClock, count: int) -> None:
    _knows_most(fake)
    began = clock.now()
    assert _prefetch(room, SONGS[:count], covers="direct") == {
        "found": count * 49 // 50,
        "known to nobody": count // 50,
    }
    assert fake.refused == Counter()
    assert {call.provider for call in fake.calls} >= {"itunes", "deezer", "musicbrainz"}
    hours = (clock.now() - began) / 3600
    assert hours < 1
    calls = len(fake.calls)
    assert _prefetch(room, SONGS[:count], covers="direct") == {"known before": count}
    assert len(fake.calls) == calls


@pytest.mark.parametrize("name", ["itunes", "deezer", "musicbrainz"])
def test_a_single_provider_is_asked_no_more_often_than_it_allows(fake: Fake, room: Room, name: ProviderName) -> None:
    fake.knows(*(Known(one.artist, one.track) for one in SONGS[:120]))
    fake.answers["art"] = fake.answers["coverart"] = traps.always(status=404)
    counted = _prefetch(room, SONGS[:120], metadata_providers=name)
    assert counted == {"without a cover": 120}
    assert fake.refused == Counter()


def test_a_provider_that_stays_broken_ends_in_songs_given_up_not_in_songs_that_nobody_knows(
    fake: Fake, room: Room
) -> None:
    fake.answers["deezer"] = traps.html()
    assert _prefetch(room, SONGS[:3], metadata_providers="deezer") == {"given up": 3}


def _command(folder: Path, fake: Fake, **more: str) -> "subprocess.Popen[bytes]":
    settings = fake.settings() | {"METADATA_PROVIDERS": "deezer", "COVERS": "proxy"} | more
    command = [sys.executable, str(REPOSITORY / "metadata.py"), "prefetch", "--data", "songs.txt"]
    return subprocess.Popen(
        command, cwd=folder, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_a_prefetch_killed_in_the_middle_goes_on_where_it_stopped(tmp_path: Path) -> None:
    count = 130
    (tmp_path / "songs.txt").write_text("\n".join(one.song_id for one in SONGS[:count]))
    with play(Fake(now=time.time)) as fake:
        fake.knows(*(Known(one.artist, one.track) for one in SONGS[:count]))
        killed = _command(tmp_path, fake)
        eventually(lambda: len(fake.asked("deezer")) >= 40)
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
        before = len(fake.asked("deezer"))
        again = _command(tmp_path, fake)
        said, faults = again.communicate(timeout=120)
        assert again.returncode == 0, faults
        assert fake.refused == Counter()
        # of what was asked for before, only what had not been kept yet is asked for again: one song a worker
        assert len(fake.asked("deezer")) <= count + 4
        assert before < count
        kept = int(said.decode().partition(" found, ")[2].split()[0])
        assert before - 4 <= kept <= before
