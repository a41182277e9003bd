"""Mixed load: what listeners ask, in the shares of a day, and the writes among it with their place in the ledger."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import httpx

from benchmarks.endurance.ledger import Ledger, Like, Listen
from tests.load import request

PASSWORD = "correct horse battery"
LISTENERS = 500  # of so few that each plays many songs a minute, pages would grow all the time
_SHARES = {
    "search": 28,
    "similar": 16,
    "popular": 10,
    "categories": 14,
    "next": 10,
    "likes": 6,
    "like": 8,
    "listens": 5,
    "player": 3,
}
_LIKED, _PLAYED = 30, 200  # before the run, so that a page costs at its begin about what it costs at its end
_FIRST_LISTEN = 1_600_000_000  # seconds since 1970; each listen of the ledger has a second of its own


class Listener(NamedTuple):
    """An account, its access token, and the token of its player."""

    user_id: str
    token: str
    player: str


class Asked(NamedTuple):
    """A request. answered: told the status, None where there was none."""

    kind: str
    data: bytes
    answered: Callable[[int | None], None]


@dataclass
class Mix:
    """Draws requests. songs: catalog songs that every artifact set of the run has, as (artist, track)."""

    listeners: list[Listener]
    songs: list[tuple[str, str]]
    ledger: Ledger = field(default_factory=Ledger)
    seed: int = 0
    _under_way: set[Like] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        self._kinds, self._weights = list(_SHARES), list(_SHARES.values())
        self._open = {"search": self._search, "similar": self._similar, "popular": self._popular}
        self._own = {"categories": self._categories, "next": self._next, "likes": self._likes}
        self._writes = {"like": self._like, "listens": self._listens, "player": self._player}

    def next(self) -> Asked:
        """The next request of all listeners together."""
        kind = self._draw.choices(self._kinds, self._weights)[0]
        who = self._draw.choice(self.listeners)
        if kind in self._writes:
            return Asked(kind, *self._writes[kind](who))
        data = self._open[kind]() if kind in self._open else self._own[kind](who)
        return Asked(kind, data, _forget)

    def _song(self) -> str:
        """Of half of all requests one of the first tenth."""
        return " - ".join(self.songs[int(self._draw.random() ** 3.32 * len(self.songs))])

    def _search(self) -> bytes:
        words = self._song().lower()
        return request("/catalog/search", q=words[: self._draw.randrange(3, max(4, len(words)))].strip() or "a")

    def _similar(self) -> bytes:
        return request("/recommendations/similar", song_id=self._song(), limit=self._draw.randrange(10, 30))

    def _popular(self) -> bytes:
        return request("/catalog/popular", limit=self._draw.choice((20, 50)))

    def _categories(self, who: Listener) -> bytes:
        return request("/recommendations/categories", token=who.token)

    def _next(self, who: Listener) -> bytes:
        body = {"recent": [self._song() for _ in range(5)], "limit": 10}
        return request("/recommendations/next", method="POST", token=who.token, body=json.dumps(body).encode())

    def _likes(self, who: Listener) -> bytes:
        return request("/me/likes", token=who.token)

    def _like(self, who: Listener) -> tuple[bytes, Callable[[int | None], None]]:
        """A like, or its end where the song is liked; of no song two at once, for nobody knew which came last."""
        one = Like(who.user_id, self._song())
        while one in self._under_way:
            one = Like(who.user_id, self._song())
        likes = not self.ledger.likes.get(one)
        if likes:
            body = json.dumps({"song_id": one.song_id}).encode()
            data = request("/me/likes", method="POST", token=who.token, body=body)
        else:
            data = request("/me/likes", method="DELETE", token=who.token, song_id=one.song_id)
        self._under_way.add(one)

        def answered(status: int | None) -> None:
            self._under_way.discard(one)
            self.ledger.likes[one] = likes if _is_done(status) else None

        return data, answered

    def _listens(self, who: Listener) -> tuple[bytes, Callable[[int | None], None]]:
        listen = self._new_listen(who)
        moment = _iso(listen.started_ms)
        item = {"id": f"{listen.started_ms}", "song_id": listen.song_id, "started_at": moment}
        data = request("/me/listens", method="POST", token=who.token, body=json.dumps({"items": [item]}).encode())
        return data, self._noting(listen)

    def _player(self, who: Listener) -> tuple[bytes, Callable[[int | None], None]]:
        """A player's listen by ListenBrainz's protocol: its limit is what Valkey counts."""
        listen = self._new_listen(who)
        artist, _, track = listen.song_id.partition(" - ")
        one = {
            "listened_at": listen.started_ms // 1000,
            "track_metadata": {"artist_name": artist, "track_name": track},
        }
        body = json.dumps({"listen_type": "single", "payload": [one]}).encode()
        plain = request("/1/submit-listens", method="POST", token=who.player, body=body)
        return plain.replace(b"Authorization: Bearer", b"Authorization: Token", 1), self._noting(listen)

    def _new_listen(self, who: Listener) -> Listen:
        listen = Listen(who.user_id, self._song(), (_FIRST_LISTEN + len(self.ledger.listens)) * 1000)
        self.ledger.listens[listen] = None  # until it is acknowledged
        return listen

    def _noting(self, listen: Listen) -> Callable[[int | None], None]:
        def answered(status: int | None) -> None:
            if _is_done(status):
                self.ledger.listens[listen] = True

        return answered


def sign_up(url: str, songs: list[tuple[str, str]]) -> list[Listener]:
    """Listeners with five seeds, likes, a history and a player's token, each from an address of their own."""
    draw = random.Random(1)
    found = []
    for place in range(LISTENERS):
        with httpx.Client(
            base_url=url, timeout=60, transport=httpx.HTTPTransport(local_address=address(place))
        ) as http:
            body = {"username": f"listener {place}", "password": PASSWORD}
            answer = http.post("/auth/signup", json=body).raise_for_status().json()
            http.headers["Authorization"] = f"Bearer {answer['access_token']}"
            seeds = [" - ".join(song) for song in draw.sample(songs, 5)]
            http.post("/recommendations/cold-start", json={"seeds": seeds}).raise_for_status()
            for song in draw.sample(songs, _LIKED):
                http.post("/me/likes", json={"song_id": " - ".join(song)}).raise_for_status()
            played = enumerate(draw.choices(songs, k=_PLAYED))
            items = [
                {"id": f"before {i}", "song_id": " - ".join(song), "started_at": _iso((_FIRST_LISTEN - 1 - i) * 1000)}
                for i, song in played
            ]
            http.post("/me/listens", json={"items": items}).raise_for_status()
            player = http.post("/me/tokens", json={"name": "player"}).raise_for_status().json()["token"]
        found.append(Listener(answer["user"]["id"], answer["access_token"], player))
    return found


def address(place: int) -> str:
    """An address of this machine for each client, for the proxy and the API limit what one address may ask."""
    return f"127.0.{1 + place // 250}.{1 + place % 250}"


def _is_done(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat().replace("+00:00", "Z")


def _forget(status: int | None) -> None:
    """Nothing: what only reads leaves nothing to note."""
