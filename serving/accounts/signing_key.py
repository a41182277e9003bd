"""The key that signs tokens: given in production, made once and kept in development."""

import os
import secrets
import tempfile
from pathlib import Path

from db import parse_url
from errors import StartError
from settings import Settings

MIN_BYTES = 32
_HOW = """set API_SECRET_KEY to what `python -c "import secrets; print(secrets.token_urlsafe(48))"` prints"""
_PLACEHOLDERS = ("change", "replace", "your", "secret", "example", "default", "dev", "test")


class WeakSecret(StartError):
    """A key that others could guess."""


def signing_key(settings: Settings) -> str:
    """The key for this installation. Raises WeakSecret in production where it is missing, default or short."""
    given = settings.api_secret_key.get_secret_value() if settings.api_secret_key else ""
    _refuse_weak(settings, "API_SECRET_KEY", given)
    return given or _kept(file_beside(settings.database_url))


def previous_key(settings: Settings) -> str | None:
    """The key whose tokens are still good, where one is named. Raises WeakSecret as `signing_key` does."""
    if settings.api_secret_key_previous is None:
        return None
    given = settings.api_secret_key_previous.get_secret_value()
    _refuse_weak(settings, "API_SECRET_KEY_PREVIOUS", given)
    return given


def _refuse_weak(settings: Settings, name: str, key: str) -> None:
    fault = weakness(key) if settings.environment == "production" else None
    if fault:
        msg = f"{name} {fault}, which ENVIRONMENT=production does not allow: {_HOW}"
        raise WeakSecret(msg)


def weakness(key: str) -> str | None:
    """Why others could guess a key, as the rest of a sentence about it; None where they could not."""
    size = len(key.encode())
    if size == 0:
        return "is missing"
    if size < MIN_BYTES:
        return f"has {size} bytes, fewer than {MIN_BYTES}"
    return "is a placeholder" if key.lower().startswith(_PLACEHOLDERS) or len(set(key)) < 8 else None


def file_beside(database_url: str) -> Path:
    """Where a key is kept that was made here. Raises BadDatabaseURL."""
    url = parse_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.secret")
    return Path(".api_secret_key")


def _kept(path: Path) -> str:
    """The key in a file that is made where it is missing; of several processes that try, one wins."""
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        msg = f"{path} cannot hold the key that signs tokens ({exc}): {_HOW}"
        raise StartError(msg) from exc
    if len(key) < MIN_BYTES:
        msg = f"{path} holds a key of {len(key)} bytes, fewer than {MIN_BYTES}: delete the file, or {_HOW}"
        raise WeakSecret(msg)
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        os.link(draft, path)  # fails where another process was first, whose key then holds
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
