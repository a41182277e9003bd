"""The newest backup: that there is one, of this database, and of today."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from db import parse_url
from errors import StartError
from ops.backup import sealing
from ops.backup.manifest import BackupError, BackupManifest
from ops.backup.vault import CURE_OF_DAMAGED, Vault
from ops.doctor.findings import Finding, fault, ok, split, warning
from settings import Settings

_OLD = timedelta(hours=26)  # as the alert ReduxBackupOld
_MAKE = "run python -m ops.backup create every day"


def backups(settings: Settings) -> Iterator[Finding]:
    """Manifests alone are read; `python -m ops.backup verify` restores one."""
    if settings.backup_url is None:
        yield warning("backups", "BACKUP_URL is not set", f"set it to file:///FOLDER or s3://BUCKET/PATH, and {_MAKE}")
        return
    try:
        if settings.backup_recipient is not None:
            sealing.public_key(settings.backup_recipient)
        vault = Vault(settings.backup_url)
        made, damaged = vault.all(), vault.damaged()
    except BackupError as exc:
        yield split("backups", str(exc))
        return
    for path in damaged:
        yield warning("backups", f"{path} cannot be read as a backup's manifest", CURE_OF_DAMAGED)
    if not made:
        yield fault("backups", f"{settings.backup_url} holds none", _MAKE)
        return
    yield from _newest(settings, made[-1], len(made))


def _newest(settings: Settings, newest: BackupManifest, count: int) -> Iterator[Finding]:
    age = datetime.now(UTC) - newest.created_at
    if age < timedelta(minutes=-1):
        cure = "check the clock of the machine that makes backups, and this one's"
        yield warning("backups", f"{newest.name} was made {-age.total_seconds() / 60:,.0f} minutes from now", cure)
        return
    sealed = "encrypted" if newest.encrypted else "not encrypted"
    said = f"{count}; the newest, {newest.name}, is {age.total_seconds() / 3600:,.1f} hours old, {sealed}"
    yield ok("backups", said) if age < _OLD else warning("backups", said, _MAKE)
    if settings.backup_recipient is not None and not newest.encrypted:
        yield warning("backups", "BACKUP_RECIPIENT is set, and the newest is not encrypted", _MAKE)
    if newest.kind != _kind(settings):
        yield warning("backups", f"the newest is of another kind of database, {newest.kind}", _MAKE)


def _kind(settings: Settings) -> str | None:
    try:
        return parse_url(settings.database_url).get_backend_name()
    except StartError:
        return None
