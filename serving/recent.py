"""A cache bounded by bytes: what nobody asked for the longest makes room."""

from collections import OrderedDict
from collections.abc import Hashable, Sized
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)

_ENTRY = 600  # bytes that an entry costs beside what its len() says


class Recent(Generic[K, V]):
    """Values whose len() is the bytes they occupy. For one thread, the event loop's.

    hits and misses count what was looked up.
    """

    def __init__(self, most_bytes: int) -> None:
        self._values: OrderedDict[K, V] = OrderedDict()
        self._room = most_bytes
        self.hits = 0
        self.misses = 0

    def get(self, key: K) -> V | None:
        """The value that was kept, None where there is none or it had to make room."""
        value = self._values.get(key)
        if value is None:
            self.misses += 1
            return None
        self.hits += 1
        self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value in place of the one before."""
        before = self._values.pop(key, None)
        self._room += 0 if before is None else len(before) + _ENTRY
        self._values[key] = value
        self._room -= len(value) + _ENTRY
        while self._room < 0:
            self._room += len(self._values.popitem(last=False)[1]) + _ENTRY

    def __len__(self) -> int:
        return len(self._values)
