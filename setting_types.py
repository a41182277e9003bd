"""What a setting may hold: types that check the text of a variable and say what was expected."""

from base64 import b64decode
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


def _base(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        msg = f"{value!r} is no address of an API: expected https://HOST or https://HOST/PATH"
        raise ValueError(msg)
    return value.rstrip("/")


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not (host and port.isdecimal() and int(port) < 65536):
        msg = f"{value!r} is no address: expected HOST:PORT, e.g. 127.0.0.1:9090, or nothing"
        raise ValueError(msg)
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if value != "*" and not (parts.scheme and parts.netloc and value == f"{parts.scheme}://{parts.netloc}"):
        msg = f"{value!r} is no origin: expected scheme://host[:port] without a path, or *"
        raise ValueError(msg)
    return value


def _key(value: str) -> str:
    try:
        sound = len(b64decode(value, validate=True)) == 32
    except ValueError:
        sound = False
    if not sound:
        msg = "expected 32 bytes in base64, as `python -m artifact_set keygen` makes them"
        raise ValueError(msg)
    return value


def _secret_key(value: SecretStr) -> SecretStr:
    _key(value.get_secret_value())
    return value


def _redis(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("redis", "rediss", "unix"):
        msg = "expected redis://HOST:PORT/NUMBER, rediss://… or unix://PATH"
        raise ValueError(msg)
    return value


def _web(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https"):
        msg = "expected http://HOST:4318 or https://…"
        raise ValueError(msg)
    return value


COMMAS = BeforeValidator(_split)  # "a, b" is ("a", "b")
UPPER = BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
ApiAddress = Annotated[str, AfterValidator(_base)]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, COMMAS]
PublicKeys = Annotated[tuple[Annotated[str, AfterValidator(_key)], ...], NoDecode, COMMAS]
SigningKey = Annotated[SecretStr, AfterValidator(_secret_key)]
RedisAddress = Annotated[SecretStr, AfterValidator(_redis)]
CollectorAddress = Annotated[str, AfterValidator(_web)]


def from_file(variable: str, path: Path) -> str:
    """What the file of a secret holds, without the newline that editors end it with. Raises ValueError."""
    try:
        held = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        msg = f"{variable}_FILE: {path} cannot be read ({exc}): expected a file that holds {variable}"
        raise ValueError(msg) from exc
    if not held:
        msg = f"{variable}_FILE: {path} is empty: expected a file that holds {variable}"
        raise ValueError(msg)
    return held
