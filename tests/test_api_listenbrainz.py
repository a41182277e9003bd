"""ListenBrainz's protocol: real clients, what players are known to send, its limits and its words."""

import gc
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import liblistenbrainz
import listenbrainz_submit
import pytest
import trustme

from tests.conftest import Listener, Server, serving, sign_up
from tests.serving.two_camps import rock

JUST_NOW = int(time.time()) - 1000
SONG = {"artist_name": "Sigur Rós", "track_name": "Diamond"}


def token_of(listener: Listener, name: str = "player") -> str:
    answer = listener.http.post("/me/tokens", json={"name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def player(server: Server, token: str) -> httpx.Client:
    return httpx.Client(base_url=f"{server.url}/1/", headers={"Authorization": f"Token {token}"}, timeout=30)


@pytest.fixture
def own(server: Server, listener: Listener) -> Iterator[httpx.Client]:
    """A player of a new listener."""
    with player(server, token_of(listener)) as http:
        yield http


def submit(http: httpx.Client, kind: str, *payload: object) -> httpx.Response:
    return http.post("submit-listens", json={"listen_type": kind, "payload": payload})


def listen(moment: int = JUST_NOW, /, **metadata: object) -> dict[str, Any]:
    return {"listened_at": moment, "track_metadata": {**SONG, **metadata}}


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # it closes none of its sessions
def test_liblistenbrainz_validates_submits_and_reads_back(server: Server, listener: Listener) -> None:
    client = liblistenbrainz.ListenBrainz(api_base_url=server.url)
    client.set_auth_token(token_of(listener))
    more = {"listening_from": "a test", "tags": ["calm"], "recording_mbid": "2cfad207-3f55-4aec-8120-86cf66e34d59"}
    client.submit_single_listen(liblistenbrainz.Listen("Diamond", "Sigur Rós", JUST_NOW, "Stones", **more))
    others = [liblistenbrainz.Listen(f"Song {i}", "Somebody", JUST_NOW - i) for i in range(1, 30)]
    client.submit_multiple_listens(others)
    client.submit_multiple_listens(others)  # a player that did not hear the answer sends them again
    client.submit_playing_now(liblistenbrainz.Listen("Basalt", "Muse"))
    found = client.get_listens(listener.username, count=100)
    assert [(one.artist_name, one.track_name, one.listened_at) for one in found] == [
        ("Sigur Rós", "Diamond", JUST_NOW),
        *(("Somebody", f"Song {i}", JUST_NOW - i) for i in range(1, 30)),
    ]
    assert (found[0].release_name, found[0].tags, found[0].recording_mbid) == (
        "Stones",
        ["calm"],
        more["recording_mbid"],
    )
    earlier = client.get_listens(listener.username, max_ts=JUST_NOW - 1, count=2)
    assert [one.track_name for one in earlier] == ["Song 2", "Song 3"]
    later = client.get_listens(listener.username, min_ts=JUST_NOW - 3, count=2)
    assert [one.track_name for one in later] == ["Song 1", "Song 2"]
    assert client.get_user_listen_count(listener.username) == 30
    playing = client.get_playing_now(listener.username)
    assert (playing.artist_name, playing.track_name) == ("Muse", "Basalt")
    with pytest.raises(liblistenbrainz.errors.InvalidAuthTokenException):
        client.set_auth_token("no-token-of-ours")
    gc.collect()


@contextmanager
def https_before(server: Server) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A port that speaks HTTPS and hands on to a server, and a context that trusts it."""
    upstream = httpx.URL(server.url)
    if upstream.scheme == "https":
        yield upstream.port or 443, ssl.create_default_context()
        return
    authority = trustme.CA()
    context, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(context)
    authority.configure_trust(trusting)

    class HandOn(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection((upstream.host, upstream.port or 0)) as there,
            ):
                back = threading.Thread(target=_copy, args=(there, client))
                back.start()
                _copy(client, there)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), HandOn) as proxy:
        threading.Thread(target=proxy.serve_forever).start()
        yield proxy.server_address[1], trusting
        proxy.shutdown()


def _copy(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):  # the client has what it wanted and is gone
        while data := one.recv(65_536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


def test_listenbrainz_submit_speaks_to_it_over_https(
    server: Server, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https_before(server) as (port, trusting):
        monkeypatch.setattr(listenbrainz_submit, "HOST_NAME", f"localhost:{port}")  # its one way to name another
        client = listenbrainz_submit.ListenBrainzClient(token_of(listener), ssl_context=trusting)
        track = listenbrainz_submit.Track("Sigur Rós", "Diamond", "Stones", {"tracknumber": 4})
        assert client.playing_now(track).status == 200
        assert client.listen(JUST_NOW, track).status == 200
        assert client.import_tracks([(JUST_NOW - 60, track), (JUST_NOW - 120, track)]).status == 200
    kept = listener.http.get("/me/listens").json()["items"]
    assert [one["song_id"] for one in kept] == [rock(3)] * 3


def test_what_navidrome_sends_is_answered(own: httpx.Client, listener: Listener) -> None:
    checked = own.request("GET", "validate-token", content=b"{}")
    assert checked.json()["user_name"] == listener.username
    info: dict[str, object] = {
        "submission_client": "navidrome",
        "submission_client_version": "0.58.0",
        "tracknumber": 4,
    }
    mbids = {"artist_mbids": ["f6f2326f-6b25-4170-b89d-e235b25508e8"], "release_mbid": "", "duration_ms": 240_000}
    metadata: dict[str, object] = {
        "release_name": "Stones",
        "additional_info": {**info, **mbids, "artist_names": ["Sigur Rós"]},
    }
    assert submit(own, "playing_now", {"track_metadata": {**SONG, **metadata}}).json() == {"status": "ok"}
    assert submit(own, "single", listen(**metadata)).json() == {"status": "ok"}
    (kept,) = listener.http.get("/me/listens").json()["items"]
    assert (kept["song_id"], kept["source"]) == (rock(3), "navidrome")
    shown = own.get(f"user/{listener.username}/listens").json()["payload"]["listens"][0]["track_metadata"]
    assert "release_mbid" not in shown["additional_info"]
    assert shown["additional_info"]["artist_names"] == ["Sigur Rós"]


def test_what_pano_scrobbler_sends_is_answered(own: httpx.Client, listener: Listener) -> None:
    info = {
        "media_player": "AIMP",
        "submission_client": "Pano Scrobbler",
        "submission_client_version": "4.0",
        "duration_ms": 1,
    }
    payload = [listen(JUST_NOW - i, release_name=None, additional_info=info) for i in range(3)]
    assert own.get("validate-token").json()["valid"] is True
    assert submit(own, "import", *payload).json() == {"status": "ok"}
    recent = own.get(f"user/{listener.username}/listens", params={"count": 50, "max_ts": JUST_NOW + 1})
    assert recent.json()["payload"]["count"] == 3
    assert own.get(f"user/{listener.username}/playing-now").json()["payload"]["listens"] == []
    assert own.get(f"user/{listener.username}/listen-count").json() == {"payload": {"count": 3}}
    assert own.get(f"stats/user/{listener.username}/artists").status_code == 404


def test_answers_are_those_of_listenbrainz_to_the_byte(
    own: httpx.Client, http: httpx.Client, listener: Listener
) -> None:
    name = listener.username
    assert own.get("validate-token").content == (
        b'{"code":200,"message":"Token valid.","valid":true,"user_name":"%s"}' % name.encode()
    )
    assert http.get("/1/validate-token", params={"token": "x"}).content == (
        b'{"code":200,"message":"Token invalid.","valid":false}'
    )
    assert submit(own, "single", listen()).content == b'{"status":"ok"}'
    for answer, status, said in (
        (http.get("/1/validate-token"), 400, "You need to provide an Authorization token."),
        (_submit_as(http, None), 401, "You need to provide an Authorization header."),
        (_submit_as(http, "Token"), 401, "Provided Authorization header is invalid."),
        (_submit_as(http, "Token x"), 401, "Invalid authorization token."),
        (own.get("user/somebody-else/listens"), 404, "Cannot find user: somebody-else"),
        (own.get(f"user/{name}/listens?max_ts=5&min_ts=9"), 400, "max_ts should be greater than min_ts"),
        (own.get(f"user/{name}/listens?max_ts=5&min_ts=5"), 400, "min_ts should be less than max_ts"),
        (own.get(f"user/{name}/listens?count=many"), 400, "Invalid count argument: many"),
    ):
        assert answer.status_code == status
        assert answer.content == json.dumps({"code": status, "error": said}, separators=(",", ":")).encode()


def _submit_as(http: httpx.Client, authorization: str | None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return http.post("/1/submit-listens", json={"listen_type": "single", "payload": [listen()]}, headers=headers)


def _info(**info: object) -> dict[str, Any]:
    return listen(additional_info=info)


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        ("single", {"track_metadata": SONG}, "JSON document must contain the key listened_at at the top level."),
        ("single", listen() | {"listened_at": "noon"}, "JSON document must contain an int value for listened_at."),
        (
            "single",
            listen() | {"more": 1},
            "JSON document may only contain listened_at and track_metadata top level keys",
        ),
        (
            "single",
            listen(1_033_430_399),
            "Value for key listened_at is too low. listened_at timestamp should be "
            "greater than 1033410600 (2002-10-01 00:00:00 UTC).",
        ),
        ("single", listen(int(time.time()) + 7200), "Value for key listened_at is too high."),
        ("single", {"listened_at": JUST_NOW}, "JSON document must contain the key track_metadata at the top level."),
        (
            "single",
            {"listened_at": JUST_NOW, "track_metadata": None},
            "JSON document may not have track_metadata with null value.",
        ),
        ("playing_now", listen(), "JSON document must not contain listened_at while submitting playing_now."),
        (
            "playing_now",
            {"track_metadata": SONG, "more": 1},
            "JSON document may only contain track_metadata as top level key when submitting playing_now.",
        ),
        ("import", listen(artist_name=["Sigur Rós"]), "track_metadata.artist_name must be a single string."),
        ("import", listen(track_name=" "), "field track_metadata.track_name is empty."),
        (
            "import",
            {"listened_at": JUST_NOW, "track_metadata": {"track_name": "Diamond"}},
            "JSON document does not contain required field track_metadata.artist_name.",
        ),
        (
            "import",
            _info(tags=["x"] * 51),
            "JSON document may not contain more than 50 items in track_metadata.additional_info.tags.",
        ),
        (
            "import",
            _info(tags=["x" * 65]),
            "JSON document may not contain track_metadata.additional_info.tags longer than 64 characters.",
        ),
        (
            "import",
            _info(duration=1, duration_ms=1000),
            "JSON document should not contain both duration and duration_ms.",
        ),
        ("import", _info(duration=-1), "Value for duration is invalid, should be a positive integer."),
        (
            "import",
            _info(duration_ms=2_073_600_001),
            "Value for duration_ms is too large, max permitted value is 2073600000",
        ),
        ("import", _info(release_mbid="x"), "release_mbid MBID format invalid."),
        ("import", _info(artist_mbids=["x"]), "artist_mbids MBID format invalid."),
        ("import", _info(label="a\0b"), "a\0b contains a unicode null"),
    ],
)
def test_a_wrong_listen_is_refused_in_listenbrainzs_words_and_echoed(
    own: httpx.Client, kind: str, wrong: dict[str, Any], said: str
) -> None:
    answer = submit(own, kind, wrong)
    assert answer.status_code == 400
    told = answer.json()
    assert (told["code"], told["error"]) == (400, said)
    assert set(told) - {"code", "error"} == set(wrong)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[]", "Invalid JSON document submitted. Top level of JSON document should be a json object."),
        (b"{}", "Invalid JSON document submitted."),
        (b'{"listen_type":"single","payload":{}}', "The payload in the JSON document should be a list of listens."),
        (b'{"listen_type":"single","payload":[]}', "JSON document does not contain any listens"),
        (b'{"listen_type":"double","payload":[{}]}', "JSON document requires a valid listen_type key."),
        (
            b'{"listen_type":"single","payload":[{},{}]}',
            "JSON document contains more than listen for a single/playing_now. It should contain only one.",
        ),
        (b'{"listen_type":"import","payload":[null]}', "Listen is empty and cannot be validated."),
        (
            b'{"listen_type":"import","payload":[%s]}' % b",".join([b"{}"] * 1001),
            "Too many listens. You may not submit more than 1000 listens at once.",
        ),
        (
            b'{"listen_type":"import","payload":["%s"]}' % (b"x" * 10_240),
            "JSON document is too large. Each listens may not be larger than 10240 bytes.",
        ),
        (
            b'{"listen_type":"single","payload":[{"x":%s1%s}]}' % (b"[" * 1000, b"]" * 1000),
            "Cannot parse JSON document: it is nested deeper than 100 levels",
        ),
        (b" " * 10_240_001, "Payload too large. Payload cannot exceed 10240000 bytes"),
    ],
)
def test_a_wrong_document_is_400_in_listenbrainzs_words(own: httpx.Client, content: bytes, said: str) -> None:
    answer = own.post("submit-listens", content=content)
    assert answer.status_code == 400
    assert answer.content == json.dumps({"code": 400, "error": said}, separators=(",", ":")).encode()


def test_a_document_that_hides_its_length_is_told_in_listenbrainzs_words(own: httpx.Client) -> None:
    answer = own.post("submit-listens", content=iter([b" " * 10_240_000, b" "]))
    assert answer.status_code == 400
    assert answer.json() == {"code": 400, "error": "Payload too large. Payload cannot exceed 10240000 bytes"}


def test_what_is_no_json_is_400(own: httpx.Client) -> None:
    answer = own.post("submit-listens", content=b"listen_type=single")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Cannot parse JSON document: ")


def test_a_thousand_listens_of_ten_thousand_bytes_fit(own: httpx.Client, listener: Listener) -> None:
    payload = [listen(JUST_NOW - i, additional_info={"label": "x" * 9_900}) for i in range(1000)]
    assert submit(own, "import", *payload).json() == {"status": "ok"}
    assert own.get(f"user/{listener.username}/listen-count").json() == {"payload": {"count": 1000}}


def test_moments_are_exclusive_on_both_sides_and_twins_stand_together(own: httpx.Client, listener: Listener) -> None:
    twins = [listen(JUST_NOW + i // 2, track_name=f"Twin {i}") for i in range(8)]
    submit(own, "import", *twins)

    def shown(**params: int) -> list[int]:
        found = own.get(f"user/{listener.username}/listens", params=params).json()["payload"]
        assert found["count"] == len(found["listens"])
        assert (found["latest_listen_ts"], found["oldest_listen_ts"]) == (JUST_NOW + 3, JUST_NOW)
        return [one["listened_at"] - JUST_NOW for one in found["listens"]]

    assert shown() == [3, 3, 2, 2, 1, 1, 0, 0]
    assert shown(max_ts=JUST_NOW + 2) == [1, 1, 0, 0]
    assert shown(min_ts=JUST_NOW + 2) == [3, 3]
    assert shown(min_ts=JUST_NOW, max_ts=JUST_NOW + 3) == [2, 2, 1, 1]
    assert shown(count=3) == [3, 3, 2]
    assert shown(count=5000) == [3, 3, 2, 2, 1, 1, 0, 0]


def test_what_is_playing_is_over_when_the_song_is(own: httpx.Client, listener: Listener) -> None:
    answer = own.post(
        "submit-listens?return_msid=true",
        json={
            "listen_type": "playing_now",
            "payload": [{"track_metadata": {**SONG, "additional_info": {"duration": 900}}}],
        },
    )
    assert set(answer.json()) == {"status", "recording_msid"}
    shown = own.get(f"user/{listener.username}/playing-now").json()["payload"]
    assert (shown["count"], shown["playing_now"]) == (1, True)
    assert "listened_at" not in shown["listens"][0]
    submit(own, "playing_now", {"track_metadata": {**SONG, "additional_info": {"duration_ms": 1}}})
    assert own.get(f"user/{listener.username}/playing-now").json()["payload"]["listens"] == []
    assert listener.http.get("/me/listens").json()["items"] == []


def test_in_a_private_session_players_are_answered_and_nothing_is_kept(own: httpx.Client, listener: Listener) -> None:
    listener.http.patch("/me", json={"private": True})
    assert submit(own, "single", listen()).content == b'{"status":"ok"}'
    assert submit(own, "playing_now", {"track_metadata": SONG}).content == b'{"status":"ok"}'
    assert own.get(f"user/{listener.username}/playing-now").json()["payload"]["count"] == 0
    assert own.get(f"user/{listener.username}/listen-count").json() == {"payload": {"count": 0}}


def test_a_token_is_shown_once_and_its_use_is_noted(server: Server, listener: Listener) -> None:
    made = listener.http.post("/me/tokens", json={"name": " Navidrome "}).json()
    (listed,) = listener.http.get("/me/tokens").json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert (listed["name"], listed["prefix"], listed["last_used_at"]) == ("Navidrome", made["token"][:8], None)
    with player(server, made["token"]) as http:
        assert submit(http, "single", listen()).status_code == 200
        (used,) = listener.http.get("/me/tokens").json()["items"]
        assert used["last_used_at"] >= used["created_at"]
        assert listener.http.delete(f"/me/tokens/{made['id']}").status_code == 204
        assert submit(http, "single", listen(JUST_NOW - 1)).status_code == 401
    assert listener.http.get("/me/tokens").json() == {"items": []}
    assert listener.http.delete(f"/me/tokens/{made['id']}").status_code == 404


def test_a_players_token_reaches_nothing_else_and_no_other_token_reaches_its_routes(
    server: Server, listener: Listener, newcomer: Callable[..., Listener]
) -> None:
    token = token_of(listener)
    for scheme in ("Bearer", "Token"):
        for path in ("/me", "/me/listens", "/me/likes", "/me/export", "/recommendations/categories"):
            assert httpx.get(server.url + path, headers={"Authorization": f"{scheme} {token}"}).status_code == 401
    with player(server, listener.token) as http:
        assert submit(http, "single", listen()).status_code == 401
    somebody = newcomer()
    with player(server, token) as http:
        answer = http.get(f"user/{somebody.username}/listens")
        nobody = http.get("user/nobody-of-that-name/listens")
        assert answer.status_code == nobody.status_code == 404
    (id_,) = (one["id"] for one in listener.http.get("/me/tokens").json()["items"])
    assert somebody.http.delete(f"/me/tokens/{id_}").status_code == 404


def test_an_account_has_fifty_tokens_at_most(listener: Listener) -> None:
    for i in range(50):
        token_of(listener, f"player {i}")
    refused = listener.http.post("/me/tokens", json={"name": "one more"})
    assert refused.status_code == 409
    assert "50 tokens already" in refused.json()["detail"]


def test_browsers_may_ask_from_any_page(own: httpx.Client) -> None:
    page = {"Origin": "https://player.example"}
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    asked = own.options("submit-listens", headers=page | wanted)
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    own.headers.update(page)
    assert submit(own, "single", listen()).headers.get_list("access-control-allow-origin") == ["*"]


def test_who_asks_too_often_is_told_in_listenbrainzs_headers(tmp_path: Path, artifacts: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/redux.db", "ARTIFACTS_DIR": str(artifacts), "RATE_LIMITS": "on"}
    with serving(tmp_path, settings) as server, server.client() as http:
        somebody = sign_up(http)
        with somebody.http, player(server, token_of(somebody)) as own:
            answers = [submit(own, "single", listen(JUST_NOW - i)) for i in range(60)]
    first, last = answers[0], answers[-1]
    assert (first.status_code, first.headers["X-RateLimit-Limit"]) == (200, "30")
    assert int(first.headers["X-RateLimit-Remaining"]) == 29
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert limited.json() == {
        "code": 429,
        "error": "You have exceeded your rate limit. See the X-RateLimit-* response headers for more information on "
        "your current rate limit.",
    }
    assert limited.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(limited.headers["X-RateLimit-Reset-In"]) <= 10
    assert abs(int(limited.headers["X-RateLimit-Reset"]) - time.time()) < 60
    assert last.status_code in (200, 429)
