"""Clients that go on asking while servers are reloaded under them."""

import threading

import httpx

from tests.conftest import eventually


class Clients:
    """Threads that log in without a pause, each try on a connection of its own, until told to end."""

    COUNT = 4

    def __init__(self, url: str) -> None:
        self.url = url
        self.statuses: list[int | str] = []
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.COUNT)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        with httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=0)) as http:
            while not self._end.is_set():
                try:
                    self.statuses.append(http.post(f"{self.url}/auth/login").status_code)
                except httpx.TransportError as exc:
                    self.statuses.append(repr(exc))

    def ask_more(self, count: int = 200) -> None:
        """Return when so many more were answered."""
        enough = len(self.statuses) + count
        eventually(lambda: len(self.statuses) >= enough)
