"""Requests as listeners send them, ready-made: for our app and for an app with the literal routes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import httpx
import numpy as np

from tests.load import request

PASSWORD = "correct horse battery"
LISTENERS = 32
_LIKES = 5  # of each listener
_MANY = 4_000  # different requests of a kind


class Route(NamedTuple):
    """A row of the table. literal: the same of the literal app, empty where it has no such route.

    asked_before: every request was answered once before it is measured, as in a server that runs for a while.
    """

    name: str
    requests: list[bytes]
    literal: list[bytes]
    asked_before: bool = False


@dataclass(frozen=True)
class Catalog:
    """song_ids and tracks by row, most listened first, for each of the two apps."""

    song_ids: Sequence[str]
    tracks: Sequence[str]

    def popular_rows(self, count: int, seed: int = 0) -> list[int]:
        """Rows as listeners ask for them: half of all requests go to a tenth of the songs."""
        drawn = np.random.default_rng(seed).power(0.3, count) * len(self.song_ids)
        return [int(row) for row in drawn]

    def each_once(self, count: int, seed: int = 1) -> list[int]:
        """Rows of which none was asked for before."""
        return [int(row) for row in np.random.default_rng(seed).permutation(len(self.song_ids))[:count]]


def sign_up(port: int, catalog: Catalog, *, literal: bool = False) -> list[str]:
    """Tokens of listeners with 5 seeds, where the app keeps seeds, and 5 likes each."""
    tokens = []
    likes = "/likes" if literal else "/me/likes"
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        for i in range(LISTENERS):
            account = {"username": f"listener {i}", "password": PASSWORD}
            more = {"email": f"{i}@localhost"} if literal else {}
            answer = http.post("/auth/signup", json=account | more).raise_for_status()
            tokens.append(answer.json()["access_token"])
            own = {"Authorization": f"Bearer {tokens[-1]}"}
            if not literal:
                http.post("/recommendations/cold-start", json={"seeds": seeds(catalog, i)}, headers=own)
            for row in catalog.popular_rows(_LIKES, seed=100 + i):
                http.post(likes, json={"song_id": catalog.song_ids[row]}, headers=own).raise_for_status()
    return tokens


def seeds(catalog: Catalog, listener: int) -> list[str]:
    """Five songs of a listener's choice, of the popular half."""
    rows = np.random.default_rng(1000 + listener).permutation(len(catalog.song_ids) // 2)[:5]
    return [catalog.song_ids[int(row)] for row in rows]


def open_routes(catalog: Catalog, old: Catalog | None) -> list[Route]:
    """What anybody may ask."""
    path, listened, typed = "/recommendations/similar", catalog.popular_rows(_MANY), catalog.popular_rows(_MANY // 4)
    routes = [
        Route("similar", _by_song(catalog, path, listened), _by_song(old, path, listened) if old else [], True),
        Route("similar, each song once", _by_song(catalog, path, catalog.each_once(len(catalog.song_ids))), []),
        Route("search", _searches(catalog, typed), _searches(old, typed) if old else [], True),
    ]
    routes.append(Route("search, each text once", _searches(catalog, catalog.each_once(_MANY * 4), whole=True), []))
    routes.append(Route("popular", [request("/catalog/popular")], []))
    return routes


def own_routes(catalog: Catalog, tokens: list[str], old: Catalog | None, old_tokens: list[str]) -> list[Route]:
    """What listeners ask about themselves."""
    cold_start = "/recommendations/cold-start"
    again = [_post(cold_start, token, {"seeds": seeds(catalog, i)}) for i, token in enumerate(tokens)]
    old_start = (
        [_post(cold_start, token, {"seeds": seeds(old, i)}) for i, token in enumerate(old_tokens)] if old else []
    )
    categories = "/recommendations/categories"
    return [
        Route("me", [request("/me", token=token) for token in tokens], []),
        Route("me/likes", _gets("/me/likes", tokens), _gets("/likes", old_tokens)),
        Route("categories", _gets(categories, tokens), _gets(categories, old_tokens)),
        Route("categories, each page once", _pages(tokens), []),
        Route("cold-start", again, old_start),
        Route("like", _likes(catalog, "/me/likes", tokens), _likes(old, "/likes", old_tokens) if old else []),
    ]


def _by_song(catalog: Catalog, path: str, rows: list[int]) -> list[bytes]:
    return [request(path, song_id=catalog.song_ids[row]) for row in rows]


def _searches(catalog: Catalog, rows: list[int], *, whole: bool = False) -> list[bytes]:
    """A track as typed, or, whole, all three of the song_id, its beginning and its end: most of them unique."""
    if not whole:
        return [request("/catalog/search", q=catalog.tracks[row].lower()[:100] or "a") for row in rows]
    texts = [catalog.song_ids[row].lower()[:100] for row in rows]
    typed = [text for parts in ([t, t[: len(t) * 2 // 3], t[len(t) // 3 :]] for t in texts) for text in parts]
    return [request("/catalog/search", q=text.strip() or "a") for text in typed]


def _gets(path: str, tokens: list[str]) -> list[bytes]:
    return [request(path, token=token) for token in tokens]


def _likes(catalog: Catalog, path: str, tokens: list[str]) -> list[bytes]:
    """Likes that are new, each by the next listener."""
    rows = catalog.each_once(len(catalog.song_ids), seed=2)
    return [_post(path, tokens[i % len(tokens)], {"song_id": catalog.song_ids[row]}) for i, row in enumerate(rows * 4)]


def _pages(tokens: list[str]) -> list[bytes]:
    """Pages that must be made, as after a like: each listener's with rows of ever another length."""
    path = "/recommendations/categories"
    return [request(path, token=token, limit=limit) for limit in range(10, 100) for token in tokens]


def _post(path: str, token: str, body: object) -> bytes:
    return request(path, method="POST", token=token, body=json.dumps(body).encode())
