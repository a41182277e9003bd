"""Where uploaded histories wait: a folder an import, and locks that end with the process that holds them."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_UPLOADING = ".uploading-"
_TRIES = ".tries"
_ABANDONED = 7200.0  # seconds, after which an upload that never ended is removed …
_UNKNOWN = 60.0  # … and files whose import no database knows


class ImportFiles:
    """The folder IMPORTS_DIR of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, import_id: str) -> Path:
        """The folder of an import."""
        return self._root / import_id

    @contextmanager
    def uploading(self, import_id: str) -> Iterator[Path]:
        """An empty folder that becomes the import's at the end, or vanishes where that is not reached."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = self._root / f"{_UPLOADING}{import_id}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
            os.utime(folder)  # from now on its import is to be expected
            folder.rename(self.folder(import_id))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, import_id: str) -> None:
        """Remove the files of an import."""
        shutil.rmtree(self.folder(import_id), ignore_errors=True)

    def waiting(self) -> list[str]:
        """The ids of imports that have files here."""
        if not self._root.is_dir():
            return []
        return [entry.name for entry in os.scandir(self._root) if entry.is_dir() and not entry.name.startswith(".")]

    def remove_abandoned(self, wanted: set[str]) -> None:
        """Remove what no open import wants, unless it has come just now: its import may be about to."""
        if not self._root.is_dir():
            return
        for entry in os.scandir(self._root):
            patience = _ABANDONED if entry.name.startswith(_UPLOADING) else _UNKNOWN
            old = time.time() - entry.stat().st_mtime > patience
            if entry.is_dir() and entry.name not in wanted and old:
                shutil.rmtree(entry.path, ignore_errors=True)

    def tried(self, import_id: str) -> int:
        """How often this import was begun before and got nowhere; now it is begun once more."""
        with (self.folder(import_id) / _TRIES).open("ab") as tries:
            before = tries.tell()
            tries.write(b".")
        return before

    def got_on(self, import_id: str) -> None:
        """An import that was begun has kept something."""
        (self.folder(import_id) / _TRIES).unlink(missing_ok=True)

    def has_place(self, count: int) -> bool:
        """Whether one more process would find a place now."""
        with self.slot(count) as got:
            return got

    @contextmanager
    def slot(self, count: int) -> Iterator[bool]:
        """One of `count` places to run imports, on this machine; whether there was one."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(count):
            with _locked(self._root / f".slot-{number}") as got:
                if got:
                    yield True
                    return
        yield False

    @contextmanager
    def held(self, import_id: str) -> Iterator[bool]:
        """Whether this process, and no other, may run an import."""
        folder = self.folder(import_id)
        if not folder.is_dir():  # another process is done with it
            yield False
            return
        with _locked(folder / ".lock") as got:
            yield got and folder.is_dir()


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    with path.open("a") as file:
        yield _try(file)


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
