"""What Prometheus is told as it is at that moment, and no worker counts: of a folder, a file, the set that serves."""

from collections.abc import Callable, Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class Readings(Collector):
    """Gauges by name. What cannot be read now, or is None, is left out."""

    def __init__(self) -> None:
        self._gauges: dict[str, tuple[str, Callable[[], float | None]]] = {}

    def add(self, name: str, description: str, read: Callable[[], float | None]) -> None:
        """One more gauge, in place of the one that had its name."""
        self._gauges[name] = description, read

    def collect(self) -> Iterator[Metric]:
        """Read all of them; by the thread that answers Prometheus."""
        for name, (description, read) in self._gauges.items():
            try:
                value = read()
            except OSError:
                continue
            if value is not None:
                yield GaugeMetricFamily(name, description, value)
