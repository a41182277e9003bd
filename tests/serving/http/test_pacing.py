"""Requests begin one a round of the event loop."""

import asyncio

from starlette.types import Message, Receive, Scope, Send

from serving.http.pacing import Pacing


async def _receive() -> Message:
    return {"type": "http.request"}


async def _send(_: Message) -> None:
    pass


def _begun(paths: list[str], cancelled: int = 0) -> list[tuple[int, str]]:
    """Ask for all paths at once; in which round of the loop each was begun."""
    begun: list[tuple[int, str]] = []
    rounds = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append((rounds, scope["path"]))

    async def run() -> None:
        nonlocal rounds
        pacing = Pacing(app)
        calls = [asyncio.create_task(pacing({"type": "http", "path": path}, _receive, _send)) for path in paths]
        while not all(call.done() for call in calls):
            await asyncio.sleep(0)
            rounds += 1
            if rounds == 1:
                for call in calls[len(calls) - cancelled :]:
                    call.cancel()

    asyncio.run(run())
    return begun


def test_one_begins_in_each_round_and_in_order() -> None:
    begun = _begun([f"/{i}" for i in range(20)])
    assert [path for _, path in begun] == [f"/{i}" for i in range(20)]
    assert len({when for when, _ in begun}) == 20


def test_health_does_not_wait() -> None:
    begun = _begun([f"/{i}" for i in range(20)] + ["/health"])
    assert begun[0] == (0, "/health")


def test_who_goes_away_takes_nobodys_turn() -> None:
    begun = _begun([f"/{i}" for i in range(10)], cancelled=4)
    assert [path for _, path in begun] == [f"/{i}" for i in range(6)]
