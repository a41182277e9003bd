"""Sets on other machines: publish to and pull from any fsspec URL (`s3://`, `gs://`, `file://`).

A remote set is `<url>/<version>/…` with its manifest uploaded last: without one it is not there, so a half-published
version is never pulled. Both directions go file by file and can be broken off and begun again: a publisher keeps a
note of what arrived, `publishing.json`, which the manifest replaces; a puller keeps what it has and goes on from there.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec

from artifact_set import files
from artifact_set.manifest import MANIFEST, FileEntry, Manifest
from artifact_set.opened import verify_files
from artifact_set.store import ArtifactStore, locked
from errors import ArtifactError, DamagedSet, NoArtifactSet

_PUBLISHING = "publishing.json"
_CHUNK = 4 << 20

Progress = Callable[[str, int, int], None]  # a file's name, its bytes, and how many more of them are done


class TransferError(ArtifactError):
    """The other side cannot be reached, refuses, or holds something else under this version."""


class Remote:
    """The versions at one URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        with _translated(url):
            # folders are made where they mean something; for an object store a typing slip must not make a bucket
            options = {"auto_mkdir": True} if url.startswith("file:") else {"use_listings_cache": False}
            self._fs, self._root = fsspec.url_to_fs(url, **options)

    def versions(self) -> list[str]:
        """Completely published versions, oldest first."""
        with _translated(self.url):
            found = self._fs.glob(f"{self._root}/*/{MANIFEST}")
        return sorted(str(path).split("/")[-2] for path in found)

    def publish(self, folder: Path, progress: Progress) -> Manifest:
        """Upload a complete set, its manifest last. Raises DamagedSet before anything is sent, or TransferError."""
        manifest = verify_files(folder)
        version = manifest.version
        if version in self.versions():
            self._refuse_another(folder, version)
            return manifest
        arrived = self._arrived(version)
        for name, entry in manifest.files.items():
            if arrived.get(name) != entry.sha256:
                with _translated(f"{self.url}/{version}/{name}"):
                    self._upload(folder / name, self._path(version, name), name, progress)
                    arrived[name] = entry.sha256
                    self._fs.pipe_file(self._path(version, _PUBLISHING), json.dumps(arrived).encode())
            else:
                progress(name, entry.bytes, entry.bytes)
        with _translated(f"{self.url}/{version}"):
            self._fs.pipe_file(self._path(version, MANIFEST), (folder / MANIFEST).read_bytes())
            if arrived:
                self._fs.rm_file(self._path(version, _PUBLISHING))
        return manifest

    def pull(self, store: ArtifactStore, version: str | None, progress: Progress) -> Path:
        """Download a published version (the newest, unless named), verify it, and only then give it its name.

        Raises NoArtifactSet, TransferError, or DamagedSet where what arrived is not what the manifest says.
        """
        version = self._choose(version)
        if version in store.versions():
            verify_files(store.path(version))
            return store.path(version)
        draft = store.root / f".pull.{version}"
        draft.mkdir(parents=True, exist_ok=True)
        with locked(draft):
            manifest = self._manifest(version, draft / MANIFEST)
            for name, entry in manifest.files.items():
                self._download(version, name, entry, draft, progress)
            verify_files(draft)
            return store.adopt(draft, version)

    def _choose(self, version: str | None) -> str:
        published = self.versions()
        if version is None and published:
            return published[-1]
        if version is None or version not in published:
            wanted = f"version {version!r}" if version else "version"
            msg = f"{self.url} has no complete {wanted} (complete: {', '.join(published) or 'none'})"
            raise NoArtifactSet(msg)
        return version

    def _path(self, version: str, name: str) -> str:
        return f"{self._root}/{version}/{name}"

    def _arrived(self, version: str) -> dict[str, str]:
        path = self._path(version, _PUBLISHING)
        with _translated(self.url):
            if not self._fs.exists(path):
                return {}
            note = self._fs.cat_file(path)
        try:
            return dict(json.loads(note))
        except ValueError:
            return {}  # broken off while the note was written: send the files again

    def _refuse_another(self, folder: Path, version: str) -> None:
        with _translated(self.url):
            theirs = self._fs.cat_file(self._path(version, MANIFEST))
        if theirs != (folder / MANIFEST).read_bytes():
            msg = f"{self.url} holds another set under {version}: build again, which gives a new version"
            raise TransferError(msg)

    def _manifest(self, version: str, path: Path) -> Manifest:
        with _translated(f"{self.url}/{version}/{MANIFEST}"):
            path.write_bytes(self._fs.cat_file(self._path(version, MANIFEST)))
        manifest = Manifest.read(path)
        if manifest.version != version:
            msg = f"{self.url}/{version}/{MANIFEST} is that of {manifest.version}: publish {version} again"
            raise TransferError(msg)
        return manifest

    def _upload(self, source: Path, path: str, name: str, progress: Progress) -> None:
        with source.open("rb") as file, self._fs.open(path, "wb") as sink:
            while chunk := file.read(_CHUNK):
                sink.write(chunk)
                progress(name, source.stat().st_size, len(chunk))

    def _download(self, version: str, name: str, entry: FileEntry, draft: Path, progress: Progress) -> None:
        target, part = draft / name, draft / f"{name}.part"
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file() and files.sha256(target) == entry.sha256:
            progress(name, entry.bytes, entry.bytes)
            return
        digest = hashlib.sha256()
        with part.open("ab+") as sink:
            done = _take_up(sink, entry.bytes, digest.update)
            progress(name, entry.bytes, done)
            with _translated(f"{self.url}/{version}/{name}"), self._fs.open(self._path(version, name), "rb") as file:
                file.seek(done)
                while chunk := file.read(_CHUNK):
                    sink.write(chunk)
                    digest.update(chunk)
                    progress(name, entry.bytes, len(chunk))
        if digest.hexdigest() != entry.sha256:
            part.unlink()  # begin afresh next time: no resuming from bytes that are wrong
            msg = f"{self.url}/{version}/{name} does not match its checksum in {MANIFEST}: publish {version} again"
            raise DamagedSet(msg)
        part.replace(target)


def _take_up(part: Any, size: int, update: Callable[[bytes], None]) -> int:  # noqa: ANN401  an open binary file
    """Go on where an earlier download stopped: how many bytes are there, having told `update` of them."""
    done = part.seek(0, 2)
    if done > size:
        part.truncate(0)
        return 0
    part.seek(0)
    while chunk := part.read(_CHUNK):
        update(chunk)
    return int(done)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """Whatever a file system of fsspec's raises becomes one TransferError that names the place."""
    try:
        yield
    except ArtifactError:
        raise
    except ImportError as exc:
        msg = f"{url}: {exc}"
        raise TransferError(msg) from exc
    except Exception as exc:  # each protocol has its own tree of errors
        msg = f"{url} cannot be read or written: {str(exc) or type(exc).__name__}"
        raise TransferError(msg) from exc
