"""What the API's processes occupy while they are loaded, and how fast that grows."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

import httpx
import numpy as np
from scipy.stats import linregress

from tests.processes import pss

_EVERY = 10.0  # seconds: reading what six workers hold takes a sixth of one of a processor


class Sample(NamedTuple):
    """A moment (seconds of the monotonic clock), the megabytes at it, and how many of them caches hold."""

    moment: float
    megabytes: float
    cached: float


class Growth(NamedTuple):
    """Megabytes a minute with their standard error, and the medians of the first and the last fifth in megabytes."""

    slope: float
    error: float
    before: float
    after: float


@contextmanager
def sampled(parents: Sequence[int], cached: Callable[[], float]) -> Iterator[list[Sample]]:
    """Total PSS of these processes and their children, every ten seconds until the end of the block.

    cached: megabytes that their caches hold, as they say themselves.
    """
    samples: list[Sample] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(_EVERY):
            with suppress(httpx.HTTPError):  # a replica that is reloaded may not answer
                samples.append(Sample(time.monotonic(), sum(map(pss, parents)) / 1e6, cached()))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def growth(samples: Sequence[Sample], since: float, of: Callable[[Sample], float]) -> Growth:
    """A straight line through what is asked `of` the samples since a moment."""
    later = np.array([(sample.moment, of(sample)) for sample in samples if sample.moment >= since])
    line = linregress(later[:, 0] / 60, later[:, 1])
    fifth = max(1, len(later) // 5)
    return Growth(line.slope, line.stderr, np.median(later[:fifth, 1]), np.median(later[-fifth:, 1]))


def told(samples: Sequence[Sample], since: float) -> str:
    """What the processes held since a moment, all of it, in caches and beside them, and by tenths of all the time."""
    lines = []
    last_quarter = samples[len(samples) * 3 // 4].moment
    for name, of in (("all of it", _whole), ("its caches", _cached), ("the rest", _rest)):
        grown, last = growth(samples, since, of), growth(samples, last_quarter, of)
        parts = np.array_split(np.array([of(sample) for sample in samples]), 10)
        medians = " ".join(f"{np.median(part):,.0f}" for part in parts if len(part))
        lines.append(
            f"memory, {name}: {grown.slope:+.2f} ± {grown.error:.2f} MB/min in the second half, "
            f"from {grown.before:,.0f} to {grown.after:,.0f} MB, {last.slope:+.2f} ± {last.error:.2f} MB/min in the "
            f"last quarter; by tenths of all the time: {medians}"
        )
    return "\n".join(lines)


def _whole(sample: Sample) -> float:
    return sample.megabytes


def _cached(sample: Sample) -> float:
    return sample.cached


def _rest(sample: Sample) -> float:
    return sample.megabytes - sample.cached
