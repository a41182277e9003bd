"""Where backups are kept: any fsspec URL. A backup is its file and, written after it, its manifest."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
from pydantic import ValidationError

from ops.backup.manifest import BackupError, BackupManifest

_SUFFIX = ".backup.json"
_CHUNK = 4 << 20


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
        """Files that should be manifests and are not: nobody knows what belongs to them."""
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
        """Upload a backup."""
        with _translated(f"{self.url}/{manifest.file}"):
            self._fs.put_file(str(sealed), f"{self._root}/{manifest.file}")
            path = f"{self._root}/{manifest.name}{_SUFFIX}"
            self._fs.pipe_file(f"{path}.draft", manifest.model_dump_json(indent=2).encode())
            self._fs.mv(f"{path}.draft", path)  # never half of one

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

    def _scan(self) -> dict[str, BackupManifest | None]:
        """What every manifest says; None where it is none."""
        with _translated(self.url):
            paths = [str(path) for path in self._fs.glob(f"{self._root}/*{_SUFFIX}")]
            return {path: _parsed(self._fs.cat_file(path)) for path in paths}


def _parsed(content: bytes) -> BackupManifest | None:
    try:
        return BackupManifest.model_validate_json(content)
    except ValidationError:
        return None


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
