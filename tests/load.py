"""A cheap load generator: keep-alive connections that send ready-made requests, in a process of its own.

`run` starts `python -m tests.load`, hands it a `Load` and reads back an `Outcome`. It parses of an answer only
what it needs to know where the next one begins, and costs a fifth of what the cheapest FastAPI route costs.
"""

import asyncio
import itertools
import math
import pickle
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, cast
from urllib.parse import urlencode

import uvloop

_GRACE = 15.0  # seconds that answers may still take when the time is over
_NO_BODY = (204, 304)


@dataclass(frozen=True)
class Load:
    """What to send: connection after connection takes the next of `requests`, which begin again at their end."""

    port: int
    requests: list[bytes]
    connections: int = 16
    seconds: float = 3.0
    warm_up: float = 1.0  # seconds whose answers do not count
    pause: float = 0.0  # seconds that a connection waits before its next request


@dataclass
class Outcome:
    """latencies: seconds, sorted. lost: requests whose connection broke or that got no answer in time."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else math.nan

    def quantile(self, q: float) -> float:
        """A quantile of the latencies in milliseconds."""
        if not self.latencies:
            return math.nan
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * q))] * 1000


class Answer(NamedTuple):
    """The head of an answer: its status and how many bytes it has with its head."""

    status: int
    size: int


def request(
    path: str, *, method: str = "GET", token: str | None = None, body: bytes = b"", **query: str | int
) -> bytes:
    """A request as bytes; `query` becomes its query string, a `body` is JSON."""
    target = f"{path}?{urlencode(query)}" if query else path
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body or method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body


def run(load: Load) -> Outcome:
    """Load a server from another process."""
    with start(load) as process:
        return finish(process)


def start(load: Load) -> "subprocess.Popen[bytes]":
    """Begin to load a server; `finish` gives the outcome."""
    process = subprocess.Popen([sys.executable, "-m", __spec__.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    pickle.dump(load, process.stdin)
    process.stdin.close()
    return process


def finish(process: "subprocess.Popen[bytes]") -> Outcome:
    """Wait for the outcome of what `start` began."""
    assert process.stdout is not None
    outcome = cast("Outcome", pickle.load(process.stdout))
    process.wait()
    return outcome


def read_head(buffer: bytes | bytearray) -> Answer | None:
    """The head of the answer that `buffer` begins with; None as long as it is not complete."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    status = int(buffer[9:12])
    if status in _NO_BODY:
        return Answer(status, end + 4)
    at = buffer.lower().find(b"content-length:", 0, end)
    return Answer(status, end + 4 + int(buffer[at + 15 : buffer.find(b"\r", at)]))


def read_answer(connection: socket.socket) -> bytes:
    """One whole answer: its head and its body may come in parts."""
    received = b""
    while (head := read_head(received)) is None or len(received) < head.size:
        part = connection.recv(65_536)
        assert part, f"closed after {received!r}"
        received += part
    return received


class _Connection(asyncio.Protocol):
    """Sends a request, waits for the whole answer, sends the next."""

    def __init__(self, load: Load, requests: Iterator[bytes], outcome: Outcome, begin: float) -> None:
        self._load = load
        self._requests = requests
        self._outcome = outcome
        self._begin, self._end = begin, begin + load.seconds
        self._buffer = bytearray()
        self._answer: Answer | None = None
        self._sent = 0.0
        self.waiting = False
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._answer is None:
            self._answer = read_head(self._buffer)
        if self._answer is None or len(self._buffer) < self._answer.size:
            return
        now = time.perf_counter()
        if now > self._begin:
            self._outcome.latencies.append(now - self._sent)
            self._outcome.statuses[self._answer.status] += 1
        self._buffer.clear()
        self._answer = None
        self.waiting = False
        if now > self._end:
            self._transport.close()
        elif self._load.pause:
            asyncio.get_running_loop().call_later(self._load.pause, self._send)
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting:
            self._outcome.lost += 1
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self.waiting = True
        self._transport.write(next(self._requests))


async def _generate(load: Load) -> Outcome:
    outcome = Outcome(seconds=load.seconds)
    requests = itertools.cycle(load.requests)
    begin = time.perf_counter() + load.warm_up
    tasks = [_keep_connected(load, requests, outcome, begin) for _ in range(load.connections)]
    await asyncio.gather(*tasks)
    outcome.latencies.sort()
    return outcome


async def _keep_connected(load: Load, requests: Iterator[bytes], outcome: Outcome, begin: float) -> None:
    """One connection, and another where the server closes it."""
    loop = asyncio.get_running_loop()
    end = begin + load.seconds
    while time.perf_counter() < end:
        try:
            transport, connection = await loop.create_connection(
                lambda: _Connection(load, requests, outcome, begin), "127.0.0.1", load.port
            )
        except OSError:
            outcome.lost += 1
            await asyncio.sleep(0.05)
            continue
        try:
            await asyncio.wait_for(connection.done, end - time.perf_counter() + _GRACE)
        except TimeoutError:  # the transport counts the request as lost when it is closed
            transport.abort()
            await asyncio.sleep(0)
            return


if __name__ == "__main__":
    from tests import load as itself  # what is pickled must be of the module that the other side knows

    made = uvloop.run(itself._generate(pickle.load(sys.stdin.buffer)))
    # buffered, whatever PYTHONUNBUFFERED says: what an unbuffered file writes may be a part of it
    with open(sys.stdout.fileno(), "wb", closefd=False) as out:
        pickle.dump(made, out)
