"""Requests take turns, some a round of the loop."""

import asyncio
from collections import Counter
from itertools import pairwise

from starlette.types import Message, Receive, Scope, Send

from serving.http.pacing import Turns


async def _receive() -> Message:
    return {"type": "http.request"}


async def _send(_: Message) -> None:
    pass


def _crowd(paths: list[str], cancelled: int = 0) -> list[tuple[int, str]]:
    """Ask for all paths at once; in which round of the loop each was begun."""
    begun: list[tuple[int, str]] = []
    rounds = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append((rounds, scope["path"]))

    async def run() -> None:
        nonlocal rounds
        turns = Turns(app)
        calls = [asyncio.create_task(turns({"type": "http", "path": path}, _receive, _send)) for path in paths]
        while not all(call.done() for call in calls):
            await asyncio.sleep(0)
            rounds += 1
            if rounds == 1:
                for call in calls[len(calls) - cancelled :]:
                    call.cancel()

    asyncio.run(run())
    return begun


def test_a_few_begin_in_each_round_and_in_order() -> None:
    paths = [f"/{i}" for i in range(20)]
    begun = _crowd(paths)
    assert [path for _, path in begun] == paths
    assert max(Counter(when for when, _ in begun).values()) == 4


def test_in_a_crowd_the_loop_looks_for_newcomers_between_shorter_rounds() -> None:
    begun = _crowd([f"/{i}" for i in range(100)])
    assert [path for _, path in begun] == [f"/{i}" for i in range(100)]
    rounds = sorted(Counter(when for when, _ in begun).items())
    in_the_crowd = [(when, count) for when, count in rounds[1:] if count == 2][:20]
    assert len(in_the_crowd) == 20
    assert {later - earlier for (earlier, _), (later, _) in pairwise(in_the_crowd)} == {6}


def test_health_does_not_wait() -> None:
    begun = _crowd([f"/{i}" for i in range(20)] + ["/health"])
    assert begun[4] == (begun[0][0], "/health")


def test_who_goes_away_takes_nobodys_turn() -> None:
    begun = _crowd([f"/{i}" for i in range(10)], cancelled=4)
    assert [path for _, path in begun] == [f"/{i}" for i in range(6)]


def test_a_lone_request_begins_at_once() -> None:
    assert _crowd(["/a"]) == [(0, "/a")]
