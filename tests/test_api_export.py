"""Everything that is held about an account is in its export, and gone with it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from db import Database
from models import hidden, metadata
from tests.conftest import Listener, Server, farewell, serving, sign_up
from tests.serving.two_camps import jazz, rock
from tests.test_api_imports import imported, played, spotify
from tests.test_api_listens import all_of, item, send

SEEDS = {"seeds": [rock(0), rock(1), jazz(0)]}


@pytest.fixture
def own(tmp_path: Path, artifacts: Path, fresh_url: str) -> Iterator[Server]:
    with serving(tmp_path, {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts)}) as server:
        yield server


def _fill(listener: Listener) -> None:
    """A row in every table that has rows of an account."""
    assert listener.http.post("/recommendations/cold-start", json=SEEDS).status_code == 200
    listener.http.post("/me/likes", json={"song_id": rock(5)})
    assert imported(listener, ("a.json", spotify(played(1_500))))["kept"] == 1_500
    send(listener, item("mine", played_ms=1, ended="skipped"))
    assert listener.http.put("/me/hidden", json={"song_id": rock(9)}).status_code == 200
    queue = {"items": [{"song_id": rock(4), "added_by": "user"}], "device": "phone"}
    assert listener.http.put("/me/queue", json=queue, headers={"If-Match": "*"}).status_code == 200
    token = listener.http.post("/me/tokens", json={"name": "Navidrome"}).json()["token"]
    for kind, moment in (("single", {"listened_at": int(time.time()) - 60}), ("playing_now", {})):
        metadata = {"artist_name": "Nobody", "track_name": "Nothing", "additional_info": {"isrc": "X"}}
        body = {"listen_type": kind, "payload": [{**moment, "track_metadata": metadata}]}
        answer = listener.http.post("/1/submit-listens", json=body, headers={"Authorization": f"Token {token}"})
        assert answer.status_code == 200, answer.text


def _tables_with(database: Database, text: str) -> set[str]:
    """The tables in which any cell of any row holds a text."""
    with database.engine.connect() as connection:
        return {
            table.name
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            if any(text in str(cell) for cell in row)
        }


def test_an_export_holds_everything(own: Server) -> None:
    with own.client() as http:
        listener = sign_up(http)
    _fill(listener)
    answer = listener.http.get("/me/export")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    export = answer.json()
    assert export["user"] == listener.http.get("/me").json()
    assert export["seeds"] == SEEDS["seeds"]
    assert [like["song_id"] for like in export["likes"]] == [rock(5)]
    assert [token["name"] for token in export["player_tokens"]] == ["Navidrome"]
    assert [one["kept"] for one in export["imports"]] == [1_500]
    assert export["playing_now"]["sent"]["track_name"] == "Nothing"
    assert export["hidden"] == listener.http.get("/me/hidden").json()["items"]
    assert [song["song_id"] for song in export["queue"]["items"]] == [rock(4)]
    assert export["sessions"] == listener.http.get("/me/sessions").json()["items"]
    sent = {one["id"]: one.pop("sent") for one in export["listens"]}
    assert export["listens"] == all_of(listener)
    assert len(sent) == 1_502
    assert [told["additional_info"] for told in sent.values() if told] == [{"isrc": "X"}]
    listener.http.close()


def test_an_export_holds_what_is_over_and_whose_listens_were_asked_for(own: Server, fresh_url: str) -> None:
    with own.client() as http:
        listener = sign_up(http)
    listener.http.put("/me/hidden", json={"song_id": rock(0), "until": "2100-01-01T00:00:00Z"})
    database = Database(fresh_url)
    database.run_here(lambda connection: connection.execute(update(hidden).values(until_ns=10**18)))
    database.close()
    assert listener.http.get("/me/hidden").json()["items"] == []
    content = b"Username,Artist,Track\nanna,Sigur R\xc3\xb3s,Diamond\nboris,Sigur R\xc3\xb3s,Diamond\n"
    for asked in ({"listener": "boris"}, {}):
        imported(listener, ("two.csv", content), **asked)
    export = listener.http.get("/me/export").json()
    assert [(one["song_id"], one["until"]) for one in export["hidden"]] == [(rock(0), "2001-09-09T01:46:40Z")]
    assert [one["listener"] for one in export["imports"]] == [None, "boris"]
    listener.http.close()


def test_after_deletion_no_row_of_any_table_holds_the_account(own: Server, fresh_url: str) -> None:
    with own.client() as http:
        leaving, staying = sign_up(http), sign_up(http)
    _fill(leaving)
    _fill(staying)
    gone, stays = (one.http.get("/me").json()["id"] for one in (leaving, staying))
    database = Database(fresh_url)
    held = {"users", "likes", "listens", "imports", "player_tokens", "playing_now", "hidden", "queues", "sessions"}
    assert held <= _tables_with(database, gone)
    assert farewell(leaving).status_code == 204
    for trace in (gone, leaving.username):
        assert _tables_with(database, trace) == set()
    assert held <= _tables_with(database, stays)
    database.close()
    leaving.http.close()
    staying.http.close()
