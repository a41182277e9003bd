"""What a format of JSON histories is."""

from collections.abc import Iterable
from typing import Protocol

from history.documents import Record
from history.parts import Rows

NO_PLAY = "no play"


class JsonFormat(Protocol):
    """One export's records."""

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    def claims(self, record: Record) -> bool:
        """Whether a record is one of this format, by its keys."""
        ...

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """Gather plays; what is none is counted by reason."""
        ...
