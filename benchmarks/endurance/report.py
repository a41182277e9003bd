"""The tables of a run."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rich.table import Table

from benchmarks.endurance.generator import Record

_AGAIN, _UNSENT = "again", "unsent"
_SAID = 20  # seconds of a stretch that are listed


class Stretch(NamedTuple):
    """A part of a run, from its begin to its end in seconds of the monotonic clock."""

    name: str
    began: float
    ended: float


class Answers:
    """A run's answers by moment. latencies: seconds."""

    def __init__(self, record: Record) -> None:
        self._moments = np.frombuffer(record.moments, np.float64)
        self._latencies = np.frombuffer(record.latencies, np.float32)
        self._troubles = record.troubles

    def latencies(self, stretch: Stretch) -> npt.NDArray[np.float32]:
        """Of the answers that came in it."""
        return self._latencies[(self._moments >= stretch.began) & (self._moments < stretch.ended)]

    def by_second(self, stretch: Stretch) -> dict[int, Counter[str]]:
        """What went wrong in each second since it began."""
        found: dict[int, Counter[str]] = {}
        for (second, what), count in sorted(self._troubles.items()):
            if int(stretch.began) <= second < int(stretch.ended):
                found.setdefault(second - int(stretch.began), Counter())[what] += count
        return found


def table(answers: Answers, stretches: Sequence[Stretch], began: float) -> Table:
    """A row a stretch: answers, errors and latency, and how many errors each of its seconds brought."""
    title = "again: sent twice, as the kept connection was closed just before; unsent: all clients waited for answers"
    made = Table(title=title)
    for column in (
        *("at s", "what happened", "answers", "unsent", "again", "errors", "last s"),
        *("p50 ms", "p99 ms", "worst ms"),
    ):
        made.add_column(column, justify="left" if column == "what happened" else "right", no_wrap=True)
    made.add_column("errors by second since then")
    for stretch in stretches:
        made.add_row(f"{stretch.began - began:.0f}", stretch.name, *_cells(answers, stretch))
    return made


def _cells(answers: Answers, stretch: Stretch) -> list[str]:
    latencies, seconds = answers.latencies(stretch), answers.by_second(stretch)
    wrong = {second: errors for second, counts in seconds.items() if (errors := _errors(counts))}
    said = [f"+{second}: {_said(counts)}" for second, counts in wrong.items()]
    more = f" and {len(said) - _SAID} more" if len(said) > _SAID else ""
    return [
        f"{len(latencies):,}",
        *(str(sum(counts[what] for counts in seconds.values())) for what in (_UNSENT, _AGAIN)),
        str(sum(counts.total() for counts in wrong.values())),
        f"+{max(wrong)}" if wrong else "",
        *(f"{np.quantile(latencies, q) * 1000:.1f}" if len(latencies) else "" for q in (0.5, 0.99, 1.0)),
        "  ".join(said[:_SAID]) + more,
    ]


def _errors(counts: Counter[str]) -> Counter[str]:
    return Counter({what: count for what, count in counts.items() if what not in (_AGAIN, _UNSENT)})


def _said(counts: Counter[str]) -> str:
    return ", ".join(f"{count} x {what}" for what, count in sorted(counts.items()))
