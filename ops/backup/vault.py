"""Where backups are kept: any fsspec URL. A backup is its file and, written after it, its manifest."""

import hashlib
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import fsspec
from pydantic import ValidationError

from ops.backup.manifest import BackupError, BackupManifest

CURE_OF_DAMAGED = "let this user read it, or where it is broken remove it and the file beside it"
_SUFFIX = ".backup.json"
_OF_UPLOADS = re.compile(r"((\d{8}T\d{6}Z)-[0-9a-f]{4})\.(?:(?:sqlite|postgresql)\.gz(?:\.age)?|backup\.json\.draft)")
_OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "az", "abfs"}  # an object appears there whole or not at all


class Vault:
    """The backups at one URL. Every method raises BackupError where the other side refuses."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        if "://" not in self.url:
            self.url = f"file://{Path(self.url).absolute()}"
        with _translated(self.url):
            # folders are made where they mean something; for an object store a typing slip must not make a bucket
            options = {"auto_mkdir": True} if self.url.startswith("file:") else {"use_listings_cache": False}
            self._fs, self._root = fsspec.url_to_fs(self.url, **options)

    def all(self) -> list[BackupManifest]:
        """Every complete backup, the oldest first; what is no manifest is passed over, see `damaged`."""
        found = (one for one in self._scan().values() if one is not None)
        return sorted(found, key=lambda one: (one.created_at, one.name))

    def damaged(self) -> list[str]:
        """Files that should be manifests and are not, or cannot be read: nobody knows what belongs to them."""
        return [path for path, manifest in self._scan().items() if manifest is None]

    def get(self, name: str | None) -> BackupManifest:
        """A backup by its name, the newest one where there is none."""
        found = [one for one in self.all() if name in (None, one.name)]
        if not found:
            which = "" if name is None else f" {name}"
            msg = f"{self.url} holds no backup{which}: look with python -m ops.backup list"
            raise BackupError(msg)
        return found[-1]

    def put(self, manifest: BackupManifest, sealed: Path) -> None:
        """Upload a backup. Where that fails, what was uploaded is removed as far as the other side lets us."""
        file, path = f"{self._root}/{manifest.file}", f"{self._root}/{manifest.name}{_SUFFIX}"
        with _translated(f"{self.url}/{manifest.file}"):
            try:
                self._fs.put_file(str(sealed), file)
                self._put_whole(path, manifest.model_dump_json(indent=2).encode())
            except BaseException:
                for left in (path, f"{path}.draft", file):
                    with suppress(Exception):
                        self._fs.rm_file(left)
                raise

    def _put_whole(self, path: str, content: bytes) -> None:
        """Nobody ever sees half of it."""
        if urlsplit(self.url).scheme in _OBJECT_STORES:
            self._fs.pipe_file(path, content)
        else:
            self._fs.pipe_file(f"{path}.draft", content)
            self._fs.mv(f"{path}.draft", path)

    def fetch(self, manifest: BackupManifest, to: Path) -> None:
        """Download a backup's file and hold it against its manifest."""
        with _translated(f"{self.url}/{manifest.file}"):
            if not self._fs.exists(f"{self._root}/{manifest.file}"):
                msg = f"{self.url}/{manifest.file} is not there, its manifest alone is: use another backup"
                raise BackupError(msg)
            self._fs.get_file(f"{self._root}/{manifest.file}", str(to))
        if to.stat().st_size != manifest.bytes:
            msg = (
                f"{manifest.file} has {to.stat().st_size:,} bytes of {manifest.bytes:,}: it was cut; use another backup"
            )
            raise BackupError(msg)
        if sha256(to) != manifest.sha256:
            msg = f"{manifest.file} does not match its checksum: it was altered; use another backup"
            raise BackupError(msg)

    def delete(self, manifest: BackupManifest) -> None:
        """Remove a backup, its manifest first."""
        with _translated(f"{self.url}/{manifest.file}"):
            self._fs.rm_file(f"{self._root}/{manifest.name}{_SUFFIX}")
            if self._fs.exists(f"{self._root}/{manifest.file}"):
                self._fs.rm_file(f"{self._root}/{manifest.file}")

    def sweep(self, before: datetime) -> list[str]:
        """Remove what uploads begun before that moment left without a manifest; returns the names of the files."""
        with _translated(self.url):
            files = {str(path).rpartition("/")[2]: str(path) for path in self._fs.glob(f"{self._root}/*")}
            left = [name for name in files if _is_left_over(name, files, before)]
            for name in left:
                self._fs.rm_file(files[name])
        return left

    def _scan(self) -> dict[str, BackupManifest | None]:
        """What every manifest says; None where it is none."""
        with _translated(self.url):
            paths = [str(path) for path in self._fs.glob(f"{self._root}/*{_SUFFIX}")]
            return {path: self._read(path) for path in paths}

    def _read(self, path: str) -> BackupManifest | None:
        try:
            return _parsed(self._fs.cat_file(path))
        except PermissionError:  # one that another user wrote hides no other
            return None


def _parsed(content: bytes) -> BackupManifest | None:
    try:
        return BackupManifest.model_validate_json(content)
    except ValidationError:
        return None


def _is_left_over(name: str, files: Container[str], before: datetime) -> bool:
    found = _OF_UPLOADS.fullmatch(name)
    if found is None or f"{found[1]}{_SUFFIX}" in files:
        return False
    return datetime.strptime(found[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) < before


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except BackupError:
        raise
    except Exception as exc:  # each of fsspec's file systems raises its own
        said = " ".join(str(exc).split()) or type(exc).__name__
        msg = f"{where} cannot be reached or refuses ({said}): check the URL and its credentials"
        raise BackupError(msg) from exc
