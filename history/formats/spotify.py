"""Spotify: account data (StreamingHistory…) and the extended history (Streaming_History_Audio…, endsong…)."""

from collections.abc import Iterable

from history.documents import Record
from history.formats.contract import NO_PLAY
from history.parts import Rows


class SpotifyAccount:
    """The last year, to the minute; endTime is when a play ended."""

    title = "Spotify account data"

    def claims(self, record: Record) -> bool:
        """Whether a record is a play of it, also of a podcast or an audiobook."""
        return "endTime" in record and "msPlayed" in record

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """Songs; podcasts and audiobooks are counted."""
        for record in records:
            if "artistName" in record:
                artist, track = record["artistName"], record.get("trackName")
                rows.play(artist, track, record.get("endTime"), milliseconds=record.get("msPlayed"), ended=True)
            elif "podcastName" in record or "episodeName" in record:
                rows.tally.drop("podcast")
            elif any("book" in key.casefold() for key in record):
                rows.tally.drop("audiobook")
            else:
                rows.tally.drop(NO_PLAY)


class SpotifyExtended:
    """The whole history, to the second; ts is when a play ended."""

    title = "Spotify extended history"

    def claims(self, record: Record) -> bool:
        """Whether a record is a play of it, whatever was played."""
        return "ts" in record and "ms_played" in record

    def read(self, records: Iterable[Record], rows: Rows) -> None:
        """Songs that were played openly; podcasts, audiobooks, videos and private sessions are counted."""
        video = "_video" in rows.file.casefold()
        for record in records:
            track = record.get("master_metadata_track_name")
            if video:
                rows.tally.drop("video")
            elif record.get("incognito_mode") is True:
                rows.tally.drop("private session")
            elif not track and (record.get("episode_name") or record.get("spotify_episode_uri")):
                rows.tally.drop("podcast")
            elif not track and (record.get("audiobook_title") or record.get("audiobook_uri")):
                rows.tally.drop("audiobook")
            else:
                rows.play(
                    record.get("master_metadata_album_artist_name"),
                    track,
                    record.get("ts"),
                    user=record.get("username"),
                    milliseconds=record.get("ms_played"),
                    ended=True,
                )
