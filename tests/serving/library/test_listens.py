"""Listens in the database without HTTP: their sums, and a table that is cut into pieces."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from db import Database
from migrations.prepare import prepare
from models import player_tokens
from serving.accounts.queries import Account, AccountGone, create_user
from serving.accounts.tokens import PlayerSubject
from serving.library.listen_records import NewListen
from serving.library.listens import (
    DAY_MS,
    add_listens,
    listen_id,
    page_of_listens,
    remove_listens,
    songs_heard,
    week_began,
)
from tests.conftest import REPOSITORY

NOW = 20_000 * DAY_MS


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    opened = Database(fresh_url)
    prepare(opened, upgrade=True)
    yield opened
    opened.close()


def _account(database: Database, name: str = "anna") -> Account:
    account = database.run_here(create_user, name, name, "hash")
    assert account is not None
    return account


def subject_of(database: Database, account: Account) -> PlayerSubject:
    """Whom a token of the account speaks for."""
    row = {
        "id": uuid.uuid4().hex,
        "user_id": account.user.id,
        "name": "test",
        "prefix": "",
        "token_hash": uuid.uuid4().hex,
    }
    with database.engine.connect() as connection:
        connection.execute(player_tokens.insert().values(row | {"created_at": datetime.now(UTC)}))
    return PlayerSubject(account.user.id, row["id"])


def listen(
    days: float, song: str = "Muse - Starlight", *, skipped: bool = False, played_ms: int | None = None
) -> NewListen:
    started = int(NOW - days * DAY_MS)
    artist, _, track = song.partition(" - ")
    sender = listen_id(started, artist, f"{track}{skipped}{played_ms}")
    return NewListen(sender, started, artist, track, song, True, played_ms, skipped, "test")


def test_weights_fall_by_half_with_each_half_life_and_skips_take_plays_back(database: Database) -> None:
    anna = _account(database)
    new = [
        listen(0),
        listen(10),
        listen(20),
        listen(10, "A - Skip", skipped=True),
        listen(10, "A - Heard", skipped=True, played_ms=30_000),
        listen(0, "A - Short", played_ms=29_999),
        listen(-300, "A - To Come"),
    ]
    database.run_here(add_listens, subject_of(database, anna), new)
    heard = {song.song_id: song for song in database.run_here(songs_heard, anna.user.id, NOW, NOW - 5 * DAY_MS, 10.0)}
    assert heard["Muse - Starlight"].weight == pytest.approx(0.5 + 0.25)  # what begins now counts from now on
    assert heard["Muse - Starlight"].weight_before == pytest.approx(0.5**0.5 + 0.5**1.5)
    assert (heard["Muse - Starlight"].plays, heard["Muse - Starlight"].recent) == (3, 3)
    assert heard["A - Skip"].weight == pytest.approx(-0.5)
    assert (heard["A - Skip"].plays, heard["A - Skip"].last_ms) == (0, 0)
    assert (heard["A - Heard"].plays, heard["A - Heard"].weight) == (0, 0.0)
    assert (heard["A - Short"].plays, heard["A - Short"].weight) == (0, 0.0)
    assert (heard["A - To Come"].recent, heard["A - To Come"].last_ms) == (0, 0)


def test_a_week_begins_on_monday() -> None:
    monday = 1_769_385_600_000  # 2026-01-26T00:00:00Z
    assert {week_began(monday), week_began(monday + 7 * DAY_MS - 1)} == {monday}
    assert week_began(monday - 1) == monday - 7 * DAY_MS


def test_without_the_account_nothing_is_kept_shown_or_removed(database: Database) -> None:
    nobody = PlayerSubject("0" * 32, "0" * 32)
    with pytest.raises(AccountGone):
        database.run_here(add_listens, nobody, [listen(1)])
    with pytest.raises(AccountGone):
        database.run_here(page_of_listens, nobody, 5)
    with pytest.raises(AccountGone):
        database.run_here(remove_listens, nobody, song_ids=["Muse - Starlight"])


def test_a_batch_that_fails_is_kept_in_no_part(database: Database) -> None:
    anna = _account(database)
    broken = NewListen("x", None, "A", "B", "A - B", False, None, False, "test")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(Exception, match=r"(?i)null"):
        database.run_here(add_listens, subject_of(database, anna), [listen(1), broken])
    assert database.run_here(page_of_listens, subject_of(database, anna), 5) == []
    assert database.run_here(add_listens, subject_of(database, anna), [listen(1)]) == 1


def test_on_postgresql_the_table_can_be_cut_as_the_handbook_says(postgresql: Callable[[], str]) -> None:
    url = postgresql()
    database = Database(url)
    prepare(database, upgrade=True)
    anna = _account(database)
    database.run_here(add_listens, subject_of(database, anna), [listen(day) for day in range(30)])
    handbook = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(r"```\n(BEGIN;\nALTER TABLE listens RENAME.*?COMMIT;\n)```", handbook, re.DOTALL)
    assert found
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(found[1])
        rows = connection.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'listens'::regclass").fetchall()
        # the names that a later migration would look for
        assert {name for (name,) in rows} >= {"pk_listens", "fk_listens"}
    assert database.run_here(add_listens, subject_of(database, anna), [listen(1), listen(40)]) == 1
    assert len(database.run_here(page_of_listens, subject_of(database, anna), 100)) == 31
    database.close()
