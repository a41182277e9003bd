"""What is answered when something breaks inside."""

import asyncio

import httpx
import pytest
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI

from db import DatabaseDown
from errors import Code
from serving.http import problems


def _answer(failure: Exception) -> httpx.Response:
    app = FastAPI()

    @app.get("/")
    async def fail() -> None:
        raise failure

    problems.install(app)
    app.add_middleware(CorrelationIdMiddleware)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get("/")

    return asyncio.run(ask())


def test_an_unforeseen_error_is_logged_and_answered_without_what_is_inside(caplog: pytest.LogCaptureFixture) -> None:
    answer = _answer(RuntimeError("the password is hunter2"))
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-ID"]
    assert "hunter2" not in answer.text
    assert "hunter2" in caplog.text


def test_a_database_that_is_down_is_503_and_says_when_to_come_back() -> None:
    answer = _answer(DatabaseDown("connection to host db-7 refused"))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "db-7" not in answer.text


def test_a_lone_surrogate_in_a_message_does_no_harm() -> None:
    answer = _answer(problems.Problem(404, Code.SONG_UNKNOWN, "no song '\ud800'"))
    assert answer.status_code == 404
    assert answer.json()["detail"] == "no song '\ud800'"
