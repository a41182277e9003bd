"""Every error is a problem document, whatever caused it."""

import re

import httpx
import pytest

from tests.conftest import STACK, Listener

JSON = {"Content-Type": "application/json"}


def _is_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert isinstance(body["title"], str)
    assert isinstance(body["detail"], str)
    assert body["detail"]
    assert ("errors" in body) == (status == 422)
    assert "Traceback" not in answer.text


def test_every_answer_has_a_request_id(http: httpx.Client) -> None:
    for path in ("/health", "/nowhere", "/me", "/catalog/search", "/docs"):
        assert re.fullmatch(r"[0-9a-f]{32}", http.get(path).headers["X-Request-ID"])


def test_a_request_id_that_was_sent_comes_back(http: httpx.Client) -> None:
    sent = "0123456789abcdef0123456789abcdef"
    assert http.get("/health", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent
    assert http.get("/health", headers={"X-Request-ID": "x\t<script>"}).headers["X-Request-ID"] != "x\t<script>"


def test_unknown_paths_and_methods_are_problems(http: httpx.Client) -> None:
    _is_problem(http.get("/nowhere"), 404)
    _is_problem(http.get("/health/"), 404)
    if STACK:  # nginx itself refuses what leads out of the root
        assert http.get("/..%2f..%2fetc/passwd").status_code == 400
    else:
        _is_problem(http.get("/..%2f..%2fetc/passwd"), 404)
    wrong_method = http.put("/me/likes")
    _is_problem(wrong_method, 405)
    assert wrong_method.headers["Allow"] == "DELETE, GET, POST"
    assert http.put("/1/submit-listens").headers["Allow"] == "GET, OPTIONS, POST"
    assert http.post("/me/imports/x").headers["Allow"] == "DELETE, GET"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (b"\xff\xfe", 422),
        (b"[" * 60_000, 400),
        (b"[" * 100_000, 413),
        (b"1" * 10_000, 400),
        (b'{"song_id": NaN}', 422),
        (b'{"song_id": "\\ud800"}', 422),
        (b'{"\\ud800": 1}', 422),
        (b'{"song_id": "a\\u0000"}', 422),
    ],
)
def test_bodies_that_are_not_what_they_should_be_are_problems(listener: Listener, content: bytes, status: int) -> None:
    _is_problem(listener.http.post("/me/likes", content=content, headers=JSON), status)


def test_a_body_of_another_type_is_a_problem(listener: Listener) -> None:
    _is_problem(listener.http.post("/me/likes", content=b"song_id=x", headers={"Content-Type": "text/plain"}), 422)
    _is_problem(listener.http.post("/auth/login", json={"username": "a", "password": "b"}), 422)


@pytest.mark.parametrize(
    "form",
    [b"username=%00a&password=12345678", b"username=\xff&password=%ff", b"username=a&username=b", b"a" * 100_000],
)
def test_login_forms_that_are_not_text_are_problems(http: httpx.Client, form: bytes) -> None:
    answer = http.post("/auth/login", content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert 400 <= answer.status_code < 500
    _is_problem(answer, answer.status_code)


@pytest.mark.parametrize(
    "song_id", ["%00", "a%00b", "%ED%A0%80", "%ff", "%F0%9F%8E%B5", "..%2F..%2F", "x" * 2001, "%0D%0AX-Evil:1"]
)
def test_strange_song_ids_in_the_address_are_4xx(listener: Listener, song_id: str) -> None:
    answer = listener.http.get(f"/recommendations/similar?song_id={song_id}")
    _is_problem(answer, answer.status_code)
    assert 400 <= answer.status_code < 500
    assert listener.http.get(f"/catalog/songs?song_id={song_id}").status_code in (200, 422)
    assert listener.http.delete(f"/me/likes?song_id={song_id}").status_code in (204, 422)


def test_a_missing_parameter_is_named(http: httpx.Client) -> None:
    answer = http.get("/recommendations/similar")
    _is_problem(answer, 422)
    assert answer.json()["detail"] == "song_id: Field required"
    assert answer.json()["errors"] == [{"loc": ["query", "song_id"], "msg": "Field required", "code": "missing"}]
