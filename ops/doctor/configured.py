"""The settings themselves, and the keys among them."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from artifact_set.configured import store_for_commands
from errors import ArtifactError, StartError
from ops.doctor.findings import Finding, fault, ok, split, warning
from serving.accounts.signing_key import file_beside, weakness
from settings import InvalidSettings, Settings

_MOUNTED = Path("/run/secrets")
_NEW_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(48))" prints a good one'


def load() -> tuple[Settings | None, list[Finding]]:
    """The settings, with defaults in place of what is wrong, so that the rest is looked at; None where unreadable."""
    try:
        return Settings.load(), []
    except InvalidSettings as exc:
        cause = exc.__cause__
        faults = cause.errors(include_url=False, include_input=False) if isinstance(cause, ValidationError) else []
        wrong = {str(one["loc"][0]): one["msg"] for one in faults if one["loc"]}
        if len(wrong) < len(faults) or not faults:  # of no one setting: no default mends it
            return None, [fault("settings", str(exc), "put it right: nothing else can be looked at before")]
        defaults: dict[str, Any] = {name: Settings.model_fields[name].get_default() for name in wrong}
        files = {f"{name}_file": "" for name in wrong}  # empty counts as unset: what a file holds is wrong as well
        found = [
            fault("settings", f"{name.upper()}: {said}", "put it right; its default is looked at below")
            for name, said in wrong.items()
        ]
        return Settings(**defaults | files), found


def settings(settings: Settings) -> Iterator[Finding]:
    """What is right on a developer's machine, and not where listeners come."""
    if settings.environment != "production":
        yield warning("settings", "ENVIRONMENT is development", "set ENVIRONMENT=production where listeners come")
    else:
        yield ok("settings", "ENVIRONMENT is production")
    if settings.rate_limits == "off":
        yield warning("settings", "RATE_LIMITS is off: passwords can be guessed at any speed", "set RATE_LIMITS=on")


def keys(settings: Settings) -> Iterator[Finding]:
    """Whether keys are long enough, and for their owner alone."""
    found = [
        *_strong(settings, "API_SECRET_KEY", settings.api_secret_key),
        *_strong(settings, "API_SECRET_KEY_PREVIOUS", settings.api_secret_key_previous),
        *_signing(settings),
        *(one for path in _secret_files(settings) for one in _private(path)),
    ]
    yield from found or [ok("keys", "long enough, and no file of them is open to others")]


def _strong(settings: Settings, name: str, key: SecretStr | None) -> Iterator[Finding]:
    if key is None and (name != "API_SECRET_KEY" or settings.environment == "development"):
        return
    said = weakness(key.get_secret_value() if key else "")
    if said and settings.environment == "production":
        yield fault("keys", f"{name} {said}: the API does not start with it", f"set {name}: {_NEW_KEY}")
    elif said:
        yield warning("keys", f"{name} {said}", f"set {name}: {_NEW_KEY}")


def _signing(settings: Settings) -> Iterator[Finding]:
    try:
        store_for_commands(settings)
    except ArtifactError as exc:
        yield split("keys", str(exc))


def _secret_files(settings: Settings) -> list[Path]:
    of_keys = (settings.artifacts_signing_key_file, settings.api_secret_key_file, settings.api_secret_key_previous_file)
    named = [Path(".env"), *of_keys, settings.database_url_file, settings.redis_url_file]
    if settings.api_secret_key is None and settings.environment == "development":
        with suppress(StartError):  # the database's own check says what is wrong with its address
            named.append(file_beside(settings.database_url))
    # what a container is given there, nobody else on the machine sees
    return [path for path in named if path and path.is_file() and path.parent != _MOUNTED]


def _private(path: Path) -> Iterator[Finding]:
    mode, of_folder = (stat.S_IMODE(one.stat().st_mode) for one in (path, path.absolute().parent))
    # deploy/secrets.sh closes the folder alone: a container's user is another one, and reads the files
    if mode & (stat.S_IROTH | stat.S_IWOTH) and of_folder & stat.S_IXOTH:
        yield warning("keys", f"{path} has mode {mode:o}: everybody on this machine can open it", f"chmod 600 {path}")
