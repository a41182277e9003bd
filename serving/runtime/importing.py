"""Starts the process that imports, wherever files wait and none runs yet."""

import asyncio
import logging
import sys
from contextlib import suppress
from pathlib import Path

from serving.runtime.import_files import ImportFiles
from serving.runtime.import_process import TOLD
from settings import Settings

_LOOK_EVERY = 2.0  # seconds
_AFTER_A_FAILURE = 30.0
# in the folder where the app runs, which DATABASE_URL may be relative to; the code may be elsewhere
_PROCESS = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); "
    "from serving.runtime.import_process import main; sys.exit(main())"
)

logger = logging.getLogger(__name__)


class Importing:
    """What one worker does for imports. How many run at once on a machine is the processes' own business."""

    def __init__(self, settings: Settings) -> None:
        self.files = ImportFiles(settings.imports_dir)
        self._told = settings.model_dump_json(include=set(TOLD), exclude_none=True).encode()
        self._jobs = settings.import_jobs
        self._new = asyncio.Event()

    def look(self) -> None:
        """Files have come."""
        self._new.set()

    async def watch(self) -> None:
        """Run a process while there are files, until cancelled; what is not done then goes on at the next start."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), _LOOK_EVERY)
            self._new.clear()
            try:
                if self.files.waiting() and self.files.has_place(self._jobs):
                    await self._run()
            except OSError:  # no memory, no process or no file left to open: it passes
                logger.exception("imports cannot be started; they are tried again")
                await asyncio.sleep(_AFTER_A_FAILURE)

    async def _run(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _PROCESS),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is the server's to handle
        )
        try:
            await process.communicate(self._told)
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):  # it has ended meanwhile
                process.terminate()
            await process.wait()
            raise
        if process.returncode:
            logger.error("the process that imports ended with %s; it is started again", process.returncode)
            await asyncio.sleep(_AFTER_A_FAILURE)
