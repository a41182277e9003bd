"""Files that are whole or absent: written under another name, forced to the disk, renamed."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path


def sha256(path: Path) -> str:
    """The file's SHA-256 as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync(path: Path) -> None:
    """Force a file, or a folder's list of names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_tree(folder: Path) -> None:
    """Force every file below a folder, and every folder's list of names, to the disk."""
    for path in folder.rglob("*"):
        fsync(path)
    fsync(folder)


def put(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file or folder beside `path`, force it to the disk, then rename it into place.

    Whatever is raised on the way leaves nothing half-written.
    """
    draft = path.with_name(f".{path.name}.draft")
    discard(draft)
    try:
        write(draft)
        if draft.is_dir():
            fsync_tree(draft)
            discard(path)
        else:
            fsync(draft)
        draft.replace(path)
    except BaseException:
        discard(draft)
        raise
    fsync(path.parent)


def put_secret(path: Path, text: str) -> None:
    """Write a new file that its owner alone can read. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def discard(path: Path) -> None:
    """Remove a file or a whole folder, where there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
