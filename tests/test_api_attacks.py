"""The attacker's list: each attempt, and that it comes to nothing."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwt

from serving.accounts.tokens import Tokens, TokenSubject
from tests.conftest import PASSWORD, STACK, Listener, Server, farewell, serving, sign_up
from tests.serving.two_camps import rock

KEY = "kept by the server of these tests, 48 bytes long!"
BEFORE = "the key that was replaced yesterday, 48 bytes too"

SQL = ["' OR '1'='1", "'; DROP TABLE users; --", '") OR 1=1 --', "admin'/*", "1; SELECT pg_sleep(9)", "%' AND '%'='"]


@pytest.fixture(scope="module")
def keyed(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose keys are known here."""
    settings = {"ARTIFACTS_DIR": str(artifacts), "API_SECRET_KEY": KEY, "API_SECRET_KEY_PREVIOUS": BEFORE}
    with serving(tmp_path_factory.mktemp("keyed"), settings) as server:
        yield server


@pytest.fixture(scope="module")
def ada(keyed: Server) -> Iterator[Listener]:
    with keyed.client() as http:
        listener = sign_up(http)
        yield listener
        listener.http.close()


def _status(listener: Listener, token: str) -> int:
    return httpx.get(listener.http.base_url.join("/me"), headers={"Authorization": f"Bearer {token}"}).status_code


def _claims(listener: Listener) -> dict[str, Any]:
    return dict(jwt.get_unverified_claims(listener.token))


def _b64(content: object) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _hmac(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    signed = f"{_b64(header)}.{_b64(claims)}"
    return f"{signed}.{_b64(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def test_the_forgeries_below_fail_for_what_is_wrong_with_them(ada: Listener) -> None:
    assert _status(ada, _hmac({"alg": "HS256", "typ": "JWT"}, _claims(ada), KEY.encode())) == 200


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_alg_none_is_refused(ada: Listener, name: str) -> None:
    unsigned = f"{_b64({'alg': name, 'typ': 'JWT'})}.{_b64(_claims(ada))}."
    assert _status(ada, unsigned) == 401
    assert _status(ada, unsigned + ada.token.rpartition(".")[2]) == 401


def test_other_algorithms_are_refused_even_with_our_key(ada: Listener) -> None:
    for algorithm in ("HS384", "HS512"):
        assert _status(ada, jwt.encode(_claims(ada), KEY, algorithm=algorithm)) == 401


def test_a_public_key_is_no_hmac_key_and_no_rsa_signature_counts(ada: Listener) -> None:
    pair = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = pair.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = pair.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert _status(ada, jwt.encode(_claims(ada), private.decode(), algorithm="RS256")) == 401
    assert _status(ada, _hmac({"alg": "HS256"}, _claims(ada), public)) == 401
    assert _status(ada, _hmac({"alg": "RS256"}, _claims(ada), KEY.encode())) == 401


def test_a_key_that_the_token_brings_along_is_not_used(ada: Listener) -> None:
    mine = b"a key of the attacker, as good as any other key!"
    for brought in (
        {"jwk": {"kty": "oct", "k": _b64(mine)}},
        {"kid": "../../dev/null"},
        {"jku": "http://evil.example"},
    ):
        assert _status(ada, _hmac({"alg": "HS256"} | brought, _claims(ada), mine)) == 401


def test_a_foreign_key_is_refused_and_the_one_before_is_not(ada: Listener) -> None:
    claims = _claims(ada)
    assert _status(ada, jwt.encode(claims, "x" * 48, algorithm="HS256")) == 401
    assert _status(ada, jwt.encode(claims, "", algorithm="HS256")) == 401
    assert _status(ada, jwt.encode(claims, BEFORE, algorithm="HS256")) == 200


def test_new_tokens_are_signed_with_the_new_key(ada: Listener) -> None:
    assert jwt.decode(ada.token, KEY, algorithms=["HS256"])["sub"]


def test_an_expired_token_is_refused_with_either_key(ada: Listener) -> None:
    late = _claims(ada) | {"iat": 1, "exp": int(time.time()) - 1}
    for key in (KEY, BEFORE):
        assert _status(ada, jwt.encode(late, key, algorithm="HS256")) == 401


@pytest.mark.parametrize("claim", ["sub", "iat", "exp", "jti", "ver", "sid"])
def test_a_token_without_a_claim_is_refused(ada: Listener, claim: str) -> None:
    claims = _claims(ada)
    del claims[claim]
    assert _status(ada, jwt.encode(claims, KEY, algorithm="HS256")) == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": 4_000_000_000},
        {"sub": "0" * 32},
        {"ver": 1},
        {"ver": -1},
        {"sub": "' OR 1=1 --"},
        {"sub": "a\x00"},
    ],
)
def test_a_token_for_somebody_or_some_time_else_is_refused(ada: Listener, claims: dict[str, Any]) -> None:
    assert _status(ada, jwt.encode(_claims(ada) | claims, KEY, algorithm="HS256")) == 401


def test_a_rotated_key_that_is_forgotten_is_a_foreign_key() -> None:
    old = Tokens(BEFORE, timedelta(hours=1))
    token = old.issue(TokenSubject("x" * 32, 0, "y" * 32))
    assert Tokens(KEY, timedelta(hours=1), BEFORE).read(token) == TokenSubject("x" * 32, 0, "y" * 32)
    with pytest.raises(Exception, match="not valid"):
        Tokens(KEY, timedelta(hours=1)).read(token)


def test_tokens_die_with_the_account_and_with_the_password(http: httpx.Client) -> None:
    changed, deleted = sign_up(http), sign_up(http)
    body = {"current_password": PASSWORD, "new_password": "a better one this time"}
    assert changed.http.post("/me/password", json=body).status_code == 200
    assert farewell(deleted).status_code == 204
    for listener in (changed, deleted):
        assert listener.http.get("/me").status_code == 401
        assert listener.http.post("/me/likes", json={"song_id": rock(0)}).status_code == 401
        listener.http.close()


@pytest.mark.parametrize("sql", SQL)
def test_sql_is_only_text(http: httpx.Client, listener: Listener, sql: str) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps([9, sql]).encode()).decode()
    seeds = [sql, sql + "2", {"artist": sql, "track": sql}]
    answers = [
        http.post("/auth/login", data={"username": sql, "password": sql}),
        http.post("/auth/login", data={"username": f"{listener.username}{sql}", "password": PASSWORD}),
        http.get("/catalog/search", params={"q": sql}),
        http.get("/catalog/songs", params={"song_id": sql}),
        http.get("/recommendations/similar", params={"song_id": rock(0), "exclude": sql}),
        listener.http.post("/me/likes", json={"song_id": sql}),
        listener.http.delete("/me/likes", params={"song_id": sql}),
        listener.http.get("/me/likes", params={"cursor": cursor}),
        listener.http.post("/recommendations/cold-start", json={"seeds": seeds}),
        http.post("/auth/signup", json={"username": f"{sql} {listener.username[-8:]}", "password": PASSWORD}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 200, 200, 200, 404, 204, 200, 422, 201]
    assert listener.http.get("/me").json()["username"] == listener.username


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "..\\..\\windows", "/etc/passwd", "file:///etc/passwd", "%2e%2e%2f"]
)
def test_ids_are_no_paths(http: httpx.Client, path: str) -> None:
    assert http.get("/recommendations/similar", params={"song_id": path}).status_code == 404
    assert http.get("/catalog/songs", params={"song_id": path}).json() == {"items": [], "unknown": [path]}
    # nginx itself refuses what leads out of the root
    assert http.get(f"/{path}").status_code == (400 if STACK and path.startswith("%2e") else 404)


@pytest.mark.parametrize("evil", ["%0d%0aX-Evil:1", "%0aSet-Cookie:a=b", "\u560d\u560aX-Evil:1"])
def test_no_text_of_a_caller_becomes_a_header(http: httpx.Client, evil: str) -> None:
    answers = [
        http.get(f"/catalog/songs?song_id={evil}"),
        http.get(f"/{evil}"),
        http.get("/health", headers={b"X-Request-ID": evil.encode()}),
    ]
    for answer in answers:
        assert "X-Evil" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert "Evil" not in answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b'{"song_id": "' + b"x" * 60_000 + b'"}', {422}),
        (b'{"song_id": "' + b"x" * 5_000_000 + b'"}', {413}),
        (b'{"song_id":' * 5_000 + b"1" + b"}" * 5_000, {400, 422}),
        (b"[" * 30_000 + b"]" * 30_000, {400, 422}),
        (b'{"song_id": "\\ud800"}', {422}),
        (b'{"song_id": "\xed\xa0\x80"}', {400, 422}),
        (b'{"song_id": 1e999}', {422}),
        (b'{"song_id": ' + b"9" * 5_000 + b"}", {400, 422}),
    ],
    ids=["long", "huge", "deep", "deeper", "lone surrogate", "surrogate in UTF-8", "infinite", "many digits"],
)
def test_monstrous_json_is_refused_quickly(listener: Listener, body: bytes, statuses: set[int]) -> None:
    answer = listener.http.post("/me/likes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in statuses
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_login_costs_a_hash_whether_the_account_exists_or_not(keyed: Server, ada: Listener) -> None:
    def checked() -> float:
        return keyed.counted("redux_password_seconds_count", call="verify")

    for username in (ada.username, "nobody-of-that-name"):
        before = checked()
        answer = ada.http.post("/auth/login", data={"username": username, "password": "not the password"})
        assert answer.status_code == 401
        assert checked() == before + 1


def test_no_secret_is_ever_logged(server: Server, http: httpx.Client, listener: Listener) -> None:
    http.post("/auth/login", data={"username": listener.username, "password": "logged-by-mistake"})
    http.post("/auth/signup", json={"username": "x", "password": "logged-by-mistake"})
    http.get("/me", headers={"Authorization": "Bearer logged-by-mistake"})
    http.get("/catalog/songs?song_id=logged-by-mistake")
    said = server.log.read_text()
    for secret in (PASSWORD, "logged-by-mistake", listener.token):
        assert secret not in said
    assert "POST /auth/login 401" in said
