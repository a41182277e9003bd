"""The set that answers: what another one raises is a reason to refuse that, and a watcher that ends is an error."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from api import create_app
from serving.runtime.live_artifacts import _report_end
from settings import Settings


@pytest.fixture
def settings(tmp_path: Path, artifacts: Path) -> Settings:
    database = f"sqlite:///{tmp_path}/redux.db"
    return Settings(_env_file=None, artifacts_dir=artifacts, database_url=database, metrics_address="")


async def _ready(settings: Settings, *, watched: bool) -> httpx.Response:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        if not watched:
            app.state.services.artifacts.stop_watching()
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/health/ready")


@pytest.mark.parametrize("watched", [True, False])
def test_a_server_that_no_longer_watches_current_is_not_ready(settings: Settings, watched: bool) -> None:
    answer = asyncio.run(_ready(settings, watched=watched))
    assert answer.status_code == (200 if watched else 503)
    assert watched or "no longer watched" in answer.json()["detail"]


def test_a_watcher_that_ends_says_so(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise MemoryError

    async def run() -> None:
        watcher = asyncio.create_task(broken())
        watcher.add_done_callback(_report_end)
        await asyncio.wait([watcher])

    with caplog.at_level(logging.CRITICAL):
        asyncio.run(run())
    assert "artifacts/current is no longer watched" in caplog.text
