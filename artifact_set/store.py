"""The folder of versions: which are trained, which are complete, which one is current."""

import fcntl
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from artifact_set import files
from artifact_set.manifest import MANIFEST, MODEL, SIGNATURE, VERSION_PATTERN, Manifest, read_bytes
from artifact_set.signing import NO_KEYS, Keyring
from errors import ArtifactError, NoArtifactSet

_STAMP = "%Y%m%dT%H%M%SZ"
_DRAFTS = ("pruned", "new", "pull", "current")
_DRAFT_SECONDS = 86_400  # after which a draft is a killed process's
HOW_TO_MAKE_ONE = "make one with `python main.py` and then `python build_vector_db.py`"


logger = logging.getLogger(__name__)


class ArtifactStore:
    """`root/<version>/` folders and the link `root/current`. A version is complete once its manifest stands.

    keyring: whose sets may be opened here, and what signs those built here.
    """

    def __init__(self, root: Path, keyring: Keyring = NO_KEYS) -> None:
        self.root = root
        self.keyring = keyring

    def versions(self) -> list[str]:
        """Complete versions, oldest first."""
        return [v for v in self._folders() if (self.root / v / MANIFEST).is_file()]

    def waiting(self) -> list[str]:
        """Versions with a trained model that have no index yet, oldest first."""
        return [v for v in self._folders() if not (self.root / v / MANIFEST).is_file()]

    def activated_at(self) -> int | None:
        """When a version was activated the last time, in nanoseconds; None where none was."""
        try:
            return (self.root / "current").lstat().st_ctime_ns
        except OSError:
            return None

    def current(self) -> str | None:
        """The version that serves, None where nothing was activated."""
        link = self.root / "current"
        return link.readlink().name if link.is_symlink() else None

    def path_of_current(self) -> Path:
        """The folder that serves. Raises NoArtifactSet with the cure."""
        version = self.current()
        if version is None:
            msg = f"there is no artifact set at {self.root / 'current'}: {HOW_TO_MAKE_ONE}"
            raise NoArtifactSet(msg)
        if not (self.root / version / MANIFEST).is_file():
            others = ", ".join(self.versions()) or f"none: {HOW_TO_MAKE_ONE}"
            msg = f"{self.root / 'current'} names {version}, which is incomplete: pull it, or activate one of {others}"
            raise NoArtifactSet(msg)
        return self.root / version

    def path(self, version: str) -> Path:
        """The folder of a complete version. Raises NoArtifactSet, naming those there are."""
        if version not in self.versions():
            known = ", ".join(self.versions()) or "none"
            msg = f"{self.root} has no complete version {version!r} (complete: {known})"
            raise NoArtifactSet(msg)
        return self.root / version

    def activate(self, version: str) -> None:
        """Let `current` point at a complete version, in one step that a crash cannot halve."""
        self.path(version)
        draft = self._draft("current")
        draft.symlink_to(version)
        draft.replace(self.root / "current")
        files.fsync(self.root)

    def add(self, write: Callable[[Path], object]) -> Path:
        """Let `write` fill a new folder, then give it the next free time stamp as its name."""
        self.root.mkdir(parents=True, exist_ok=True)
        draft = self._draft("new")
        draft.mkdir()
        try:
            write(draft)
            files.fsync_tree(draft)
            return self._name(draft)
        finally:
            files.discard(draft)

    def adopt(self, draft: Path, version: str) -> Path:
        """Give a finished folder inside the root its version as name. Raises OSError where that is taken."""
        files.fsync_tree(draft)
        path = draft.rename(self.root / version)
        files.fsync(self.root)
        return path

    def previous(self) -> str:
        """The newest version before the current one that was not refused when it was built. Raises NoArtifactSet."""
        current = self.current()
        older = [v for v in self.versions() if current and v < current and self._was_refused(v) is not True]
        if not older:
            whole = f"complete version older than {current or 'the current one'} that was not refused when it was built"
            msg = f"{self.root} has no {whole}, to go back to: one that `list` names can be activated by its name"
            raise NoArtifactSet(msg)
        return older[-1]

    def prune(self, keep: int) -> list[str]:
        """Delete all versions but the current one and the newest `keep`, and old drafts; returns which versions went.

        Of those that were refused when they were built, that have no index or no manifest that can be read, as many are
        kept beside them.
        """
        versions = self._folders()
        sound = [v for v in self.versions() if self._was_refused(v) is False]
        others = [v for v in versions if v not in sound]
        kept = {self.current(), *sound[-keep:], *others[-keep:]}
        gone = [v for v in versions if v not in kept and self._unlisted(v)]
        self._clear()
        return gone

    def _draft(self, purpose: str) -> Path:
        """A new name. Of containers that share the folder, each has the same process ids."""
        return self.root / f".{purpose}.{uuid4().hex}"

    def _unlisted(self, version: str) -> bool:
        """Take a version off the list, at once, however long deleting takes; False where another prune was faster."""
        try:
            (self.root / version).rename(self._draft("pruned"))
        except FileNotFoundError:
            return False
        return True

    def _clear(self) -> None:
        """Delete what is off the list, and drafts so old that nobody writes them any more."""
        stale = time.time() - _DRAFT_SECONDS
        for path in (path for purpose in _DRAFTS for path in self.root.glob(f".{purpose}.*")):
            with suppress(FileNotFoundError):  # another prune was faster
                if path.name.startswith(".pruned.") or path.lstat().st_mtime < stale:
                    files.discard(path)

    def _name(self, draft: Path) -> Path:
        now = self._next_stamp()
        while True:
            path = self.root / now.strftime(_STAMP)
            try:
                draft.rename(path)  # fails where a folder with content has that name
            except OSError:
                if not path.exists():
                    raise
                now += timedelta(seconds=1)
            else:
                files.fsync(self.root)
                return path

    def _next_stamp(self) -> datetime:
        """Now; where the clock went back, a moment after the newest version: the newest one has the greatest name."""
        now = datetime.now(UTC)
        stamps = [name for name in self._folders() if re.match(VERSION_PATTERN, name)]
        if not stamps or now.strftime(_STAMP) >= stamps[-1]:
            return now
        try:
            after = datetime.strptime(stamps[-1], _STAMP).replace(tzinfo=UTC) + timedelta(seconds=1)
        except (ValueError, OverflowError):  # digits that are no date
            return now
        logger.warning(
            "the clock says %s, which is before the newest version %s: the new version is named %s",
            *(now.strftime(_STAMP), stamps[-1], after.strftime(_STAMP)),
        )
        return after

    def _was_refused(self, version: str) -> bool | None:
        """Whether validation objected to a complete version; None where its manifest is damaged or not trusted."""
        try:
            return bool(read_manifest(self.root / version, self.keyring)[0].refused)
        except ArtifactError:
            return None

    def _folders(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(p.parent.name for p in self.root.glob(f"[!.]*/{MODEL}") if not p.parent.is_symlink())


def read_manifest(folder: Path, keyring: Keyring) -> tuple[Manifest, bytes]:
    """A set's manifest, and its bytes. Raises UntrustedSet before it is looked into, DamagedSet."""
    path = folder / MANIFEST
    content = read_bytes(path)
    signature = read_bytes(folder / SIGNATURE) if (folder / SIGNATURE).is_file() else None
    keyring.check(content, signature, str(folder))
    return Manifest.parse(content, path), content


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Hold a folder for one builder at a time; the lock goes with the process, however it ends.

    Gives whether the folder still has that name: whoever held it before may have given it another one.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield _is_at(folder, handle)
    finally:
        os.close(handle)


def _is_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
