"""Names of columns: what a table calls the artist, the track, the listener and the moment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_USER = "username user user_name userid user_id listener listener_name account profile member"
_ARTIST = """artist artist_name artists artist_names artistname master_metadata_album_artist_name track_artist
    song_artist performer performers band creator interpret kunstler artiste artista album_artist
    container_artist_name"""
_TRACK = """track track_name trackname song song_name song_title track_title title content_name recording recording_name
    master_metadata_track_name titel titre titulo name"""
_PLAYS = "plays play_count playcount listens scrobbles times_played count weight"
_MOMENT = """uts listened_at timestamp ts utc_time played_at date_time datetime date_and_time endtime end_time
    when played listened date_played date_listened start_time event_start_timestamp event_end_timestamp
    scrobble_time scrobbled_at listen_time unix_time time_ms"""
_DATE = "date day utc_date play_date datum fecha"
_CLOCK = "time clock hour time_of_day utc_clock zeit hora"
_PLAYED = "ms_played msplayed play_duration_milliseconds"
_PLAYED_SECONDS = "listening_time"  # Deezer's
_EVENT = "event_type"
_MEDIA = "media_type"
_INCOGNITO = "incognito_mode"

_IGNORED = re.compile(r"[\s_\-.\u200b\ufeff]+")
_COMMENTED = re.compile(r"^[#;]+\s*")
_ENDS = {"endtime", "ts", "eventendtimestamp"}  # moments at which a play ended


def _key(name: str) -> str:
    return _IGNORED.sub("", name.partition("#")[0] if not name.startswith("#") else name).casefold().strip("\"'")


_ROLES = {
    role: [_key(name) for name in names.split()]
    for role, names in {
        "user": _USER,
        "artist": _ARTIST,
        "track": _TRACK,
        "plays": _PLAYS,
        "moment": _MOMENT,
        "date": _DATE,
        "clock": _CLOCK,
        "played": _PLAYED,
        "played_seconds": _PLAYED_SECONDS,
        "event": _EVENT,
        "media": _MEDIA,
        "incognito": _INCOGNITO,
    }.items()
}
_KNOWN = {name for names in _ROLES.values() for name in names}


@dataclass(frozen=True)
class Layout:
    """places: what a column holds to its place in a row. columns: how many there are. title: what the layout is called.

    notes: what was guessed, for the report. ends: the moment is the end of a play.
    """

    places: dict[str, int]
    columns: int
    title: str
    ends: bool = False
    notes: tuple[str, ...] = field(default=())


def layout_of(header: Sequence[str]) -> Layout | None:
    """The layout that a header names, None where it has no artist or no track. Raises ValueError naming a twin."""
    keys = [_key(_COMMENTED.sub("", name) if place == 0 else name) for place, name in enumerate(header)]
    places: dict[str, int] = {}
    for role, names in _ROLES.items():
        name = next((name for name in names if name in keys and keys.index(name) not in places.values()), None)
        if name is not None:
            if keys.count(name) > 1:
                raise ValueError(f"two columns named {header[keys.index(name)].strip()}")
            places[role] = keys.index(name)
    if "artist" not in places or "track" not in places:
        return None
    moment = places.pop("moment", None)
    if moment is not None:
        places = {role: place for role, place in places.items() if role not in ("date", "clock")} | {"date": moment}
    elif "date" not in places and "clock" in places:
        places["date"] = places.pop("clock")
    ends = "played" in places and "date" in places and keys[places["date"]] in _ENDS
    return Layout(places, len(header), _title(keys), ends)


def known_names(header: Sequence[str]) -> list[str]:
    """The names of a header that are a column's; the others may be a row of somebody's data."""
    return [name.strip() for name in header if _key(name) in _KNOWN]


def missing_of(header: Sequence[str]) -> list[str]:
    """What of artist and track no column is called."""
    keys = {_key(name) for name in header}
    return [f"the {role}" for role in ("artist", "track") if keys.isdisjoint(_ROLES[role])]


def _title(keys: Sequence[str]) -> str:
    if {"uts", "utctime"} <= set(keys):
        return "Last.fm (ghan.nl)"
    if "playdurationmilliseconds" in keys or "eventstarttimestamp" in keys:
        return "Apple Music Play Activity"
    if list(keys) == ["artist", "track", "album", "time"]:
        return "libre.fm"
    if "mastermetadatatrackname" in keys:
        return "Spotify extended history, as a table"
    if {"username", "artist", "track"} <= set(keys):
        return "Kaggle layout"
    return "table"
