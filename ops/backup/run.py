"""Making a backup, verifying one by restoring it, and restoring one for good."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from db import Database, one_line, parse_url
from ops.backup import of_postgresql, of_sqlite, sealing
from ops.backup.manifest import BackupError, BackupManifest, Kind, TableSum, differences
from ops.backup.vault import Vault, sha256


def create(database_url: str, vault: Vault, recipient: str | None) -> BackupManifest:
    """Keep the database as it is at this moment. Raises BackupError; what was uploaded then is no backup."""
    if recipient is not None:
        sealing.public_key(recipient)
    url = parse_url(database_url)
    kind = _kind(url)
    if kind == "sqlite":
        of_sqlite.existing(url)
    version = _schema_version(database_url)
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    with tempfile.TemporaryDirectory(prefix="redux-backup-") as folder:
        dump, sealed = Path(folder, "dump"), Path(folder, "sealed")
        tables = of_sqlite.dump(url, dump) if kind == "sqlite" else of_postgresql.dump(url, dump)
        sealing.seal(dump, sealed, recipient)
        manifest = BackupManifest(
            name=name,
            created_at=now,
            kind=kind,
            schema_version=version,
            file=f"{name}.{kind}{sealing.suffix(recipient)}",
            bytes=sealed.stat().st_size,
            sha256=sha256(sealed),
            encrypted=recipient is not None,
            tables=tables,
        )
        vault.put(manifest, sealed)
    return manifest


def verify(database_url: str, vault: Vault, name: str | None, identity: Path | None) -> BackupManifest:
    """Restore a backup into a scratch database and hold every table against the manifest. Raises BackupError."""
    manifest = vault.get(name)
    with _opened(manifest, vault, identity) as copy:
        if manifest.kind == "sqlite":
            _compare(manifest, of_sqlite.read(copy))
        else:
            with of_postgresql.scratch(_server(database_url), copy) as scratch:
                _compare(manifest, of_postgresql.read(scratch))
    return manifest


def restore(
    database_url: str, vault: Vault, name: str | None, identity: Path | None, *, replace: bool = False
) -> tuple[BackupManifest, str]:
    """Let the database be what a backup holds, once that is verified; where it was put.

    Raises BackupError where the database holds something already and `replace` is not asked for; nothing is changed
    until the backup is found sound.
    """
    manifest, url = vault.get(name), parse_url(database_url)
    if _kind(url) != manifest.kind:
        msg = f"{manifest.name} is of {manifest.kind}, DATABASE_URL names {_kind(url)}: they must be of one kind"
        raise BackupError(msg)
    has_tables = of_sqlite.has_tables if manifest.kind == "sqlite" else of_postgresql.has_tables
    if has_tables(url) and not replace:
        msg = (
            f"{url.render_as_string()} holds tables already: restore with --replace to let the backup take their place"
        )
        raise BackupError(msg)
    with _opened(manifest, vault, identity) as copy:
        if manifest.kind == "sqlite":
            _compare(manifest, of_sqlite.read(copy))
            return manifest, of_sqlite.replace(copy, url)
        with of_postgresql.scratch(url, copy) as scratch:
            _compare(manifest, of_postgresql.read(scratch))
            return manifest, of_postgresql.take_the_place(url, scratch)


@contextmanager
def _opened(manifest: BackupManifest, vault: Vault, identity: Path | None) -> Iterator[Path]:
    """A backup's dump as a file, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="redux-backup-") as folder:
        sealed, dump = Path(folder, manifest.file), Path(folder, "dump")
        vault.fetch(manifest, sealed)
        sealing.unseal(sealed, dump, identity)
        yield dump


def _compare(manifest: BackupManifest, found: dict[str, TableSum]) -> None:
    differ = differences(manifest.tables, found)
    if differ:
        msg = f"{manifest.name} does not restore to what it was made of: {', '.join(differ)}"
        raise BackupError(msg)


def _schema_version(database_url: str) -> str:
    """Which version of the tables the database has."""
    database = Database(database_url)

    def read(connection: Connection) -> str:
        if not inspect(connection).has_table("alembic_version"):
            msg = f"{database} holds no tables of ours: check DATABASE_URL"
            raise BackupError(msg)
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))

    try:
        return database.run_here(read)
    except DBAPIError as exc:
        msg = f"{database} cannot be read ({one_line(exc)}): check DATABASE_URL"
        raise BackupError(msg) from exc
    finally:
        database.close()


def _kind(url: URL) -> Kind:
    return "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"


def _server(database_url: str) -> URL:
    url = parse_url(database_url)
    if _kind(url) != "postgresql":
        msg = "the backup is of PostgreSQL: set DATABASE_URL to a server where a scratch database may be made"
        raise BackupError(msg)
    return url
