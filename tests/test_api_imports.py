"""Imports: every listen once, whatever is imported again, killed, cancelled or taken back."""

import gzip
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from serving.runtime.import_files import ImportFiles
from tests.conftest import Listener, Server, eventually, farewell, gunicorn_command, serving, sign_up
from tests.load import read_answer
from tests.processes import children, command
from tests.serving.two_camps import JAZZ_ARTISTS, JAZZ_TRACKS, ROCK_ARTISTS, ROCK_TRACKS

PROCESS = [
    *(sys.executable, "-c"),
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); "
    "from serving.runtime.import_process import main; main()",
]
BEGIN = datetime(2025, 3, 1, 8, tzinfo=UTC)


def played(count: int, offset: int = 0) -> list[tuple[datetime, str, str]]:
    """Listens four minutes apart: every third of a song that the catalog does not have."""
    found = []
    for i in range(offset, offset + count):
        camp = (ROCK_ARTISTS, ROCK_TRACKS) if i % 3 == 0 else (JAZZ_ARTISTS, JAZZ_TRACKS)
        p = i % 30
        names = (camp[0][p % 6], camp[1][p]) if i % 3 < 2 else ("Nobody", f"Nothing {p}")
        found.append((BEGIN + timedelta(minutes=4 * i), *names))
    return found


def spotify(listens: list[tuple[datetime, str, str]], *more: dict[str, object]) -> bytes:
    """An extended history: its moments are those at which a play ended."""
    rows = [
        {
            "ts": (moment + timedelta(seconds=200)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ms_played": 200_000,
            "master_metadata_track_name": track,
            "master_metadata_album_artist_name": artist,
            "incognito_mode": False,
        }
        for moment, artist, track in listens
    ]
    return json.dumps([*rows, *more]).encode()


def lastfm(listens: list[tuple[datetime, str, str]], user: str = "me") -> bytes:
    """A table in the Kaggle layout, which knows the minute alone."""
    lines = [f"{user},{artist},{track},{moment:%d %b %Y}, {moment:%H:%M}" for moment, artist, track in listens]
    return "\n".join(["Username,Artist,Track,Date,Time", *lines]).encode()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.json", content)
    return buffer.getvalue()


def bomb() -> bytes:
    """A zip that says it unpacks to 6 GB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.json", "b.json"):
            archive.writestr(name, b"[]")
            archive.getinfo(name).file_size = 3_000_000_000
    return buffer.getvalue()


def upload(somebody: Listener, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    parts = [("files", (name, content)) for name, content in files]
    return somebody.http.post("/me/imports", files=parts, data=fields)


def state_of(listener: Listener, import_id: str) -> dict[str, Any]:
    answer = listener.http.get(f"/me/imports/{import_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def imported(somebody: Listener, *files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    """Upload, and wait for the end."""
    answer = upload(somebody, *files, **fields)
    assert answer.status_code == 202, answer.text
    import_id = answer.json()["id"]
    eventually(lambda: state_of(somebody, import_id)["state"] in ("done", "failed"))
    return state_of(somebody, import_id)


def kept_listens(listener: Listener) -> list[tuple[str, str]]:
    """Moment and song of every listen."""
    found: list[tuple[str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = listener.http.get("/me/listens", params={"limit": "100", **cursor}).json()
        found += [(item["started_at"], item["song_id"]) for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_a_spotify_zip_is_imported_with_an_account_of_every_row(listener: Listener) -> None:
    short = {"ts": "2025-03-01T07:00:00Z", "ms_played": 5_000, "master_metadata_track_name": "Short",
             "master_metadata_album_artist_name": "Nobody"}  # fmt: skip
    podcast = {"ts": "2025-03-01T07:00:00Z", "ms_played": 500_000, "episode_name": "Talk", "episode_show_name": "Show"}
    private = short | {"ms_played": 300_000, "incognito_mode": True}
    one, other = spotify(played(60), short, podcast, private), spotify(played(60, 30))
    content = zipped(Streaming_History_Audio_2025_0=one, Streaming_History_Audio_2025_1=other)
    done = imported(listener, ("my_spotify_data.zip", content))
    assert done["fault"] is None
    assert (done["state"], done["fault"], done["files"]) == ("done", None, ["my_spotify_data.zip"])
    assert (done["total"], done["read"], done["kept"]) == (90, 90, 90)
    assert done["dropped"] == {"played too shortly": 1, "podcast": 1, "private session": 1, "same listen again": 30}
    assert done["unresolved_listens"] == 30
    assert done["unresolved"][0].startswith("Nobody - Nothing")
    kept = kept_listens(listener)
    assert len(kept) == 90
    assert kept[-1] == ("2025-03-01T08:00:00Z", "Radiohead - Amber")
    assert listener.http.get("/me").json()["onboarded"] is True
    assert {"made_for_you"} <= {s["id"] for s in listener.http.get("/recommendations/categories").json()["shelves"]}


def test_what_was_told_before_is_not_added_again(listener: Listener) -> None:
    first = imported(listener, ("endsong_0.json", spotify(played(40))))
    again = imported(listener, ("endsong_0.json", spotify(played(40))))
    assert (first["kept"], again["kept"], again["dropped"]) == (40, 0, {"same listen again": 40})
    other_export = imported(listener, ("scrobbles.csv.gz", gzip.compress(lastfm(played(50)))))
    assert (other_export["kept"], other_export["dropped"]) == (10, {"same listen again": 40})
    token = listener.http.post("/me/tokens", json={"name": "player"}).json()["token"]
    moment, artist, track = played(1, 70)[0]
    metadata = {"artist_name": artist, "track_name": track.upper()}
    body = {
        "listen_type": "single",
        "payload": [{"listened_at": int(moment.timestamp()) + 20, "track_metadata": metadata}],
    }
    listener.http.post("/1/submit-listens", json=body, headers={"Authorization": f"Token {token}"})
    late = imported(listener, ("endsong_1.json", spotify(played(2, 70))))
    assert (late["kept"], late["dropped"]) == (1, {"same listen again": 1})


def test_an_import_is_taken_back_with_its_listens_and_no_others(listener: Listener) -> None:
    first = imported(listener, ("a.json", spotify(played(20))))
    second = imported(listener, ("b.json", spotify(played(20, 10))))
    assert listener.http.delete(f"/me/imports/{second['id']}").status_code == 204
    assert state_of(listener, second["id"])["state"] == "undone"
    assert len(kept_listens(listener)) == 20
    assert listener.http.delete(f"/me/imports/{second['id']}").status_code == 204
    assert listener.http.delete(f"/me/imports/{first['id']}").status_code == 204
    assert kept_listens(listener) == []
    assert listener.http.get("/me").json()["onboarded"] is False
    again = imported(listener, ("a.json", spotify(played(20))))
    assert again["kept"] == 20


def test_nobody_reaches_another_ones_import(listener: Listener, newcomer: Callable[..., Listener]) -> None:
    mine = imported(listener, ("a.json", spotify(played(5))))
    somebody = newcomer()
    for method in ("GET", "DELETE"):
        assert somebody.http.request(method, f"/me/imports/{mine['id']}").status_code == 404
    assert somebody.http.get("/me/imports").json() == {"items": []}
    assert [one["id"] for one in listener.http.get("/me/imports").json()["items"]] == [mine["id"]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("holiday.jpg", b"\xff\xd8\xff\xe0", "holiday.jpg is a picture"),
        ("empty.csv", b"", "empty.csv is empty"),
        ("torn.zip", zipped(a=b"[]").replace(b"PK\x01\x02", b"PK\x09\x09"), "torn.zip cannot be read"),
        ("bomb.zip", bomb(), "bomb.zip unpacks to more than 4,294,967,296 bytes"),
        ("table.csv", b"a,b\n1,2\n", "table.csv"),
        ("../../../../etc/passwd", b"root:x:0:0\n", "passwd"),
        ("undated.csv", b"Username,Artist,Track\nme,Muse,Starlight\n", ""),
    ],
)
def test_what_cannot_be_imported_is_one_clear_line(listener: Listener, name: str, content: bytes, said: str) -> None:
    done = imported(listener, (name, content))
    assert done["kept"] == 0
    if said:
        assert done["state"] == "failed"
        assert done["fault"].startswith(said)
        assert "\n" not in done["fault"]
    else:
        assert (done["state"], done["dropped"]) == ("done", {"no moment": 1})


def test_a_wrong_file_among_others_is_left_out_and_named(listener: Listener) -> None:
    files = [("holiday.jpg", b"\xff\xd8\xff\xe0"), ("endsong_0.json", spotify(played(20))), ("empty.csv", b"")]
    done = imported(listener, *files)
    assert (done["state"], done["kept"]) == ("done", 20)
    assert sorted(part.split(" ")[0] for part in done["fault"].split("; ")) == ["empty.csv", "holiday.jpg"]
    with_a_bomb = imported(listener, ("bomb.zip", bomb()), ("endsong_1.json", spotify(played(10, 20))))
    assert (with_a_bomb["state"], with_a_bomb["kept"]) == ("done", 10)
    assert with_a_bomb["fault"].startswith("bomb.zip unpacks to more than 4,294,967,296 bytes")
    none_left = imported(listener, files[0], files[2])
    assert none_left["state"] == "failed"
    assert "(and 1 more at fault)" in none_left["fault"]


def test_a_long_name_in_any_script_is_cut(listener: Listener) -> None:
    for name in ("歌" * 100, "Ж" * 140, "x" * 500):
        done = imported(listener, (f"{name}.json", spotify(played(10))))
        assert done["state"] == "done", done


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_that_is_none_names_no_import(workers: Server, method: str) -> None:
    with workers.client() as http:
        listener = sign_up(http)
    assert listener.http.request(method, "/me/imports/x").status_code == 404
    assert listener.http.request(method, "/me/imports/%00").status_code == 422
    assert listener.http.delete("/me/tokens/%00").status_code == 422
    listener.http.close()


@pytest.mark.nightly
def test_a_gzip_file_that_unpacks_to_too_much_is_left_out(listener: Listener) -> None:
    zeros = gzip.compress(bytes(2**26)) * 65  # 4.06 GiB
    done = imported(listener, ("bomb.csv.gz", zeros), ("endsong_0.json", spotify(played(10))))
    assert (done["state"], done["kept"]) == ("done", 10)
    assert done["fault"] == "bomb.csv.gz unpacks to more than 4,294,967,296 bytes: import it in parts"


def test_files_of_several_people_ask_which_one_it_is(listener: Listener) -> None:
    content = lastfm(played(10), "anna") + b"\n" + lastfm(played(10, 10), "boris").partition(b"\n")[2]
    asked = imported(listener, ("two.csv", content))
    assert asked["fault"] == (
        "the files hold the listens of 2 people (anna, boris): send the form field `listener` with the name of the one "
        "that is you"
    )
    wrong = imported(listener, ("two.csv", content), listener="carla")
    assert "no listens of 'carla', only of anna, boris" in wrong["fault"]
    done = imported(listener, ("two.csv", content), listener="boris")
    assert (done["state"], done["kept"], done["dropped"]) == ("done", 10, {"somebody else's": 10})


def test_a_form_without_files_is_refused(listener: Listener) -> None:
    answer = listener.http.post("/me/imports", data={"listener": "me"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "files: expected one file or more, as multipart/form-data"
    assert listener.http.post("/me/imports", content=b"x").status_code == 422


def test_more_than_500_mb_is_refused_before_it_is_read(server: Server, listener: Listener) -> None:
    head = (
        f"POST /me/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {listener.token}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {500 * 1024 * 1024 + 1}\r\n\r\n"
    )
    with server.connect() as connection:
        connection.sendall(head.encode())
        answer = read_answer(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"A body may have 500 MB at most." in answer


def test_in_a_private_session_nothing_is_imported(listener: Listener) -> None:
    listener.http.patch("/me", json={"private": True})
    answer = upload(listener, ("a.json", spotify(played(5))))
    assert answer.status_code == 409
    assert "private session" in answer.json()["detail"]
    assert listener.http.get("/me/imports").json() == {"items": []}


def count(url: str, table: str) -> int:
    query = f"SELECT count(*) FROM {table}"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as connection:
            return int(connection.execute(query).fetchone()[0])
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
def settings(tmp_path: Path, artifacts: Path, fresh_url: str) -> dict[str, str]:
    return {"DATABASE_URL": fresh_url, "ARTIFACTS_DIR": str(artifacts), "IMPORTS_DIR": str(tmp_path / "waiting")}


def _importers(server: Server) -> list[int]:
    """Processes that import, whichever worker started them."""
    workers = [server.process.pid, *children(server.process.pid)]
    started = [child for worker in workers for child in children(worker)]
    return [pid for pid in started if "import_process" in " ".join(command(pid))]


def _waiting(folder: Path) -> list[str]:
    return [path.name for path in (folder / "waiting").iterdir()]


def _has_size(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size == size


@pytest.fixture
def workers(settings: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, settings, gunicorn_command) as server:
        yield server


def test_killed_in_the_middle_an_import_loses_and_doubles_nothing(
    settings: dict[str, str], tmp_path: Path, fresh_url: str
) -> None:
    history = spotify(played(30_000))
    kills = 0
    with serving(tmp_path, settings) as server, server.client() as http:
        listener = sign_up(http)
        import_id = upload(listener, ("endsong_0.json", history)).json()["id"]
        eventually(lambda: 0 < state_of(listener, import_id)["read"] < 30_000)
        for pid in _importers(server):
            os.kill(pid, signal.SIGKILL)
            kills += 1
        half = state_of(listener, import_id)
        assert half["state"] == "running"
        assert count(fresh_url, "listens") == half["kept"]
    assert kills == 1
    with serving(tmp_path, settings) as server:  # jobs survive a restart
        listener.http.base_url = server.url
        eventually(lambda: state_of(listener, import_id)["state"] == "done")
        done = state_of(listener, import_id)
        assert (done["read"], done["kept"], done["dropped"]) == (30_000, 30_000, {})
        assert count(fresh_url, "listens") == 30_000
        assert _waiting(tmp_path) == [".slot-0"]
        listener.http.close()


def test_an_import_that_ends_the_process_again_and_again_fails_and_the_next_one_runs(
    settings: dict[str, str], tmp_path: Path, fresh_url: str
) -> None:
    with serving(tmp_path, settings) as server, server.client() as http, ImportFiles(tmp_path / "waiting").slot(1):
        listener = sign_up(http)
        deadly, good = (
            upload(listener, (f"{name}.csv", lastfm(played(10)))).json()["id"] for name in ("deadly", "good")
        )
    (file,) = (tmp_path / "waiting" / deadly).glob("*deadly*")
    file.unlink()
    os.mkfifo(file)  # whoever opens it waits
    told = json.dumps({"artifacts_dir": settings["ARTIFACTS_DIR"], "database_url": fresh_url,
                       "imports_dir": settings["IMPORTS_DIR"]})  # fmt: skip
    tries = tmp_path / "waiting" / deadly / ".tries"
    for kill in range(1, 6):
        with subprocess.Popen(PROCESS, stdin=subprocess.PIPE, cwd=tmp_path) as process:
            assert process.stdin is not None
            process.stdin.write(told.encode())
            process.stdin.close()
            eventually(partial(_has_size, tries, kill))
            process.kill()
    subprocess.run(PROCESS, input=told.encode(), cwd=tmp_path, check=True)
    with serving(tmp_path, settings) as server:
        listener.http.base_url = server.url
        failed, done = state_of(listener, deadly), state_of(listener, good)
        assert failed["state"] == "failed"
        assert failed["fault"] == "the server ended 5 times while it read this: its log says why"
        assert (done["state"], done["kept"]) == ("done", 10)
        listener.http.close()


def test_an_import_that_runs_is_ended_and_leaves_nothing(workers: Server, fresh_url: str) -> None:
    with workers.client() as http:
        listener = sign_up(http)
    import_id = upload(listener, ("endsong_0.json", spotify(played(30_000)))).json()["id"]
    eventually(lambda: state_of(listener, import_id)["read"] > 0)
    assert listener.http.delete(f"/me/imports/{import_id}").status_code == 204
    eventually(lambda: not _importers(workers))
    assert state_of(listener, import_id)["state"] == "undone"
    assert count(fresh_url, "listens") == 0
    listener.http.close()


def test_fifty_imports_at_once_are_queued_and_run_one_after_the_other(
    workers: Server, tmp_path: Path, fresh_url: str
) -> None:
    with workers.client() as http:
        people = [sign_up(http) for _ in range(5)]
    ids = [
        (somebody, upload(somebody, (f"{i}.json", spotify(played(10, 10 * i)))).json()["id"])
        for i in range(10)
        for somebody in people
    ]
    most = 0

    def all_done() -> bool:
        nonlocal most
        states = [one["state"] for somebody in people for one in somebody.http.get("/me/imports").json()["items"]]
        most = max(most, count(fresh_url, "imports WHERE state = 'running'"))
        assert len(states) == 50
        return set(states) == {"done"}

    eventually(all_done)
    assert most <= 1
    assert [state_of(somebody, one)["kept"] for somebody, one in ids] == [10] * 50
    eventually(lambda: _waiting(tmp_path) == [".slot-0"])
    for somebody in people:
        somebody.http.close()


def test_with_the_account_its_imports_and_their_files_are_gone(workers: Server, tmp_path: Path, fresh_url: str) -> None:
    with workers.client() as http:
        listener = sign_up(http)
    upload(listener, ("endsong_0.json", spotify(played(30_000))))
    assert farewell(listener).status_code == 204
    eventually(lambda: not _importers(workers))
    assert (count(fresh_url, "listens"), count(fresh_url, "imports")) == (0, 0)
    listener.http.close()
