"""What one request may cost, on an app of three lines."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.access import Access
from serving.http.metrics import Metrics
from serving.http.rate_limits import GENERAL, PASSWORD_BY_ACCOUNT, RateLimits, address_of
from serving.http.request_limits import Bounds, InTime
from settings import Settings

LIMITS_ON = Settings(_env_file=None, rate_limits="on")


async def _quick(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


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


def test_an_address_that_has_used_up_its_share_waits_and_others_do_not() -> None:
    limits = RateLimits(LIMITS_ON)

    async def act(http: httpx.AsyncClient) -> None:
        for _ in range(GENERAL.amount // GENERAL.lease):
            assert not (await limits.take(GENERAL, "203.0.113.1")).limited
        for _ in range(GENERAL.lease - 1):  # what is left of the last lease
            assert (await http.get("/catalog/popular")).status_code == 204
        answer = await http.get("/catalog/popular")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["RateLimit"].startswith('"general";r=0;t=')
        assert (await http.get("/health")).status_code == 204
        assert not (await limits.take(GENERAL, "203.0.113.2")).limited

    _asked(Bounds(_quick, limits), act)


def test_leases_of_many_addresses_take_a_bounded_room() -> None:
    limits = RateLimits(LIMITS_ON)

    async def act(http: httpx.AsyncClient) -> None:
        for n in range(100_500):
            limits._leases["general", str(n)] = [1, 0.0]
        await limits.take(GENERAL, "203.0.113.1")

    _asked(Bounds(_quick, limits), act)
    assert len(limits._leases) == 1


def test_what_takes_too_long_is_503_with_retry_after() -> None:
    async def act(http: httpx.AsyncClient) -> None:
        answer = await http.get("/")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Content-Type"] == "application/problem+json"

    _asked(InTime(_slow, seconds=0.05), act)


def test_an_answer_that_stops_halfway_is_broken_off_rather_than_mended() -> None:
    async def act(http: httpx.AsyncClient) -> None:
        with pytest.raises(TimeoutError):
            await http.get("/")

    _asked(InTime(_stops_halfway, seconds=0.05), act)


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
