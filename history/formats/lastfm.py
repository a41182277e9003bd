"""Last.fm as JSON: pages of its API, and what lastfmstats.com saves."""

from collections.abc import Iterable

from history.documents import Record
from history.formats.contract import NO_PLAY
from history.parts import Rows


def _text(value: object) -> object:
    """A name that Last.fm writes as {"#text": …} or {"name": …}, or plainly."""
    return value.get("#text") or value.get("name") if isinstance(value, dict) else value


class LastFmPages:
    """`user.getRecentTracks`: recenttracks.track[]."""

    title = "Last.fm API pages"

    def claims(self, record: Record) -> bool:
        """Whether a record is a scrobble, or the song that plays now."""
        return isinstance(record.get("artist"), dict) and "name" in record and ("date" in record or "@attr" in record)

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """Scrobbles; what plays at the moment of the export is none yet."""
        for record in records:
            date = record.get("date")
            if not isinstance(date, dict):
                rows.tally.drop(NO_PLAY)
                continue
            moment = date.get("uts") or date.get("#text")
            rows.play(_text(record.get("artist")), record.get("name"), moment, user=record.get("user"))


class LastFmStats:
    """A file of scrobbles with track, artist, album and a Unix time in milliseconds."""

    title = "Last.fm (lastfmstats.com)"

    def claims(self, record: Record) -> bool:
        """Whether a record is a scrobble of it."""
        return isinstance(record.get("artist"), str) and isinstance(record.get("track"), str) and "date" in record

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """All its scrobbles."""
        for record in records:
            rows.play(record.get("artist"), record.get("track"), record.get("date"), user=record.get("user"))
