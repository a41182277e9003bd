"""Listens out of the database, and songs that too few people played."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import update

from db import Database
from errors import DataError
from history import ReadSettings, read_history
from migrations.prepare import prepare
from models import player_tokens, users
from serving.accounts.queries import Account, create_user
from serving.accounts.tokens import PlayerSubject
from serving.library.listen_records import NewListen
from serving.library.listens import add_listens
from training.data.database import read_database
from training.data.listeners import with_listeners
from training.data.listens import Listens


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Tables, in a database that other tests may have used."""
    opened = Database(database_url)
    prepare(opened, upgrade=True)
    with opened.engine.connect() as connection:
        connection.execute(users.delete())
    yield opened
    opened.close()


def _account(database: Database, name: str, **switches: bool) -> Account:
    account = database.run_here(create_user, name, name, "hash")
    assert account is not None
    if switches:
        with database.engine.connect() as connection:
            connection.execute(update(users).where(users.c.id == account.user.id).values(switches))
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


def _play(
    database: Database, account: Account, *songs: str, skipped: bool = False, played_ms: int | None = None
) -> None:
    new = [
        NewListen(
            f"{song} {skipped} {played_ms}",
            1_700_000_000_000 + i * 240_000,
            "Artist",
            song,
            f"Artist - {song}",
            False,
            played_ms,
            skipped,
            "app",
        )
        for i, song in enumerate(songs)
    ]
    database.run_here(add_listens, subject_of(database, account), new)


def _read(database: Database) -> Listens:
    return read_history([], ReadSettings(), given=read_database(database.url))[0]


def _told(listens: Listens) -> list[tuple[str, str]]:
    user, track = listens.users.values.to_pylist(), listens.tracks.values.to_pylist()
    pairs = zip(listens.users.codes.tolist(), listens.tracks.codes.tolist(), strict=True)
    return sorted((user[one], track[other]) for one, other in pairs)


def test_listeners_are_numbers_and_their_listens_have_moments(database: Database) -> None:
    anna, boris = _account(database, "anna"), _account(database, "boris")
    _play(database, anna, "One", "Two")
    _play(database, boris, "One")
    listens = _read(database)
    assert sorted(set(listens.users.values.to_pylist())) == ["account 1", "account 2"]
    assert len(listens) == 3
    assert listens.minutes is not None
    assert set(listens.minutes.tolist()) == {1_700_000_000 // 60, (1_700_000_000 + 240) // 60}
    assert anna.user.id not in repr(listens)


def test_where_dates_are_ignored_listens_have_no_moments(database: Database) -> None:
    _play(database, _account(database, "anna"), "One", "Two")
    listens, _ = read_history([], ReadSettings(ignore_dates=True), given=read_database(database.url))
    assert (len(listens), listens.minutes) == (2, None)


def test_who_does_not_share_is_private_or_deleted_is_not_in_it(database: Database) -> None:
    kept = _account(database, "kept")
    _play(database, kept, "One", "Two")
    for name, switches in (("unshared", {"share_listens": False}), ("private", {"private": True})):
        account = _account(database, name)
        _play(database, account, "Secret")
        with database.engine.connect() as connection:
            connection.execute(update(users).where(users.c.id == account.user.id).values(switches))
    gone = _account(database, "gone")
    _play(database, gone, "Gone")
    before = _read(database).sha256
    with database.engine.connect() as connection:
        connection.execute(users.delete().where(users.c.id == gone.user.id))
    listens = _read(database)
    assert [track for _, track in _told(listens)] == ["One", "Two"]
    assert listens.sha256 != before


def test_skips_and_short_plays_are_no_listens(database: Database) -> None:
    account = _account(database, "anna")
    _play(database, account, "Skipped", skipped=True)
    _play(database, account, "Short", played_ms=29_999)
    _play(database, account, "Heard", played_ms=30_000)
    assert [track for _, track in _told(_read(database))] == ["Heard"]


def test_listens_are_joined_with_those_of_files(database: Database, tmp_path: Path) -> None:
    _play(database, _account(database, "anna"), "One", "Mine")
    (tmp_path / "more.csv").write_text("Username,Artist,Track\nsomebody,artist,ONE\nsomebody,Artist,Theirs\n")
    listens, tallies = read_history([tmp_path / "more.csv"], ReadSettings(), given=read_database(database.url))
    assert listens.user_count == 2
    assert listens.source == "more.csv and 1 more"
    assert [tally.listens for tally in tallies] == [2, 2]
    shared, left_out = with_listeners(listens, 2)
    assert {track for _, track in _told(shared)} == {"One", "ONE"}
    assert left_out == 2
    assert len(with_listeners(listens, 1).listens) == 4
    shared, left_out = with_listeners(listens, 2, pa.array(["account 1"]))
    assert {track for _, track in _told(shared)} == {"One", "ONE", "Theirs"}
    assert left_out == 1


def test_a_database_that_is_none_is_one_clear_line(database: Database, tmp_path: Path) -> None:
    missing = Database(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(DataError, match="there is no such database: expected the DATABASE_URL of the running API"):
        read_database(missing.url)
    (tmp_path / "empty.db").touch()
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(DataError, match="the listens cannot be read"):
        read_database(empty.url)
    with database.engine.connect() as connection:
        connection.execute(users.delete())
    with pytest.raises(DataError, match="has no usable row"):
        _read(database)
