"""Our copies of covers on disk: bounded in bytes, the least recently used goes first. Safe for several processes."""

import os
import re
import secrets
from pathlib import Path

KEY = re.compile(r"^[0-9a-f]{32}$")
_LOOK_AFTER = 0.05  # of the bound: so many bytes are written between two looks at the folder


class Copies:
    """Files `<2>/<key>-<width>.webp`; a file's time of change is when it was last used."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes
        self._written = most_bytes  # since the folder was looked through; what is there at the start is not known

    def find(self, key: str, width: int) -> Path | None:
        """The copy where there is one, now the most recently used."""
        path = self._path(key, width)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def put(self, key: str, width: int, content: bytes) -> Path:
        """Keep a copy; what was not used for longest goes where there is too much. Raises OSError."""
        path = self._path(key, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._written += len(content)
        if self._written > self._most * _LOOK_AFTER:
            self._written = 0
            self._make_room()
        return path

    def _path(self, key: str, width: int) -> Path:
        return self._folder / key[:2] / f"{key}-{width}.webp"

    def _make_room(self) -> None:
        """Leave room for what is written until the next look."""
        kept = sorted(self._files(), reverse=True)
        left = self._most * (1 - _LOOK_AFTER)
        for _, size, path in kept:
            left -= size
            if left < 0:
                path.unlink(missing_ok=True)

    def _files(self) -> list[tuple[float, int, Path]]:
        """Last use, bytes and path of every copy."""
        found = []
        for path in self._folder.glob("??/*"):
            try:
                known = path.stat()
            except OSError:  # another process was quicker
                continue
            found.append((known.st_mtime, known.st_size, path))
        return found
