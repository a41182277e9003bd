"""The counts of several workers as one: each keeps its own, and publishes them in memory that all of them share.

The memory belongs to no file: a full disk or a cleaned folder cannot take it away from under a worker.
"""

import logging
import mmap
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.registry import Collector

_SLOTS = 65  # the first one is that of workers that ended
# of a slot: every route with twenty statuses takes 3.2 MB; a page that nobody writes is not taken, though the kernel
# refuses a block that is larger than all of the machine's memory
_BYTES = 4 << 20
_HEAD = struct.Struct("<II")  # length and checksum: what is read while it is written does not match it
_ENDED = 0
_log = logging.getLogger(__name__)


class Key(NamedTuple):
    """What a value belongs to: its metric, with that one's kind, and the sample's name and labels."""

    metric: str
    kind: str
    sample: str
    labels: tuple[tuple[str, str], ...]


Counts = dict[Key, float]


class SharedMetrics:
    """One slot a worker, made by the process that forks them. A worker calls `publish`, its parent the rest."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _BYTES)
        self._free = list(range(1, _SLOTS))

    def take(self) -> int | None:
        """A slot for a worker that is about to be forked; None where there are more workers than slots."""
        return self._free.pop(0) if self._free else None

    def release(self, slot: int | None) -> None:
        """Add what an ended worker counted to that of those before it, and give its slot to the next one."""
        if slot is None:
            return
        ended = self._read(_ENDED)
        for key, value in self._read(slot).items():
            if key.kind != "gauge":
                ended[key] = ended.get(key, 0.0) + value
        self._write(_ENDED, ended)
        self._write(slot, {})
        self._free.append(slot)

    def publish(self, slot: int | None, registry: CollectorRegistry) -> None:
        """Let the others know what this worker has counted so far."""
        if slot is not None:
            self._write(slot, _counts(registry.collect()))

    def total(self) -> Counts:
        """The sum of all workers, those that ended included."""
        total: Counts = {}
        for slot in range(_SLOTS):
            for key, value in self._read(slot).items():
                total[key] = total.get(key, 0.0) + value
        return total

    def _write(self, slot: int, counts: Counts) -> None:
        data = orjson.dumps([(*key, value) for key, value in counts.items()])
        if len(data) > _BYTES - _HEAD.size:
            _log.error("the counts of a worker take %d bytes, more than %d: they are not published", len(data), _BYTES)
            return
        start = slot * _BYTES
        self._memory[start + _HEAD.size : start + _HEAD.size + len(data)] = data
        self._memory[start : start + _HEAD.size] = _HEAD.pack(len(data), zlib.crc32(data))

    def _read(self, slot: int) -> Counts:
        start = slot * _BYTES
        for _ in range(10):  # a writer takes microseconds
            length, checksum = _HEAD.unpack_from(self._memory, start)
            data = self._memory[start + _HEAD.size : start + _HEAD.size + length]
            if zlib.crc32(data) == checksum:
                break
        else:
            return {}
        rows = orjson.loads(data) if data else []
        return {
            Key(metric, kind, sample, tuple(map(tuple, labels))): value for metric, kind, sample, labels, value in rows
        }


class SummedCollector(Collector):
    """The sum of all workers, under the names and descriptions of one worker's own registry."""

    def __init__(self, own: CollectorRegistry, shared: SharedMetrics) -> None:
        self._own = own
        self._shared = shared

    def collect(self) -> Iterator[Metric]:
        """Every metric with its samples."""
        summed = {m.name: Metric(m.name, m.documentation, m.type) for m in self._own.collect()}
        for key, value in self._shared.total().items():
            if key.metric in summed:
                summed[key.metric].add_sample(key.sample, dict(key.labels), value)
        yield from summed.values()


def _counts(metrics: Iterable[Metric]) -> Counts:
    return {
        Key(metric.name, metric.type, sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for metric in metrics
        for sample in metric.samples
    }
