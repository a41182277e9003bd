"""PostgreSQL: `pg_dump` and `pg_restore`, found on PATH."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import URL

from ops.backup.manifest import BackupError, TableSum

_NEEDED = "of the server's own version, or from server 17 on also newer ones"
_KNOWS_TRANSACTION_TIMEOUT = 17
# a dump and the sums of large tables take their time, in which the snapshot's own session does nothing
_WITHOUT_LIMITS = (
    "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN "
    "('idle_in_transaction_session_timeout', 'statement_timeout', 'transaction_timeout')"
)
_HASH = "('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric"


def dump(url: URL, to: Path) -> dict[str, TableSum]:
    """Write the database to a file in pg_dump's custom format, which is compressed. Raises BackupError.

    The tables are summed in the transaction whose snapshot pg_dump takes: both see the same moment.
    """
    with _connected(url) as connection, connection.transaction():
        _check_version("pg_dump", connection)
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={to}"]
        _run("pg_dump", url, [*options, "--dbname"])
        return _sums(connection)


def has_tables(url: URL) -> bool:
    """Whether the database holds anything. Raises BackupError where it does not answer."""
    with _connected(url) as connection:
        return bool(_tables(connection))


@contextmanager
def scratch(url: URL, copy: Path) -> Iterator[URL]:
    """A new database on the same server, restored from a file, and dropped at the end unless it was renamed."""
    name = f"redux_scratch_{secrets.token_hex(4)}"
    with _connected(_maintenance(url)) as connection:
        _check_version("pg_restore", connection)
        connection.execute(_new_database(connection, name, like=url.database))
    try:
        other = url.set(database=name)
        _run("pg_restore", other, ["--no-owner", "--no-privileges", "--exit-on-error", str(copy), "--dbname"])
        yield other
    finally:
        with _connected(_maintenance(url)) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def read(url: URL) -> dict[str, TableSum]:
    """What a database holds. Raises BackupError."""
    with _connected(url) as connection:
        return _sums(connection)


def take_the_place(of: URL, verified: URL) -> str:
    """Rename a verified database to the one it replaces, which is kept under another name. Raises BackupError."""
    before = f"{of.database}_before_{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with _connected(_maintenance(of)) as connection, connection.transaction():
        whose = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = {}"
        (owner,) = _one(connection, sql.SQL(whose).format(sql.Literal(of.database)))
        for name, new in ((of.database, before), (verified.database, of.database)):
            try:
                connection.execute(rename.format(sql.Identifier(str(name)), sql.Identifier(str(new))))
            except psycopg.errors.ObjectInUse as exc:
                msg = f"the database {name} is in use: stop the API first. Nothing was changed"
                raise BackupError(msg) from exc
        names = map(sql.Identifier, (str(of.database), str(owner)))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*names))
    return f"{of.database}; what it was is kept as {before}"


@contextmanager
def _connected(url: URL) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    try:
        with psycopg.connect(_address(url), autocommit=True) as connection:
            connection.execute("SET TIME ZONE 'UTC'")  # moments are compared as text
            connection.execute(_WITHOUT_LIMITS)
            yield connection
    except psycopg.Error as exc:
        said = " ".join(str(exc).split())
        msg = f"PostgreSQL at {url.render_as_string()} refuses: {said}"
        raise BackupError(msg) from exc


def _check_version(program: str, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Raises BackupError where a program writes or restores nothing that the server takes."""
    said = subprocess.run([_found(program), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"\d+", said)
    ours, theirs = int(version[0]) if version else 0, connection.info.server_version // 10_000
    # newer ones begin with SET transaction_timeout, which older servers do not know
    if ours < theirs or ours > theirs < _KNOWS_TRANSACTION_TIMEOUT:
        msg = f"{program} is of version {ours}, the server of {theirs}: install PostgreSQL's client programs, {_NEEDED}"
        raise BackupError(msg)


def _found(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        msg = f"{program} is not on PATH: install PostgreSQL's client programs, {_NEEDED}"
        raise BackupError(msg)
    return found


def _run(program: str, url: URL, arguments: list[str]) -> None:
    # the password goes in the environment, which other users cannot see
    parts = conninfo_to_dict(_address(url))
    password = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
    command = [_found(program), *arguments, make_conninfo("", **parts)]
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        # not what follows: that may be rows
        said = [line for line in lines if line.startswith((f"{program}: error: ", f"{program}: detail: "))]
        msg = f"{program} failed: {'; '.join(line.removeprefix(f'{program}: ') for line in said or lines[-1:])}"
        raise BackupError(msg)


def _sums(connection: "psycopg.Connection[tuple[object, ...]]") -> dict[str, TableSum]:
    question = sql.SQL("SELECT count(*), coalesce(sum({}), 0)::text FROM {} t")
    found = {}
    for table in _tables(connection):
        rows, checksum = _one(connection, question.format(sql.SQL(_HASH), sql.Identifier(table)))
        found[table] = TableSum(rows=int(str(rows)), checksum=str(checksum))
    return found


def _tables(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    return [str(name) for (name,) in connection.execute(names)]


def _new_database(connection: "psycopg.Connection[tuple[object, ...]]", name: str, like: str | None) -> sql.Composed:
    """A statement that makes a database with the encoding and the locale of another, where that is there."""
    asked = "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s"
    found = connection.execute(asked, (like,)).fetchone() or ()
    options = zip(("ENCODING", "LC_COLLATE", "LC_CTYPE"), found, strict=False)
    return sql.SQL(" ").join(
        [
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)),
            *(sql.SQL("{} {}").format(sql.SQL(option), sql.Literal(value)) for option, value in options),
        ]
    )


def _one(connection: "psycopg.Connection[tuple[object, ...]]", query: str | sql.Composed) -> tuple[object, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101  an aggregate answers with one row
    return row


def _address(url: URL) -> str:
    _, parts = url.get_dialect()().create_connect_args(url)
    return make_conninfo("", **parts)


def _maintenance(url: URL) -> URL:
    """A database that is always there, and is not the one that is renamed."""
    return url.set(database="template1" if url.database == "postgres" else "postgres")
