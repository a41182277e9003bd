"""The fake providers, and this room over them with a clock that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from catalog.song import Song, song_id
from covers.clock import Clock
from covers.copies import Copies
from covers.learning import Learning, open_learning
from db import Database
from migrations.prepare import prepare
from settings import Settings
from tests.covers.fake import Fake, play

START = 1_800_000_000.0


class HandClock(Clock):
    """A clock that stands still but when somebody sleeps, or a test moves it."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> float:
        """The time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.time += seconds
        await asyncio.sleep(0)


class Room:
    """Opens what is tested, each time as a new process would."""

    def __init__(self, fake: Fake, folder: Path, clock: HandClock) -> None:
        self.fake, self.folder, self.clock = fake, folder, clock
        self.database = Database(f"sqlite:///{folder}/redux.db")
        prepare(self.database, upgrade=True)
        self.copies = Copies(folder / "copies", 2**24)

    def settings(self, **more: object) -> Settings:
        """Settings that lead to the fake."""
        given = {name.lower(): value for name, value in self.fake.settings().items()}
        return Settings.model_validate(given | {"covers": "proxy", "covers_cache_dir": self.folder / "copies"} | more)

    @asynccontextmanager
    async def learning(self, **more: object) -> AsyncIterator[Learning]:
        """As the API and the prefetcher hold it."""
        async with open_learning(self.settings(**more), self.database, self.copies, self.clock) as learning:
            yield learning


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def fake(clock: HandClock) -> Iterator[Fake]:
    """Providers that live by the test's clock."""
    with play(Fake(now=clock.now)) as playing:
        yield playing


@pytest.fixture
def room(fake: Fake, tmp_path: Path, clock: HandClock) -> Iterator[Room]:
    made = Room(fake, tmp_path, clock)
    yield made
    made.database.close()


def song(artist: str, track: str) -> Song:
    """A song of a catalog."""
    return Song(song_id(artist, track), artist, track)


CREEP = song("Radiohead", "Creep")
