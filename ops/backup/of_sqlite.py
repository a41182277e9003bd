"""SQLite: copied by its own online backup, which is one moment of the database however much is written meanwhile."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from ops.backup.manifest import BackupError, TableSum

_BITS = 64


def existing(url: URL) -> Path:
    """The database's file. Raises BackupError where there is none: SQLite would make an empty one."""
    path = _path(url)
    if not path.is_file():
        msg = f"{path} is not there: check DATABASE_URL"
        raise BackupError(msg)
    return path


def dump(url: URL, to: Path) -> dict[str, TableSum]:
    """Copy the database to a file. Raises BackupError where there is none."""
    path = existing(url)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)  # in one step: between two, every write would let it begin again
            return _sums(copy)
    except sqlite3.Error as exc:
        msg = f"{path} cannot be copied: {exc}"
        raise BackupError(msg) from exc


def read(copy: Path) -> dict[str, TableSum]:
    """What a copied database holds, once SQLite finds it sound. Raises BackupError."""
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                msg = f"the database in the backup is damaged: {verdict}"
                raise BackupError(msg)
            return _sums(connection)
    except sqlite3.Error as exc:
        msg = f"the backup holds no SQLite database: {exc}"
        raise BackupError(msg) from exc


def has_tables(url: URL) -> bool:
    """Whether the database that is there holds anything. Raises BackupError where it cannot be read."""
    path = _path(url)
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(_tables(connection))
    except sqlite3.Error as exc:
        msg = f"{path} cannot be read ({exc}): move it away first"
        raise BackupError(msg) from exc


def replace(copy: Path, url: URL) -> str:
    """Put a verified copy in the place of the database: all of it in one transaction, or nothing."""
    path = _path(url)
    try:
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
    except sqlite3.Error as exc:
        msg = f"{path} cannot be replaced ({exc}): stop the API, and try again"
        raise BackupError(msg) from exc
    path.chmod(0o600)
    return str(path)


class _RowHashes:
    """An aggregate: the sum of the rows' hashes."""

    def __init__(self) -> None:
        self._sum = 0

    def step(self, *values: object) -> None:
        """Add a row."""
        self._sum += int.from_bytes(hashlib.sha256(repr(values).encode()).digest()[: _BITS // 8])

    def finalize(self) -> str:
        """The sum, within 64 bits."""
        return f"{self._sum % (1 << _BITS):016x}"


def _sums(connection: sqlite3.Connection) -> dict[str, TableSum]:
    connection.create_aggregate("row_hashes", -1, _RowHashes)  # type: ignore[arg-type]  # it takes any number of values
    found = {}
    for table in _tables(connection):
        columns = ", ".join(f'"{column[1]}"' for column in connection.execute(f'PRAGMA table_info("{table}")'))
        rows, checksum = connection.execute(f'SELECT count(*), row_hashes({columns}) FROM "{table}"').fetchone()  # noqa: S608
        found[table] = TableSum(rows=rows, checksum=checksum or _RowHashes().finalize())
    return found


def _tables(connection: sqlite3.Connection) -> list[str]:
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in connection.execute(names)]


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        msg = f"{url.render_as_string()} is no file: nothing of it can be kept"
        raise BackupError(msg)
    return Path(url.database)
