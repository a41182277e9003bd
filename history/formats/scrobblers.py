"""Servers and apps that scrobble: Maloja's export and Pano Scrobbler's lines."""

from collections.abc import Iterable

from history.documents import Record
from history.formats.contract import NO_PLAY
from history.parts import Rows


class Maloja:
    """`scrobbles[].{time, track.{artists[], title}}`; several artists are one joint credit."""

    title = "Maloja"

    def claims(self, record: Record) -> bool:
        """Whether a record is a scrobble of it."""
        return isinstance(record.get("track"), dict) and "time" in record

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """All its scrobbles."""
        for record in records:
            track = record.get("track")
            if not isinstance(track, dict):
                rows.tally.drop(NO_PLAY)
                continue
            artists = track.get("artists")
            names = [name for name in artists if isinstance(name, str)] if isinstance(artists, list) else []
            rows.play(", ".join(names), track.get("title"), record.get("time"))


class Pano:
    """JSON lines with `timeMs artist track album event`."""

    title = "Pano Scrobbler"

    def claims(self, record: Record) -> bool:
        """Whether a record is a line of it."""
        return "timeMs" in record and "artist" in record and "track" in record

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """Scrobbles; loves, skips and other events are counted."""
        for record in records:
            if record.get("event", "scrobble") not in ("scrobble", None):
                rows.tally.drop(NO_PLAY)
                continue
            rows.play(record.get("artist"), record.get("track"), record.get("timeMs"))
