"""What the database does when it can, and when it cannot."""

import asyncio
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db import BadDatabaseURL, Database, DatabaseDown, parse_url, ping, transaction
from migrations.prepare import DatabaseNotReady, prepare


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A prepared SQLite file."""
    made = Database(f"sqlite:///{tmp_path}/redux.db?timeout=0.1")
    prepare(made, upgrade=True)
    yield made
    made.close()


def _write(connection: Connection) -> None:
    connection.execute(text("DELETE FROM likes"))


def test_more_callers_than_connections_all_get_their_answer(database_url: str) -> None:
    database = Database(database_url)

    async def crowd() -> list[None]:
        calls = [database.read(ping) for _ in range(128)] + [database.write(ping) for _ in range(128)]
        return await asyncio.gather(*calls)

    assert asyncio.run(crowd()) == [None] * 256
    database.close()


def test_a_database_that_went_away_is_down_not_broken() -> None:
    database = Database("postgresql://me@127.0.0.1:1/nothing")
    for ask in (database.read, database.write):
        with pytest.raises(DatabaseDown):
            asyncio.run(ask(ping))
    database.close()


def test_a_locked_sqlite_file_is_down_for_the_moment(database: Database) -> None:
    with database.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseDown, match="locked"):
            database.run_here(_write)
        other.exec_driver_sql("ROLLBACK")
    database.run_here(_write)


def test_sqlite_is_read_while_somebody_writes(database: Database) -> None:
    with database.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        asyncio.run(database.read(lambda connection: connection.execute(text("SELECT * FROM likes")).all()))
        other.exec_driver_sql("ROLLBACK")


def test_nobody_who_writes_waits_for_who_reads_much(database: Database) -> None:
    written = threading.Event()

    async def both() -> bool:
        reading = asyncio.create_task(database.read_many(lambda _: written.wait(60)))
        await database.write(_write)
        written.set()
        return await reading

    assert asyncio.run(both())


def test_writes_to_sqlite_take_turns(database: Database) -> None:
    inside = threading.Lock()

    def alone(_: Connection) -> bool:
        found_free = inside.acquire(blocking=False)
        if found_free:
            inside.release()
        return found_free

    async def crowd() -> list[bool]:
        return await asyncio.gather(*(database.write(alone) for _ in range(64)))

    assert all(asyncio.run(crowd()))


def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


@pytest.mark.parametrize(("synchronous", "level"), [("normal", 1), ("full", 2)])
def test_sqlite_forces_to_the_disk_what_it_is_told_to(tmp_path: Path, synchronous: str, level: int) -> None:
    made = Database(f"sqlite:///{tmp_path}/redux.db", synchronous="full" if synchronous == "full" else "normal")
    with made.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == level
    made.close()


def test_only_its_owner_reads_a_sqlite_file(database: Database) -> None:
    database.run_here(_write)
    path = Path(str(database.url.database))
    for file in path.parent.glob("redux.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_read_is_tried_again_where_the_server_has_dropped_its_connections(
    postgresql: Callable[[], str],
) -> None:
    database = Database(postgresql())

    async def ask_all(connections: int) -> None:
        await asyncio.gather(*(database.read(ping) for _ in range(connections)))

    asyncio.run(ask_all(8))
    other = Database(str(database.url.render_as_string(hide_password=False)))
    other.run_here(_end_every_other_connection)
    asyncio.run(ask_all(8))  # no DatabaseDown
    for one in (database, other):
        one.close()


def _end_every_other_connection(connection: Connection) -> None:
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    connection.execute(text(f"{ended} AND pid <> pg_backend_pid()"))


def test_a_connection_lost_within_a_transaction_is_a_database_that_is_down(postgresql: Callable[[], str]) -> None:
    database = Database(postgresql())

    def lose(connection: Connection) -> None:
        with transaction(connection):
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseDown):
        database.run_here(lose)
    database.run_here(ping)
    database.close()


def test_a_value_that_no_index_takes_costs_no_connection(postgresql: Callable[[], str]) -> None:
    database = Database(postgresql())
    prepare(database, upgrade=True)
    pids = "SELECT pg_backend_pid()"

    def insert(connection: Connection) -> None:
        long = "".join(chr(0x4E00 + (n * n) % 20_000) for n in range(4_000))
        connection.execute(text("INSERT INTO users VALUES ('a', 'a', :key, 'x', 0, now(), NULL)"), {"key": long})

    before = database.run_here(lambda connection: connection.execute(text(pids)).scalar_one())
    with pytest.raises(Exception, match="index row"):
        database.run_here(insert)
    assert database.run_here(lambda connection: connection.execute(text(pids)).scalar_one()) == before
    database.close()


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "redux.db").write_text("this is no database, but long enough to be taken for one" * 100)
    database = Database(f"sqlite:///{tmp_path}/redux.db")
    with pytest.raises(DatabaseNotReady, match=r"redux\.db cannot be opened"):
        prepare(database, upgrade=True)
    database.close()


def test_tables_of_a_newer_version_are_refused(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for upgrade in (True, False):
        with pytest.raises(DatabaseNotReady, match="newer than this code"):
            prepare(database, upgrade=upgrade)


@pytest.mark.parametrize("password", ["Zq9@Wx7", "Zq9@Wx7/", "Zq9@Wx7@", "#Zq9@Wx7"])
def test_a_password_that_is_not_percent_encoded_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(BadDatabaseURL, match="percent-encode") as refused:
        parse_url(f"postgresql://redux:{password}@db.example/redux")
    assert "Zq9" not in str(refused.value)
    assert "Wx7" not in str(refused.value)


@pytest.mark.parametrize("password", ["Zq9/Wx7", "Zq9:Wx7", "Zq9?Wx7", "Zq9#Wx7"])
def test_other_characters_of_a_password_are_taken_as_they_are_meant(password: str) -> None:
    parsed = parse_url(f"postgresql://redux:{password}@db.example/redux")
    assert (parsed.password, parsed.host, parsed.database) == (password, "db.example", "redux")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "db_1.internal"])
def test_addresses_of_every_kind_are_understood(host: str) -> None:
    assert parse_url(f"postgresql://redux:secret%40@{host}:5432/redux").password == "secret@"
