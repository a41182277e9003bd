"""What starts imports outlives what keeps it from starting one."""

import asyncio
import resource
from pathlib import Path

import pytest

from serving.runtime.importing import Importing
from settings import Settings


def test_a_process_that_cannot_be_started_ends_no_watch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> bool:
        importing = Importing(Settings(imports_dir=tmp_path))
        watch = asyncio.create_task(importing.watch())
        importing.look()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))  # nothing more can be opened
        try:
            while not watch.done() and "imports cannot be started" not in caplog.text:
                await asyncio.sleep(0)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        goes_on = not watch.done()
        watch.cancel()
        await asyncio.wait([watch])
        return goes_on

    (tmp_path / "an-import").mkdir()
    assert asyncio.run(run())
    assert "Too many open files" in caplog.text
