"""The artifact set that answers, and how another takes its place while requests go on.

A request takes `LiveArtifacts.now` once and works with that to its end, so no answer mixes two versions.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from cachetools import LRUCache

from artifact_set import ArtifactError, ArtifactSet, ArtifactStore, Verification, map_set
from serving.http.response_cache import ResponseCache
from serving.ranking.recommender import Recommender

_LOOK_EVERY = 1.0  # seconds
_PAGES_BYTES = 8 * 2**20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedArtifacts:
    """One artifact set, what ranks its songs, and the answers that were made from it."""

    artifacts: ArtifactSet
    recommender: Recommender
    answers: ResponseCache = field(default_factory=ResponseCache)
    # "For you" pages as bytes by the taste they are made for, which the database tells at every request
    pages: LRUCache[tuple[bytes, *tuple[int, ...]], bytes] = field(
        default_factory=lambda: LRUCache(_PAGES_BYTES, getsizeof=len)
    )

    @property
    def version(self) -> str:
        """The version of the set."""
        return self.artifacts.version


def load(artifacts: ArtifactSet) -> LoadedArtifacts:
    """Make an open set ready to answer."""
    return LoadedArtifacts(artifacts, Recommender(artifacts.vectors, artifacts.songs.popularity))


class LiveArtifacts:
    """The set that `artifacts/current` names, as long as it is sound; looked at every second and on SIGHUP.

    ahead: the set that the parent of this process has opened, with which it begins whatever `current` names now; or
    one that is being verified. Without the former raises ArtifactError where `current` names no sound set.
    refusing: told at every look whether `current` names what is refused.
    """

    def __init__(
        self,
        store: ArtifactStore,
        ahead: LoadedArtifacts | Verification | None = None,
        refusing: Callable[[bool], object] = bool,
    ) -> None:
        self._store = store
        self._refusing = refusing
        if not isinstance(ahead, LoadedArtifacts):
            verification = ahead or Verification(store.path_of_current(), store.keyring)
            ahead = load(map_set(verification.folder, verification.wait()))
        self.now = ahead
        self._refused: tuple[str | None, int | None] | None = None  # version, and when it was activated
        self._look = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None

    def start_watching(self) -> None:
        """Follow `current` from now on, in a task of the running event loop."""
        self._watcher = asyncio.create_task(self._watch(), name="artifacts/current")
        self._watcher.add_done_callback(_report_end)

    def stop_watching(self) -> None:
        """Follow it no longer."""
        if self._watcher is not None:
            self._watcher.cancel()

    @property
    def are_watched(self) -> bool:
        """Whether another set would be noticed: False only where something is broken."""
        watcher = self._watcher
        return watcher is not None and not watcher.done() and not watcher.cancelling()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals here: looking still works
            loop.add_signal_handler(signal.SIGHUP, self._look_again)
        while True:
            await self._follow()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), _LOOK_EVERY)
            self._look.clear()

    def _look_again(self) -> None:
        self._refused = None  # asked for by a person: what was refused may have been mended
        self._look.set()

    async def _follow(self) -> None:
        """Look once. Whatever a set raises on the way is a reason to refuse it, none to look no longer."""
        version: str | None = None
        activated_at = self._store.activated_at()
        try:
            version = self._store.current()
            refused = (version, activated_at) == self._refused  # one that is activated once more may have been mended
            if version is None or version == self.now.version or refused:
                self._refusing(refused)
                return
            loaded = await self._open(version)
        except Exception as exc:
            self._refuse(version, activated_at, exc)
            return
        self.now, before = loaded, self.now.version
        self._refused = None
        self._refusing(False)
        logger.info("artifact set %s serves now, before it was %s", loaded.version, before)

    async def _open(self, version: str) -> LoadedArtifacts:
        folder = self._store.path(version)
        verification = await asyncio.to_thread(Verification, folder, self._store.keyring, beside=True)
        try:
            manifest = await asyncio.to_thread(verification.wait)
        finally:
            verification.stop()
        return load(await asyncio.to_thread(map_set, folder, manifest))

    def _refuse(self, version: str | None, activated_at: int | None, exc: Exception) -> None:
        """Say so once, as long as `current` names that version and is not set again."""
        if self._refused != (version, activated_at):
            foreseen = isinstance(exc, (ArtifactError, OSError))
            reason = str(exc) if foreseen else f"{type(exc).__name__}: {exc}"
            text = "artifact set %s is refused, %s keeps serving: %s"
            logger.error(text, version or "current", self.now.version, reason, exc_info=None if foreseen else exc)
        self._refused = version, activated_at
        self._refusing(True)


def _report_end(watcher: asyncio.Task[None]) -> None:
    """Say that nobody follows `current` any longer, where that was not asked for."""
    if not watcher.cancelled():
        logger.critical("artifacts/current is no longer watched", exc_info=watcher.exception())
