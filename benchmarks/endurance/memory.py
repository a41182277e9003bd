"""What the API's processes occupy while they are loaded, and how fast that grows."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import linregress

from benchmarks.endurance.stack import children

_EVERY = 2.0  # seconds
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class Sample(NamedTuple):
    """A moment (seconds of the monotonic clock) and the megabytes at it."""

    moment: float
    megabytes: float


class Growth(NamedTuple):
    """Megabytes a minute with their standard error, and the medians of the first and the last fifth in megabytes."""

    slope: float
    error: float
    before: float
    after: float


@contextmanager
def sampled(parents: Sequence[int]) -> Iterator[list[Sample]]:
    """Total PSS of these processes and their children, every other second until the end of the block."""
    samples: list[Sample] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(_EVERY):
            samples.append(Sample(time.monotonic(), pss(parents)))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def pss(parents: Sequence[int]) -> float:
    """Megabytes; a page that n processes share counts 1/n in each."""
    return sum(_of(pid) for parent in parents for pid in (parent, *children(parent)))


def growth(samples: Sequence[Sample], since: float) -> Growth:
    """A straight line through the samples since a moment."""
    later = np.array([sample for sample in samples if sample.moment >= since])
    line = linregress(later[:, 0] / 60, later[:, 1])
    fifth = max(1, len(later) // 5)
    return Growth(line.slope, line.stderr, np.median(later[:fifth, 1]), np.median(later[-fifth:, 1]))


def tenths(samples: Sequence[Sample]) -> str:
    """The median of each tenth of the samples, in megabytes."""
    parts = np.array_split(np.array([sample.megabytes for sample in samples]), 10)
    return " ".join(f"{np.median(part):,.0f}" for part in parts if len(part))


def _of(pid: int) -> float:
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return 0.0
    return int(found.group(1)) * 1024 / 1e6 if found else 0.0
