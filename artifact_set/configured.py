"""The store as the settings describe it: where it is, whose sets may be opened, what signs new ones."""

from pathlib import Path

from artifact_set.signing import Keyring, key_from
from artifact_set.store import ArtifactStore
from artifact_set.subprocess_verification import Verification
from errors import ArtifactError, StartError
from settings import Settings


def store_for_commands(settings: Settings, root: Path | None = None) -> ArtifactStore:
    """The store with all keys, in `root` where that is given. Raises ArtifactError."""
    return ArtifactStore(root or settings.artifacts_dir, Keyring(_signing_key(settings), _trusted(settings)))


def store_for_serving(settings: Settings) -> ArtifactStore:
    """The store without the signing key, which a server has no use for."""
    return ArtifactStore(settings.artifacts_dir, Keyring(None, _trusted(settings)))


def begin_verification() -> Verification | None:
    """The current set being verified from now on; None where something is wrong, which whoever opens it will say."""
    try:
        store = store_for_serving(Settings.load())
        return Verification(store.path_of_current(), store.keyring)
    except (ArtifactError, StartError, OSError):
        return None


def _trusted(settings: Settings) -> tuple[bytes, ...]:
    return tuple(key for text in settings.artifacts_trusted_keys if (key := key_from(text)))


def _signing_key(settings: Settings) -> bytes | None:
    if settings.artifacts_signing_key:
        return key_from(settings.artifacts_signing_key.get_secret_value())
    path = settings.artifacts_signing_key_file
    if path is None:
        return None
    try:
        key = key_from(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        msg = f"ARTIFACTS_SIGNING_KEY_FILE: {path} cannot be read ({exc})"
        raise ArtifactError(msg) from exc
    if key is None:
        msg = f"ARTIFACTS_SIGNING_KEY_FILE: {path} holds no key: make one with python -m artifact_set keygen"
        raise ArtifactError(msg)
    return key
