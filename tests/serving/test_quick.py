"""The short way to a route answers as FastAPI's own way does."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

import httpx
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints

from serving.quick import QuickRoute


class _Heard(BaseModel):
    word: str
    times: int
    others: list[str]
    maybe: str | None
    agent: str


async def _agent(request: Request) -> str:
    agent = request.headers.get("user-agent", "")
    if agent == "nobody":
        raise HTTPException(401, "who?")
    return agent


async def _echo(
    agent: Annotated[str, Depends(_agent)],
    word: Annotated[str, StringConstraints(min_length=1, max_length=5), Query()],
    times: Annotated[int, Query(ge=1, le=9)] = 3,
    others: Annotated[list[str], Query(max_length=2)] = [],  # noqa: B006  FastAPI copies it
    maybe: Annotated[str | None, Query(pattern="^[a-z]*$")] = None,
) -> _Heard:
    return _Heard(word=word, times=times, others=others, maybe=maybe, agent=agent)


async def _shout(word: Annotated[str, Query()], tone: Annotated[str, Header()] = "!") -> dict[str, str]:
    return {"word": word + tone}


def _app(route_class: type[APIRoute]) -> FastAPI:
    router = APIRouter(route_class=route_class)
    router.add_api_route("/echo", _echo, methods=["GET"])
    router.add_api_route("/shout", _shout, methods=["GET"])
    app = FastAPI()
    app.include_router(router)
    return app


_QUICK, _CAREFUL = _app(QuickRoute), _app(APIRoute)


def _get(app: FastAPI, address: str, agent: str = "me") -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get(address, headers={"User-Agent": agent, "Tone": "?"})

    return asyncio.run(ask())


_NAMES = st.sampled_from(["word", "times", "others", "maybe", "stray"])
_VALUES = st.one_of(st.text(max_size=7), st.integers(-1, 11).map(str), st.sampled_from(["", "1.0", " 2", "1e0", "a"]))


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=6), st.sampled_from(["me", "nobody"]))
def test_any_query_is_answered_alike(query: list[tuple[str, str]], agent: str) -> None:
    address = "/echo?" + urlencode(query, errors="replace")
    one, other = (_get(app, address, agent) for app in (_QUICK, _CAREFUL))
    assert (one.status_code, one.json(), one.headers) == (other.status_code, other.json(), other.headers)


def test_some_of_those_queries_are_good() -> None:
    heard = _get(_QUICK, "/echo?word=hey&times=2&others=a&others=b").json()
    assert heard == {"word": "hey", "times": 2, "others": ["a", "b"], "maybe": None, "agent": "me"}


def test_an_endpoint_that_asks_for_more_goes_the_careful_way() -> None:
    assert _get(_QUICK, "/shout?word=hey").json() == {"word": "hey?"}
    assert _get(_QUICK, "/shout").json() == _get(_CAREFUL, "/shout").json()


def test_both_ways_are_documented_alike() -> None:
    assert _QUICK.openapi() == _CAREFUL.openapi()
