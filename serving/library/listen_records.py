"""A listen as it comes, as it is kept, and what listens of one song add up to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class NewListen:
    """A listen as it came. started_ms: since 1970; song_id: the catalog's, else of the names as sent."""

    id: str
    started_ms: int
    artist: str
    track: str
    song_id: str
    in_catalog: bool
    played_ms: int | None
    skipped: bool
    source: str
    sent: dict[str, Any] | None = None
    import_id: str | None = None


class Place(NamedTuple):
    """A listen's place in the order of listens."""

    started_ms: int
    id: str


NEWEST = Place(2**63 - 1, "")


class KeptListen(NamedTuple):
    """A listen as it is kept."""

    id: str
    started_ms: int
    artist: str
    track: str
    song_id: str
    in_catalog: bool
    played_ms: int | None
    skipped: bool
    source: str
    sent: dict[str, Any] | None
    received_ms: int

    @property
    def started_at(self) -> datetime:
        """The moment the playback began, in UTC, to the millisecond."""
        return datetime.fromtimestamp(self.started_ms / 1000, UTC)

    @property
    def place(self) -> Place:
        """Its place in the order of listens."""
        return Place(self.started_ms, self.id)


class SongHeard(NamedTuple):
    """What one listener's listens of a song add up to.

    plays: without skips; recent: of these, in the last 30 days; last_ms: the latest of them. weight: plays less skips,
    each halved for every half-life that it is old; weight_before: the same as it stood at another moment.
    """

    song_id: str
    plays: int
    recent: int
    last_ms: int
    weight: float
    weight_before: float
