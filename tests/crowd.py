"""Many clients at once against a running API, and the models that their answers are held against."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise

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


@dataclass
class History:
    """What several clients did to one like, each with the moments of its request and of its answer."""

    likes: list[tuple[float, float, int]] = field(default_factory=list)
    unlikes: list[tuple[float, float]] = field(default_factory=list)

    def check(self, *, liked: bool) -> None:
        """Raise Mismatch where no order explains the answers and the end."""
        created = sorted((began, ended) for began, ended, status in self.likes if status == 201)
        for (first, ended), (began, until) in pairwise(created):
            # made twice: an unlike that may have come after the first and before the second
            if not any(start < until and stop > first for start, stop in self.unlikes):
                raise Mismatch(f"created twice without an unlike in between: {ended}, {began}")
        if len(created) > len(self.unlikes) + 1:
            raise Mismatch(f"created {len(created)} times with {len(self.unlikes)} unlikes")
        done = [(began, ended, True) for began, ended, _ in self.likes] + [(*times, False) for times in self.unlikes]
        last_began = max(began for began, _, _ in done)
        may_be = {kind for _, ended, kind in done if ended >= last_began}
        if liked not in may_be:
            raise Mismatch(f"liked is {liked} in the end, but the last to be answered said {may_be}")


async def crowded(url: str, token: str, seconds: float, seed: int, histories: dict[str, History]) -> None:
    """Like and unlike songs that other clients of the same listener like and unlike at the same time.

    On a busy machine for longer than `seconds`: until every song was liked often enough to mean something.
    """
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    async with patient_client(url, token) as http:
        while time.monotonic() < end or min(len(history.likes) for history in histories.values()) < _LIKES_OF_A_SONG:
            song_id = rng.choice(sorted(histories))
            began = time.monotonic()
            if rng.random() < 0.5:
                answer = await http.post("/me/likes", json={"song_id": song_id})
                if answer.status_code not in (200, 201):
                    raise Mismatch(answer.text)
                histories[song_id].likes.append((began, time.monotonic(), answer.status_code))
            else:
                _expect((await http.delete("/me/likes", params={"song_id": song_id})).status_code, 204)
                histories[song_id].unlikes.append((began, time.monotonic()))


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
