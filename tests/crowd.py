"""Many clients at once against a running API, and the models that their answers are held against."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from tests.serving.two_camps import SONGS

_LIKES_OF_A_SONG = 4  # by all clients together, before its history is judged


class Mismatch(AssertionError):
    """An answer that no order of the requests explains."""


def patient_client(url: str, token: str) -> httpx.AsyncClient:
    """A client of one listener."""
    return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


async def all_likes(http: httpx.AsyncClient) -> list[str]:
    """Every like, newest first, page by page."""
    songs: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await http.get("/me/likes", params={"limit": 25, **cursor})
        answer.raise_for_status()
        page = answer.json()
        songs += [item["song"]["song_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return songs
        cursor = {"cursor": page["next_cursor"]}


async def together(*work: Coroutine[None, None, None]) -> None:
    """Run all; the first failure ends the others."""
    async with asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)


async def alone(url: str, token: str, seconds: float, seed: int) -> None:
    """Like and unlike as the only client of a listener: after every answer all must be as the model says.

    Two connections take turns, so that what one worker wrote is read from another.
    """
    rng = random.Random(seed)
    model: list[str] = []
    end = time.monotonic() + seconds
    async with patient_client(url, token) as one, patient_client(url, token) as other:
        while time.monotonic() < end:
            song_id = rng.choice(SONGS)
            one, other = other, one
            if rng.random() < 0.6:
                answer = await one.post("/me/likes", json={"song_id": song_id})
                _expect(answer.status_code, 200 if song_id in model else 201)
                model = model if song_id in model else [song_id, *model]
            else:
                answer = await one.delete("/me/likes", params={"song_id": song_id})
                _expect(answer.status_code, 204)
                model = [liked for liked in model if liked != song_id]
            _expect(await all_likes(other), model)


class Done(NamedTuple):
    """What a client did to one like. status: 201 created, 200 there before, 204 taken away."""

    began: float
    ended: float
    status: int


@dataclass
class History:
    """What several clients did to one like, each with the moments of its request and of its answer."""

    done: list[Done] = field(default_factory=list)

    @property
    def likes(self) -> int:
        """How often it was liked."""
        return sum(one.status != 204 for one in self.done)

    def check(self, *, liked: bool) -> None:
        """Raise Mismatch where no order explains the answers and the end.

        Each request takes effect at one moment between its begin and its answer (linearizability, Herlihy and Wing
        1990). Here every order is tried, answer by answer: what has begun may have taken effect, what is answered has.
        """
        begins = [(one.began, False, place) for place, one in enumerate(self.done)]
        answers = [(one.ended, True, place) for place, one in enumerate(self.done)]
        possible = {(frozenset[int](), False)}  # what has begun and has no effect yet, and whether the song is liked
        for moment, answered, place in sorted(begins + answers):
            if answered:
                possible = {state for state in self._later(possible) if place not in state[0]}
                if not possible:
                    around = [one for one in self.done if one.began <= moment and one.ended >= self.done[place].began]
                    raise Mismatch(f"no order explains {self.done[place]} among {around}")
            else:
                possible = {(waiting | {place}, state) for waiting, state in possible}
        if liked not in {state for _, state in possible}:
            raise Mismatch(f"liked is {liked} in the end, which no order explains")

    def _later(self, possible: set[tuple[frozenset[int], bool]]) -> set[tuple[frozenset[int], bool]]:
        """These states and all that follow where some of what waits takes effect, in whatever order."""
        found, new = set(possible), list(possible)
        while new:
            waiting, liked = new.pop()
            for place in waiting:
                status = self.done[place].status
                after = waiting - {place}, status != 204
                if (status == 204 or liked == (status == 200)) and after not in found:
                    found.add(after)
                    new.append(after)
        return found


async def crowded(url: str, token: str, seconds: float, seed: int, histories: dict[str, History]) -> None:
    """Like and unlike songs that other clients of the same listener like and unlike at the same time.

    On a busy machine for longer than `seconds`: until every song was liked often enough to mean something.
    """
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    async with patient_client(url, token) as http:
        while time.monotonic() < end or min(history.likes for history in histories.values()) < _LIKES_OF_A_SONG:
            song_id = rng.choice(sorted(histories))
            began = time.monotonic()
            if rng.random() < 0.5:
                answer = await http.post("/me/likes", json={"song_id": song_id})
                if answer.status_code not in (200, 201):
                    raise Mismatch(answer.text)
            else:
                answer = await http.delete("/me/likes", params={"song_id": song_id})
                _expect(answer.status_code, 204)
            histories[song_id].done.append(Done(began, time.monotonic(), answer.status_code))


async def through_crashes(
    url: str, token: str, stop: Callable[[], bool], seed: int, acknowledged: Callable[[], object] = bool
) -> dict[str, bool | None]:
    """Like and unlike until `stop`, whatever breaks: what was acknowledged last of each song, None where unknown.

    acknowledged: called at each write that was.
    """
    rng = random.Random(seed)
    known: dict[str, bool | None] = {}
    while not stop():
        async with patient_client(url, token) as http:
            try:
                while not stop():
                    song_id, like = rng.choice(SONGS), rng.random() < 0.6
                    before, known[song_id] = known.get(song_id, False), None  # until the answer is here
                    if like:
                        answer = await http.post("/me/likes", json={"song_id": song_id})
                    else:
                        answer = await http.delete("/me/likes", params={"song_id": song_id})
                    if answer.status_code == 503:  # refused before anything was done, or given up in the middle
                        known[song_id] = before if before is like else None
                        continue
                    answer.raise_for_status()
                    known[song_id] = like
                    acknowledged()
            except httpx.TransportError:
                await asyncio.sleep(0.02)
    return known


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise Mismatch(f"found {found!r}, expected {wanted!r}")
