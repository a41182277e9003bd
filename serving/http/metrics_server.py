"""Prometheus' address: METRICS_ADDRESS, apart from the public one, answered outside the event loop."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app

_BACKLOG = 16
_SECONDS = 5  # how long somebody may take to ask
_log = logging.getLogger(__name__)


def listen(address: str) -> socket.socket | None:
    """A socket at HOST:PORT that several workers may share; None where there is none to listen at."""
    if not address:
        return None
    host, _, port = address.rpartition(":")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.create_server((host.strip("[]"), int(port)), family=family, backlog=_BACKLOG)
    except OSError as exc:
        _log.warning("METRICS_ADDRESS %s cannot be used (%s): there are no metrics", address, exc.strerror or exc)
        return None
    found.setblocking(False)  # of the workers that wake up only one finds the caller; the others go on waiting
    return found


@contextmanager
def answering(listening: socket.socket | None, registry: CollectorRegistry) -> Iterator[None]:
    """Answer at the socket with what a registry counts, in a thread, until the end of the block."""
    if listening is None:
        yield
        return
    server = _Server(listening)
    server.set_app(make_wsgi_app(registry))
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class _Server(WSGIServer):
    """The standard library's server on a socket that is open already."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(("", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_name, self.server_port = listening.getsockname()[:2]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    """Says nothing of who asks, and waits for nobody for long."""

    timeout = _SECONDS

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        """Nothing: the log is about the API's requests."""
