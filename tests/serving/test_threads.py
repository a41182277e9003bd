"""Bounded threads, and what the database does when it cannot."""

import asyncio
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db import Database, DatabaseDown, DatabaseNotReady, ping
from serving.threads import Busy, Threads


def test_calls_run_in_the_threads_and_give_their_result() -> None:
    threads = Threads("few", 2, queue=10, patience=1)
    names = asyncio.run(_gather(threads, lambda: threading.current_thread().name, 10))
    assert {name.rsplit("_", 1)[0] for name in names} == {"few"}
    threads.close()


async def _gather(threads: Threads, fn, count: int):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return await asyncio.gather(*(threads.run(fn) for _ in range(count)), return_exceptions=True)


def test_a_full_queue_says_no_at_once() -> None:
    threads = Threads("few", 1, queue=1, patience=5)
    start = time.monotonic()
    answers = asyncio.run(_gather(threads, lambda: time.sleep(0.3), 5))
    assert [type(answer) for answer in answers] == [type(None)] * 2 + [Busy] * 3
    assert time.monotonic() - start < 2
    threads.close()


def test_who_waited_too_long_is_not_served_any_more() -> None:
    threads = Threads("few", 1, queue=10, patience=0.1)
    answers = asyncio.run(_gather(threads, lambda: time.sleep(0.2), 3))
    assert [type(answer) for answer in answers] == [type(None), Busy, Busy]
    threads.close()


def test_the_queue_is_free_again_after_calls_that_failed() -> None:
    threads = Threads("few", 1, queue=0, patience=1)

    async def fail_often() -> list[BaseException | None]:
        failures: list[BaseException | None] = []
        for _ in range(5):
            failures += await _gather(threads, lambda: 1 / 0, 1)
            await asyncio.sleep(0.01)
        return failures

    assert {type(failure) for failure in asyncio.run(fail_often())} == {ZeroDivisionError}
    threads.close()


def test_more_callers_than_connections_all_get_their_answer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/redux.db")
    database.prepare(upgrade=True)

    async def crowd() -> list[None]:
        return await asyncio.gather(*(database.run(ping) for _ in range(256)))

    assert asyncio.run(crowd()) == [None] * 256
    database.close()


def test_a_database_that_went_away_is_down_not_broken() -> None:
    database = Database("postgresql://me@127.0.0.1:1/nothing")
    with pytest.raises(DatabaseDown):
        asyncio.run(database.run(ping))
    database.close()


def test_a_locked_sqlite_file_is_down_for_the_moment(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/redux.db?timeout=0.1")
    database.prepare(upgrade=True)

    def write(connection: Connection) -> None:
        connection.execute(text("DELETE FROM likes"))

    with database.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseDown, match="locked"):
            database.run_here(write)
        other.exec_driver_sql("ROLLBACK")
    database.run_here(write)
    database.close()


def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/redux.db")
    database.prepare(upgrade=True)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    database.close()


def test_a_file_that_is_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "redux.db").write_text("this is no database, but long enough to be taken for one" * 100)
    database = Database(f"sqlite:///{tmp_path}/redux.db")
    with pytest.raises(DatabaseNotReady, match=r"redux\.db cannot be opened"):
        database.prepare(upgrade=True)
    database.close()


def test_tables_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/redux.db")
    database.prepare(upgrade=True)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for upgrade in (True, False):
        with pytest.raises(DatabaseNotReady, match="newer than this code"):
            database.prepare(upgrade=upgrade)
    database.close()


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are a process's elsewhere")
def test_threads_that_stand_behind_leave_the_loop_its_priority() -> None:
    threads = Threads("behind", 1, queue=0, patience=1, behind=True)

    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = priority()
    assert asyncio.run(threads.run(priority)) > before
    assert priority() == before
    threads.close()
