"""Sealing a dump: compressed with gzip, and encrypted in the age format where there is a recipient.

The server needs the public key alone: who takes it over cannot read old backups. `age` itself opens them as well.
"""

import gzip
import shutil
import sys
import zlib
from pathlib import Path

import pyrage

from ops.backup.manifest import BackupError

_CHUNK = 1 << 20
_STDIN = Path("-")


def suffix(recipient: str | None) -> str:
    """How a sealed file's name ends."""
    return ".gz" if recipient is None else ".gz.age"


def seal(dump: Path, to: Path, recipient: str | None) -> None:
    """Compress and encrypt a file. recipient: `age1…`. Raises BackupError where that is no public key."""
    packed = to if recipient is None else to.with_suffix(".packed")
    with dump.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as sink:
        shutil.copyfileobj(source, sink, _CHUNK)
    if recipient is not None:
        with packed.open("rb") as source, to.open("wb") as sink:
            pyrage.encrypt_io(source, sink, [public_key(recipient)])
        packed.unlink()


def unseal(sealed: Path, to: Path, identity: Path | None) -> None:
    """Decrypt and unpack a file. identity: holds `AGE-SECRET-KEY-1…`; `-` is standard input. Raises BackupError."""
    packed = sealed
    if sealed.name.endswith(".age"):
        packed = sealed.with_name("packed")
        try:
            with sealed.open("rb") as source, packed.open("wb") as sink:
                pyrage.decrypt_io(source, sink, [_secret_key(identity)])
        except pyrage.DecryptError as exc:
            msg = f"{sealed.name} cannot be decrypted ({exc}): use the --identity that belongs to BACKUP_RECIPIENT"
            raise BackupError(msg) from exc
        except OSError as exc:
            if exc.errno is not None:  # the disk's, such as a full one
                raise
            raise _damaged(sealed, exc) from exc
    try:
        with gzip.open(packed, "rb") as source, to.open("wb") as sink:
            shutil.copyfileobj(source, sink, _CHUNK)
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        raise _damaged(sealed, exc) from exc


def _damaged(sealed: Path, exc: Exception) -> BackupError:
    return BackupError(f"{sealed.name} is damaged ({exc})")


def public_key(recipient: str) -> "pyrage.x25519.Recipient":
    """A recipient as `age` knows it. Raises BackupError."""
    try:
        return pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as exc:
        msg = f"BACKUP_RECIPIENT {recipient!r} is no age public key: expected age1…, as `ops.backup keygen` makes"
        raise BackupError(msg) from exc


def new_identity() -> tuple[str, str]:
    """A secret key and the public key that belongs to it."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def _secret_key(identity: Path | None) -> "pyrage.x25519.Identity":
    if identity is None:
        msg = "the backup is encrypted: name the file with its secret key, --identity FILE"
        raise BackupError(msg)
    try:
        text = sys.stdin.read() if identity == _STDIN else identity.read_text()
        lines = [line for line in text.splitlines() if line.startswith("AGE-SECRET-KEY-")]
        return pyrage.x25519.Identity.from_str(lines[0])
    except OSError as exc:
        msg = f"{identity} cannot be read ({exc.strerror}): name the file with the secret key, --identity FILE"
        raise BackupError(msg) from exc
    except (LookupError, UnicodeDecodeError, pyrage.IdentityError) as exc:
        msg = f"{identity} holds no age secret key: expected a line AGE-SECRET-KEY-1…"
        raise BackupError(msg) from exc
