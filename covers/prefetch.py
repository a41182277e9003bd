"""Filling the table ahead of the first visitor: song after song, within the providers' limits, and resumable.

What is learnt is kept at once, so a run that was interrupted goes on where it stopped.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from catalog.song import Song
from covers.clock import Clock
from covers.learning import Learning
from errors import NotNow

OUTCOMES = ("found", "without a cover", "known to nobody", "given up", "known before")
_SECONDS = 30.0  # for one song
_TRIES = 20  # after which a song whose provider goes on failing is given up for this run
_MOST_WAIT = 60.0
WORKERS = 4  # songs at the same time: a call travels longer than its budget makes it wait
_BATCH = 500


async def prefetch(
    learning: Learning,
    songs: Sequence[Song],
    clock: Clock,
    done: Callable[[str], None] = lambda _: None,
    workers: int = WORKERS,
) -> Counter[str]:
    """How many songs ended with each of OUTCOMES; `done` is told each as it ends."""
    counted: Counter[str] = Counter()

    def count(outcome: str) -> None:
        counted[outcome] += 1
        done(outcome)

    for batch in _batches(songs):
        known = await learning.known([song.song_id for song in batch])
        wanted = []
        for song in batch:
            entry = known.get(song.song_id)
            if entry is not None and entry.fresh_until > clock.now():
                count("known before")
            else:
                wanted.append(song)
        waiting = iter(wanted)
        await asyncio.gather(*(_work(learning, waiting, clock, count) for _ in range(workers)))
    return counted


def _batches(songs: Sequence[Song]) -> Iterator[Sequence[Song]]:
    return (songs[start : start + _BATCH] for start in range(0, len(songs), _BATCH))


async def _work(learning: Learning, songs: Iterator[Song], clock: Clock, count: Callable[[str], None]) -> None:
    for song in songs:
        count(await _learn(learning, song, clock))


async def _learn(learning: Learning, song: Song, clock: Clock) -> str:
    for _ in range(_TRIES):
        try:
            found = (await learning.learn(song, _SECONDS)).found
        except NotNow as exc:
            await clock.sleep(min(exc.retry_after, _MOST_WAIT))
        else:
            return "known to nobody" if found is None else "found" if found.cover else "without a cover"
    return "given up"
