"""Sets on other machines: publish to and pull from any fsspec URL (`s3://`, `gs://`, `file://`).

A remote set is `<url>/<version>/…` with its manifest uploaded last: without one it is not there, so a half-published
version is never pulled. Both directions go file by file and can be broken off and begun again: a publisher keeps a
note of what arrived, `publishing.json`, which the manifest replaces; a puller keeps what it has and goes on from there.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import fsspec

from artifact_set import files
from artifact_set.manifest import MANIFEST, SIGNATURE, FileEntry, Manifest, read_bytes
from artifact_set.signing import NO_KEYS, Keyring
from artifact_set.store import ArtifactStore, locked, read_manifest
from artifact_set.verification import verify_files
from errors import ArtifactError, DamagedSet, NoArtifactSet, UntrustedSet

_PUBLISHING = "publishing.json"
_CHUNK = 4 << 20
_MOST_MANIFEST, _MOST_SIGNATURE = 16 << 20, 1 << 10  # bytes

Progress = Callable[[str, int, int], None]  # a file's name, its bytes, and how many more of them are done


class TransferError(ArtifactError):
    """The other side cannot be reached, refuses, or holds something else under this version."""


class Remote:
    """The versions at one URL."""

    def __init__(self, url: str, keyring: Keyring = NO_KEYS) -> None:
        self.url = url
        self._keyring = keyring
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
        content = read_bytes(folder / MANIFEST)
        manifest = Manifest.parse(content, folder / MANIFEST)
        verify_files(folder, manifest)
        version = manifest.version
        if signature := self._keyring.sign(content):
            files.put(folder / SIGNATURE, lambda path: path.write_bytes(signature))
        if version in self.versions():
            self._refuse_another(content, version)
            self._upload_signature(folder, version)
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
        self._upload_signature(folder, version)
        with _translated(f"{self.url}/{version}"):
            self._fs.pipe_file(self._path(version, MANIFEST), content)
            if arrived:
                self._fs.rm_file(self._path(version, _PUBLISHING))
        return manifest

    def pull(self, store: ArtifactStore, version: str | None, progress: Progress) -> Path:
        """Download a published version (the newest, unless named), verify it, and only then give it its name.

        Of one that is here already and damaged, the damaged files are taken from there again.

        Raises NoArtifactSet, TransferError, UntrustedSet before any file but manifest and signature is asked for, or
        DamagedSet where what arrived is not what the manifest says.
        """
        version = self._choose(version)
        folder, draft = store.root / version, store.root / f".pull.{version}"
        while not _is_here(folder):
            draft.mkdir(parents=True, exist_ok=True)
            with locked(draft) as still_there:
                if still_there and not _is_here(folder):  # another pull may have given it its name meanwhile
                    self._download_all(self._manifest(version, draft), draft, progress)
                    return store.adopt(draft, version)
        return self._pulled_before(folder, version, progress)

    def _pulled_before(self, folder: Path, version: str, progress: Progress) -> Path:
        """The folder of a version that is here: verified, made whole where damaged, and signed if it is by now."""
        if self._keyring.trusted and (signature := self._read(version, SIGNATURE, _MOST_SIGNATURE)):
            # one that is not to be trusted takes no better one's place
            with locked(folder), suppress(DamagedSet, UntrustedSet):
                self._keyring.check(read_bytes(folder / MANIFEST), signature, str(folder))
                files.put(folder / SIGNATURE, lambda path: path.write_bytes(signature))
        try:
            manifest, _ = read_manifest(folder, self._keyring)
            verify_files(folder, manifest)
        except (DamagedSet, UntrustedSet):
            self._make_whole(folder, version, progress)
        return folder

    def _make_whole(self, folder: Path, version: str, progress: Progress) -> None:
        """Put what was published in the place of every file that differs from it, in a folder that may be serving."""
        with locked(folder):
            with suppress(DamagedSet):
                content = read_bytes(folder / MANIFEST)
                Manifest.parse(content, folder / MANIFEST)
                self._refuse_another(content, version)
            self._download_all(self._manifest(version, folder), folder, progress)
            files.fsync_tree(folder)

    def _download_all(self, manifest: Manifest, folder: Path, progress: Progress) -> None:
        for name, entry in manifest.files.items():
            self._download(manifest.version, name, entry, folder, progress)
        verify_files(folder, manifest)

    def _choose(self, version: str | None) -> str:
        published = self.versions()
        if version is None and published:
            return published[-1]
        if version is None or version not in published:
            wanted = f"version {version!r}" if version else "version"
            known = ", ".join(published) or "none: check the URL, or publish one"
            msg = f"{self.url} has no complete {wanted} (complete: {known})"
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

    def _refuse_another(self, manifest: bytes, version: str) -> None:
        if self._read(version, MANIFEST, _MOST_MANIFEST) != manifest:
            msg = f"{self.url} holds another set under {version}: build again, which gives a new version"
            raise TransferError(msg)

    def _manifest(self, version: str, draft: Path) -> Manifest:
        """What is to be downloaded; nothing is kept of a manifest that is not to be trusted."""
        content = self._read(version, MANIFEST, _MOST_MANIFEST) or b""
        signature = self._read(version, SIGNATURE, _MOST_SIGNATURE)
        self._keyring.check(content, signature, f"{self.url}/{version}")
        manifest = Manifest.parse(content, draft / MANIFEST)
        if manifest.version != version:
            msg = f"{self.url}/{version}/{MANIFEST} is that of {manifest.version}: publish {version} again"
            raise TransferError(msg)
        if signature:
            files.put(draft / SIGNATURE, lambda path: path.write_bytes(signature))
        files.put(draft / MANIFEST, lambda path: path.write_bytes(content))
        return manifest

    def _read(self, version: str, name: str, most: int) -> bytes | None:
        """A small file, None where there is none. Raises TransferError where it has more than `most` bytes."""
        path = self._path(version, name)
        with _translated(f"{self.url}/{version}/{name}"):
            if not self._fs.exists(path):
                return None
            with self._fs.open(path, "rb") as file:
                content = bytes(file.read(most + 1))
        if len(content) > most:
            msg = f"{self.url}/{version}/{name} has more than {most:,} bytes: publish {version} again"
            raise TransferError(msg)
        return content

    def _upload_signature(self, folder: Path, version: str) -> None:
        """Before the manifest, which makes the version complete; nothing where the set is not signed."""
        if (folder / SIGNATURE).is_file():
            with _translated(f"{self.url}/{version}/{SIGNATURE}"):
                self._fs.pipe_file(self._path(version, SIGNATURE), read_bytes(folder / SIGNATURE))

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
            # a byte more than promised is asked for, so that it is noticed, and none beyond that
            for chunk in self._chunks(version, name, done, entry.bytes + 1):
                sink.write(chunk)
                digest.update(chunk)
                progress(name, entry.bytes, len(chunk))
        if digest.hexdigest() != entry.sha256:
            part.unlink()  # begin afresh next time: no resuming from bytes that are wrong
            msg = f"{self.url}/{version}/{name} does not match its checksum in {MANIFEST}: publish {version} again"
            raise DamagedSet(msg)
        part.replace(target)

    def _chunks(self, version: str, name: str, begin: int, end: int) -> Iterator[bytes]:
        """A file from byte `begin` on, to byte `end` at most. Raises TransferError."""
        with _translated(f"{self.url}/{version}/{name}"), self._fs.open(self._path(version, name), "rb") as file:
            file.seek(begin)
            while begin < end and (chunk := bytes(file.read(min(_CHUNK, end - begin)))):
                begin += len(chunk)
                yield chunk


def _is_here(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


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
