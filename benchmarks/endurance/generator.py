"""The load generator: many clients' connections in a process of its own, and what each second brought.

Offered load comes at random moments at a steady rate, whatever the answers take, and is measured from the moment at
which it was due. Where every client waits, nobody is there to ask: such a request is counted as unsent.
"""

import asyncio
import random
import re
import time
from array import array
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import uvloop

from benchmarks.endurance.mix import Asked, Mix, address
from tests.load import read_head

_PATIENCE = 40.0  # seconds until a client gives up; longer than the proxy waits
_CLOSES = re.compile(rb"(?i)\r\nconnection: close")
_READ_BYTES = 1 << 20


class Lost(Exception):
    """A request that got no answer."""


@dataclass(frozen=True)
class Plan:
    """rate: requests a second; None: each client asks again at once. clients: the most that there are."""

    port: int
    mix: Mix
    seconds: float
    rate: float | None = None
    clients: int = 240


@dataclass
class Record:
    """Answers by their moment (seconds of the monotonic clock) and latency (seconds), and what went wrong when.

    troubles: (second, what): a status from 400, "lost", "unsent", or "again": sent a second time, as browsers do,
    because the connection was closed just before it arrived there.
    """

    began: float
    moments: "array[float]" = field(default_factory=lambda: array("d"))
    latencies: "array[float]" = field(default_factory=lambda: array("f"))
    troubles: Counter[tuple[int, str]] = field(default_factory=Counter)
    mix: Mix | None = None

    def trouble(self, what: str) -> None:
        """Count it in this second."""
        self.troubles[int(time.monotonic()), what] += 1


def generate(plan: Plan) -> Record:
    """Load the stack; the record brings the mix back, with its ledger."""
    return uvloop.run(_generate(plan))


async def _generate(plan: Plan) -> Record:
    record = Record(time.monotonic(), mix=plan.mix)
    clients = [_Client(plan.port, address(place), record) for place in range(plan.clients)]
    if plan.rate is None:
        await asyncio.gather(*(_ask_on(client, plan, record) for client in clients))
    else:
        await _offer(clients, plan, record, plan.rate)
    for client in clients:
        client.close()
    return record


async def _ask_on(client: "_Client", plan: Plan, record: Record) -> None:
    while time.monotonic() < record.began + plan.seconds:
        await client.ask(plan.mix.next(), time.monotonic())


async def _offer(clients: "list[_Client]", plan: Plan, record: Record, rate: float) -> None:
    """Each request to the client that has waited longest for something to do."""
    draw = random.Random(plan.mix.seed)
    idle: asyncio.Queue[_Client] = asyncio.Queue()
    for client in clients:
        idle.put_nowait(client)
    asking: set[asyncio.Task[None]] = set()

    async def ask(client: _Client, due: float) -> None:
        await client.ask(plan.mix.next(), due)
        idle.put_nowait(client)

    due = record.began
    while due < record.began + plan.seconds:
        due += draw.expovariate(rate)
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        if idle.empty():
            record.trouble("unsent")
            continue
        task = asyncio.create_task(ask(idle.get_nowait(), due))
        asking.add(task)
        task.add_done_callback(asking.discard)
    if asking:
        await asyncio.wait(asking)


class _Client:
    """One client: an address, and a connection that is opened again where the server closed it."""

    def __init__(self, port: int, own: str, record: Record) -> None:
        self._port, self._address, self._record = port, own, record
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, asked: Asked, due: float) -> None:
        """Send, wait for the answer, and record both."""
        try:
            status: int | None = await asyncio.wait_for(self._exchange(asked.data), _PATIENCE)
        except (Lost, TimeoutError):
            self.close()
            status = None
        asked.answered(status)
        now = time.monotonic()
        if status is not None:
            self._record.moments.append(now)
            self._record.latencies.append(now - due)
        if status is None or status >= 400:
            self._record.trouble("lost" if status is None else str(status))

    async def _exchange(self, data: bytes) -> int:
        """The status of the answer. On a kept connection that was closed meanwhile, asked again on a new one."""
        kept = self._writer is not None
        for again in (False, True):
            try:
                return await self._once(data)
            except asyncio.IncompleteReadError as exc:
                self.close()
                if again or not kept or exc.partial:
                    raise Lost from exc
            except OSError as exc:
                self.close()
                if again or not kept:
                    raise Lost from exc
            self._record.trouble("again")
        raise AssertionError

    async def _once(self, data: bytes) -> int:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, limit=_READ_BYTES, local_addr=(self._address, 0)
            )
        self._writer.write(data)
        head = await self._reader.readuntil(b"\r\n\r\n")
        answer = read_head(head)
        assert answer is not None
        await self._reader.readexactly(answer.size - len(head))
        if _CLOSES.search(head):
            self.close()
        return answer.status

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
        self._reader = self._writer = None
