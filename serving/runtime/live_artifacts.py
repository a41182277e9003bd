"""The artifact set that answers, and how another takes its place while requests go on.

A request takes `LiveArtifacts.now` once and works with that to its end, so no answer mixes two versions.
"""

import asyncio
import logging
import signal
from contextlib import suppress
from dataclasses import dataclass, field

from cachetools import LRUCache

from artifact_set import ArtifactError, ArtifactSet, ArtifactStore, VerifyingApart, map_set, open_set
from serving.http.response_cache import ResponseCache
from serving.ranking.recommender import Recommender

_LOOK_EVERY = 1.0  # seconds
_PAGES_BYTES = 16 * 2**20

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedArtifacts:
    """One artifact set, what ranks its songs, and the answers that were made from it."""

    artifacts: ArtifactSet
    recommender: Recommender
    answers: ResponseCache = field(default_factory=ResponseCache)
    # "For you" pages as bytes by the taste they are made for, which the database tells at every request
    pages: LRUCache[tuple[bytes, int], bytes] = field(default_factory=lambda: LRUCache(_PAGES_BYTES, getsizeof=len))

    @property
    def version(self) -> str:
        """The version of the set."""
        return self.artifacts.version


def load(artifacts: ArtifactSet) -> LoadedArtifacts:
    """Make an open set ready to answer."""
    return LoadedArtifacts(artifacts, Recommender(artifacts.vectors, artifacts.songs.listeners))


class LiveArtifacts:
    """What `artifacts/current` names, as long as it is sound; looked at every second and on SIGHUP.

    swaps and refused count what happened since the start. `ahead` is a set that was opened before, or whose
    verdict is to be waited for. Raises ArtifactError.
    """

    def __init__(self, store: ArtifactStore, ahead: LoadedArtifacts | VerifyingApart | None = None) -> None:
        self._store = store
        opened = _open_apart(ahead) if isinstance(ahead, VerifyingApart) else ahead
        folder = store.path_of_current()
        self.now = opened if opened and opened.version == folder.name else load(open_set(folder))
        self.swaps = 0
        self.refused = 0
        self._refused_version: str | None = None
        self._look = asyncio.Event()

    async def watch(self) -> None:
        """Follow `current` until cancelled."""
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError, ValueError):  # no signals here: looking still works
            loop.add_signal_handler(signal.SIGHUP, self._look_again)
        while True:
            await self._follow()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), _LOOK_EVERY)
            self._look.clear()

    def _look_again(self) -> None:
        self._refused_version = None  # asked for by a person: what was refused may have been mended
        self._look.set()

    async def _follow(self) -> None:
        version = self._store.current()
        if version is None or version in (self.now.version, self._refused_version):
            return
        try:
            # in a new interpreter, for unpickling would hold up every request here
            verifying = VerifyingApart(self._store.path(version), "spawn")
            served = await asyncio.to_thread(_open_apart, verifying)
        except (ArtifactError, OSError) as exc:
            self.refused += 1
            self._refused_version = version
            logger.error("artifact set %s is refused, %s keeps serving: %s", version, self.now.version, exc)
            return
        self.now, before = served, self.now.version
        self._refused_version = None
        self.swaps += 1
        logger.info("artifact set %s serves now, before it was %s", served.version, before)


def _open_apart(verifying: VerifyingApart) -> LoadedArtifacts:
    """Wait for the verdict on a set, then map it. Raises ArtifactError."""
    manifest = verifying.manifest()
    return load(map_set(verifying.folder, manifest))
