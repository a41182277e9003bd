"""ListenBrainz: JSON lines, the zip of them, and answers of its API."""

from collections.abc import Iterable

from history.documents import Record
from history.formats.contract import NO_PLAY
from history.parts import Rows


class ListenBrainz:
    """`track_metadata` and `listened_at`."""

    title = "ListenBrainz"

    def claims(self, record: Record) -> bool:
        """Whether a record is a listen of it."""
        return isinstance(record.get("track_metadata"), dict) and "listened_at" in record

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """All its listens; a length in additional_info counts as far as it says how long was played."""
        for record in records:
            metadata = record.get("track_metadata")
            if not isinstance(metadata, dict):
                rows.tally.drop(NO_PLAY)
                continue
            more = metadata.get("additional_info")
            played = more.get("duration_played") if isinstance(more, dict) else None
            rows.play(
                metadata.get("artist_name"),
                metadata.get("track_name"),
                record.get("listened_at"),
                user=record.get("user_name") or record.get("user"),
                milliseconds=played * 1000 if isinstance(played, int | float) else None,
            )
