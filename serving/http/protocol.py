"""uvicorn's HTTP protocol with two more bounds: how large a request's head may be, and how many connections are held.

What it refuses, and what is no HTTP, it tells in a problem document.

A proxy bounds both before they arrive; this is for a gunicorn that stands alone. gunicorn.conf.py hands it to workers.

At a stop or a reload an idle connection is not closed at once, as uvicorn does: a request may be on its way, and a
proxy may not send a POST again. It stays for a moment in which nginx closes it itself, and an answer on it says that it
is the last one (RFC 9112, 9.6).
"""

import asyncio
import resource
from typing import Any
from weakref import WeakSet

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from errors import Code
from serving.http import problems
from serving.http.problems import Problem

HEAD_BYTES = 256 * 1024  # as nginx/site.conf: an address may name 500 songs to leave out
MOST_CONNECTIONS = 4096  # of a worker
LINGER = 2.0  # seconds that an idle connection outlives a stop: longer than nginx keeps one (keepalive_timeout 1s)
_ending: WeakSet[ServerState] = WeakSet()  # the servers that stop
_OTHER_FILES = 128  # descriptors for the database, the artifact set, and who asks for /health
_TOO_LARGE = Problem(431, Code.TOO_LARGE, f"A request's address and headers may have {HEAD_BYTES // 1024} KB at most.")
_UNREADABLE = Problem(400, Code.UNREADABLE, "This is no HTTP request that can be read.")


def raise_file_limit() -> None:
    """Let this process open as many files as the system allows it: a connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class BoundedProtocol(HttpToolsProtocol):
    """One connection. Beyond the bound the one that was idle the longest makes room for the next."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  uvicorn's
        super().__init__(*args, **kwargs)
        self._head: int | None = 0  # bytes of a head that is not complete; None while a body or an answer is under way
        self._idle_since = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Take the connection; close another one, or this one, where there are too many."""
        super().connection_made(transport)
        if self.server_state in _ending:  # taken from the system's queue at the very end
            self.shutdown()
        if len(self.connections) > _most_connections():
            others = (one for one in self.connections if isinstance(one, BoundedProtocol) and one is not self)
            idle = min((one for one in others if one.is_idle), key=lambda one: one._idle_since, default=self)
            self.connections.discard(idle)
            idle.transport.abort()

    def shutdown(self) -> None:
        """Make the next answer the last one, and wait a moment for who has sent a request already."""
        _ending.add(self.server_state)
        self.timeout_keep_alive = LINGER  # type: ignore[assignment]  # uvicorn hands it to call_later
        if self.is_idle:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(LINGER, self.timeout_keep_alive_handler)
        elif not self.cycle.response_started:
            self.cycle.keep_alive = False

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer here."""
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request
        return cycle is None or cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head is not too large."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(problems.raw(_TOO_LARGE))
            self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's own words
        """Refuse what cannot be parsed."""
        self.transport.write(problems.raw(_UNREADABLE))
        self.transport.close()

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._head = None
        super().on_headers_complete()
        if self.server_state in _ending:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """What comes next is another head."""
        self._head = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The connection is idle from now on, unless another request has come already."""
        self._idle_since = self.loop.time()
        super().on_response_complete()


def _most_connections() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(MOST_CONNECTIONS, soft - _OTHER_FILES))
