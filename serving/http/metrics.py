"""What is counted, for Prometheus."""

import socket
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from serving.http import metrics_server
from serving.http.readings import Readings
from serving.http.shared_metrics import SharedMetrics, SummedCollector

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The counts of one app. Names of routes and statements are ours, so that nobody outside makes new series."""

    def __init__(self) -> None:
        self._listening: socket.socket | None = None
        self._shared: SharedMetrics | None = None
        self._slot: int | None = None
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "redux_http_request_seconds",
            "How long requests took.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "redux_http_requests_in_flight",
            "Requests being answered.",
            registry=self._registry,
        )
        self._parts = {
            part: Histogram(f"redux_{part}_seconds", help_, (label,), buckets=_SECONDS, registry=self._registry)
            for part, label, help_ in (
                ("recommender", "call", "How long recommendations took to compute."),
                ("database", "statement", "How long statements took, with the wait for a thread."),
                ("password", "call", "How long hashing took, with the wait for a thread."),
            )
        }
        self._caches = Counter(
            "redux_cache_requests", "Answers asked of a cache.", ("cache", "outcome"), registry=self._registry
        )
        self._cache_bytes = Gauge("redux_cache_bytes", "What a cache holds.", ("cache",), registry=self._registry)
        self._fallbacks = Counter(
            "redux_fallbacks",
            "Rankings by popularity where nothing nearer was known.",
            ("call",),
            registry=self._registry,
        )
        self._artifacts = Gauge(
            "redux_artifacts_workers",
            "Workers that serve this version of the artifacts.",
            ("version",),
            registry=self._registry,
        )
        self._refusing = Gauge(
            "redux_artifacts_refusing_workers",
            "Workers that refuse the set which artifacts/current names.",
            registry=self._registry,
        )
        self._refused = Counter(
            "redux_rate_limited", "Requests refused as too many.", ("policy",), registry=self._registry
        )
        self._readings = Readings()
        # series by their labels: the library's own look-up costs more than counting does
        self._cache_counters: dict[tuple[str, bool], Counter] = {}
        self._observers: dict[tuple[str, ...], Histogram] = {}
        self._version: str | None = None

    def arrived(self) -> None:
        """A request is being answered."""
        self._in_flight.inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._in_flight.dec()
        self._observer(self._requests, method, route, str(status)).observe(seconds)

    def took(self, part: str, what: str, seconds: float) -> None:
        """Something took so long. part: recommender, database or password."""
        self._observer(self._parts[part], what).observe(seconds)

    def cache(self, name: str, *, hit: bool) -> None:
        """A cache had what was asked for, or had not."""
        key = (name, hit)
        counter = self._cache_counters.get(key)
        if counter is None:
            counter = self._cache_counters[key] = self._caches.labels(name, "hit" if hit else "miss")
        counter.inc()

    def cache_holds(self, name: str, read: Callable[[], float]) -> None:
        """Let each worker's counts say how many bytes its cache has, as `read` gives them."""
        self._cache_bytes.labels(name).set_function(read)

    def recommended(self, call: str, *, fell_back: bool) -> None:
        """A ranking was made; fell_back: by popularity, for nothing is known of its songs."""
        if fell_back:
            self._fallbacks.labels(call).inc()

    def rate_limited(self, policy: str) -> None:
        """A request was refused as one too many."""
        self._refused.labels(policy).inc()

    def serves(self, version: str | None) -> None:
        """Note that this worker answers from this version of the artifacts; None where an answer needed none."""
        if version is not None and version != self._version:
            if self._version is not None:
                self._artifacts.labels(self._version).set(0)
            self._artifacts.labels(version).set(1)
            self._version = version

    def refuses(self, refuses: bool) -> None:
        """Note whether this worker refuses the set that `current` names."""
        self._refusing.set(refuses)

    def reads(self, name: str, description: str, read: Callable[[], float | None]) -> None:
        """Let Prometheus have what `read` gives at the moment it asks; of all workers the one that answers is asked."""
        self._readings.add(name, description, read)

    def join(self, shared: SharedMetrics, slot: int | None, listening: socket.socket | None) -> None:
        """Count as one of several workers, which answer at one socket for all of them."""
        self._shared, self._slot, self._listening = shared, slot, listening

    def listen(self, address: str) -> socket.socket | None:
        """Where Prometheus asks: what the workers share, or this process's own socket where it is alone."""
        return metrics_server.listen(address) if self._shared is None else self._listening

    def publish(self) -> None:
        """Let the other workers know what was counted here so far."""
        if self._shared is not None:
            self._shared.publish(self._slot, self._registry)

    def of_all_workers(self) -> CollectorRegistry:
        """What Prometheus asks: the sum of all workers, or this process's own counts where it is alone."""
        together = CollectorRegistry()
        counted = self._registry if self._shared is None else SummedCollector(self._registry, self._shared)
        together.register(counted)
        together.register(self._readings)
        return together

    def _observer(self, histogram: Histogram, *labels: str) -> Histogram:
        key = (histogram._name, *labels)
        found = self._observers.get(key)
        if found is None:
            found = self._observers[key] = histogram.labels(*labels)
        return found
