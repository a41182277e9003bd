"""What one request may cost, on an app of three lines."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.access import Access
from serving.http.metrics import Metrics
from serving.http.rate_limits import PASSWORD_BY_ACCOUNT, address_of
from serving.http.request_limits import Deadline


async def _slow(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(5)


async def _stops_halfway(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.sleep(5)


def _asked(app: ASGIApp, act: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        # as a person at 203.0.113.1 is seen
        transport = httpx.ASGITransport(Access(app, Metrics()), client=("203.0.113.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
            await act(http)

    asyncio.run(run())


def test_what_takes_too_long_is_503_with_retry_after() -> None:
    async def act(http: httpx.AsyncClient) -> None:
        answer = await http.get("/")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Content-Type"] == "application/problem+json"

    _asked(Deadline(_slow, seconds=0.05), act)


def test_an_answer_that_stops_halfway_is_broken_off_rather_than_mended() -> None:
    async def act(http: httpx.AsyncClient) -> None:
        with pytest.raises(TimeoutError):
            await http.get("/")

    _asked(Deadline(_stops_halfway, seconds=0.05), act)


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("no:address", "no:address"),
    ],
)
def test_whom_an_address_counts_for(host: str, counted: str) -> None:
    assert address_of({"client": (host, 1)}) == counted
    assert address_of({"client": None}) == "local"


def test_nist_s_hundred_wrong_guesses_an_hour_are_the_most_there_are() -> None:
    assert PASSWORD_BY_ACCOUNT.amount <= 100
    assert PASSWORD_BY_ACCOUNT.seconds >= 3600
