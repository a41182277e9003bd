"""One invented history of 720 listens in 120 sittings, and how each export that people have writes it."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet

LISTENS, SITTINGS, SONGS = 720, 120, 40
WORDS = "Umbrella Vogue Naima Toxic Hello Yesterday Creep Blue Schism Mercy".split()
HEADER = ["", "Username", "Artist", "Track", "Album", "Date", "Time"]


class Play(NamedTuple):
    artist: str
    track: str
    moment: datetime

    @property
    def unix(self) -> int:
        return int(self.moment.timestamp())


def plays() -> list[Play]:
    """Six songs an evening for 120 evenings, of one of four artists' ten songs each."""
    draw = np.random.default_rng(0)
    found = []
    for evening in range(SITTINGS):
        begins = datetime(2021, 1, 1, 18, int(draw.integers(0, 60)), tzinfo=UTC) + timedelta(days=evening)
        for place, song in enumerate(draw.choice(10, 6, replace=False)):
            artist = ("ABBA", "Radiohead", "Miles Davis", "Tool")[evening % 4]
            found.append(Play(artist, f"{WORDS[song]} {artist}", begins + timedelta(minutes=4 * place)))
    return found


def table(header: Sequence[str], rows: Sequence[Sequence[object]], separator: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def kaggle(date: str = "%d %b %Y", clock: str = " %H:%M", rows: Sequence[Play] | None = None) -> bytes:
    """The Kaggle layout, its dates and times of day in a form."""
    listed = rows if rows is not None else plays()
    cells = [
        [i, "anna", play.artist, play.track, "", f"{play.moment:{date}}", f"{play.moment:{clock}}" if clock else ""]
        for i, play in enumerate(listed)
    ]
    return table(HEADER, cells)


def json_bytes(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def json_lines(records: Sequence[object]) -> bytes:
    return b"".join(json_bytes(record) + b"\n" for record in records)


def spotify_account(played: int = 200_000) -> list[dict[str, Any]]:
    return [
        {
            "endTime": f"{play.moment + timedelta(milliseconds=played):%Y-%m-%d %H:%M}",
            "artistName": play.artist,
            "trackName": play.track,
            "msPlayed": played,
        }
        for play in plays()
    ]


def spotify_extended(played: int = 200_000) -> list[dict[str, Any]]:
    return [
        {
            "ts": f"{play.moment + timedelta(milliseconds=played):%Y-%m-%dT%H:%M:%SZ}",
            "ms_played": played,
            "conn_country": "SE",
            "master_metadata_track_name": play.track,
            "master_metadata_album_artist_name": play.artist,
            "episode_name": None,
            "spotify_episode_uri": None,
            "incognito_mode": False,
        }
        for play in plays()
    ]


def spotify_zip(extra: Sequence[dict[str, Any]] = (), folder: str = "Spotify Extended Streaming History/") -> bytes:
    """The zip as Spotify sends it: the history in two parts, and what else lies in it."""
    records = [*spotify_extended(), *extra]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder}Streaming_History_Audio_2021_0.json", json_bytes(records[:400]))
        archive.writestr(f"{folder}Streaming_History_Audio_2021-2022_1.json", json_bytes(records[400:]))
        archive.writestr(f"{folder}Streaming_History_Video_2021.json", json_bytes(spotify_extended()[:3]))
        archive.writestr(f"{folder}ReadMeFirst.pdf", b"%PDF-1.4")
    return content.getvalue()


def youtube(watched: str = "Watched {}") -> bytes:
    rows = [
        {
            "header": "YouTube Music",
            "title": watched.format(play.track),
            "titleUrl": "https://music.youtube.com/watch?v=x",
            "subtitles": [{"name": f"{play.artist} - Topic", "url": "https://www.youtube.com/channel/x"}],
            "time": f"{play.moment:%Y-%m-%dT%H:%M:%S}.123Z",
            "products": ["YouTube"],
        }
        for play in plays()
    ]
    video = {"header": "YouTube", "title": "Watched a film", "titleUrl": "https://www.youtube.com/watch?v=y"}
    return json_bytes([*rows, video | {"time": "2021-01-01T00:00:00Z", "subtitles": [{"name": "Somebody"}]}])


def listenbrainz() -> list[dict[str, Any]]:
    return [
        {
            "listened_at": play.unix,
            "track_metadata": {"artist_name": play.artist, "track_name": play.track, "additional_info": {}},
        }
        for play in plays()
    ]


def listenbrainz_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("user.json", json_bytes({"user_id": 1, "username": "anna"}))
        archive.writestr("listens/2021/1.jsonl", json_lines(listenbrainz()[:300]))
        archive.writestr("listens/2021/2.jsonl", json_lines(listenbrainz()[300:]))
    return content.getvalue()


def maloja() -> bytes:
    scrobbles = [{"time": p.unix, "track": {"artists": [p.artist], "title": p.track, "album": None}} for p in plays()]
    return json_bytes({"maloja": {"export_time": 1}, "scrobbles": scrobbles})


def api_pages() -> bytes:
    tracks = [
        {"artist": {"mbid": "", "#text": p.artist}, "name": p.track, "date": {"uts": str(p.unix), "#text": "x"}}
        for p in plays()
    ]
    playing = {"artist": {"#text": "ABBA"}, "name": "now", "@attr": {"nowplaying": "true"}}
    pages = [tracks[start : start + 200] for start in range(0, LISTENS, 200)]
    return json_bytes([{"recenttracks": {"track": [playing, *page], "@attr": {"user": "anna"}}} for page in pages])


def stats() -> bytes:
    rows = [{"track": p.track, "artist": p.artist, "album": "", "albumId": "", "date": p.unix * 1000} for p in plays()]
    return json_bytes({"username": "anna", "scrobbles": rows})


def pano() -> bytes:
    rows = [{"timeMs": p.unix * 1000, "artist": p.artist, "track": p.track, "event": "scrobble"} for p in plays()]
    return json_lines([*rows, {"timeMs": 1, "artist": "ABBA", "track": "x", "event": "love"}])


def apple() -> bytes:
    header = ["Artist Name", "Content Name", "Event Start Timestamp", "Event Type", "Play Duration Milliseconds"]
    rows: list[Sequence[object]] = [
        [p.artist, p.track, f"{p.moment:%Y-%m-%dT%H:%M:%S}.000Z", "PLAY_END", 200000, "AUDIO"] for p in plays()
    ]
    more = [["ABBA", "words", "2021-01-01T00:00:00.000Z", "LYRIC_DISPLAY", "", "AUDIO"]]
    return table([*header, "Media Type"], [*rows, *more])


def apple_today() -> bytes:
    """Without a column for the artist of the song; what is not of an album or an artist has none at all."""
    header = ["Album Name", "Container Artist Name", "Container Type", "Event Start Timestamp", "Event Type"]
    rows: list[Sequence[object]] = [
        ["", p.artist, "ALBUM", f"{p.moment:%Y-%m-%dT%H:%M:%S}.000Z", "PLAY_END", "AUDIO", 200000, p.track]
        for p in plays()
    ]
    more = [["", "", "PLAYLIST", "2021-01-01T00:00:00.000Z", "PLAY_END", "AUDIO", 200000, "Toxic"]]
    return table([*header, "Media Type", "Play Duration Milliseconds", "Song Name"], [*rows, *more])


def parquet(zone: str | None = None) -> bytes:
    listed = plays()
    moments = pa.array([play.moment for play in listed], pa.timestamp("us", zone or "UTC"))
    columns: Any = {
        "Username": ["anna"] * len(listed),
        "Artist": [play.artist for play in listed],
        "Track": [play.track for play in listed],
        "Date": moments if zone else moments.cast(pa.timestamp("us")),
    }
    content = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(columns), content)
    return content.getvalue()


def _rows(form: Callable[[Play], Sequence[object]]) -> list[Sequence[object]]:
    return [form(play) for play in plays()]


# Every format by the name of a file: what it holds, and what the report must call it
FORMATS: dict[str, tuple[Callable[[], bytes], str]] = {
    "base.csv": (kaggle, "Kaggle layout"),
    "StreamingHistory_music_0.json": (lambda: json_bytes(spotify_account()), "Spotify account data"),
    "endsong_0.json": (lambda: json_bytes(spotify_extended()), "Spotify extended history"),
    "my_spotify_data.zip": (spotify_zip, "Spotify extended history"),
    "watch-history.json": (youtube, "YouTube Takeout"),
    "ghan.csv": (
        lambda: table(
            "uts utc_time artist artist_mbid album album_mbid track track_mbid".split(),
            _rows(lambda p: [p.unix, f"{p.moment:%d %b %Y, %H:%M}", p.artist, "", "", "", p.track, ""]),
        ),
        "Last.fm (ghan.nl)",
    ),
    "played_at.csv": (
        lambda: table(
            ["artist", "track", "album", "played_at"],
            _rows(lambda p: [p.artist, p.track, "", f"{p.moment:%Y-%m-%d %H:%M:%S}"]),
        ),
        "table",
    ),
    "utc_time.csv": (
        lambda: table(
            ["utc_time", "artist", "album", "track"],
            _rows(lambda p: [f"{p.moment:%Y-%m-%d %H:%M:%S}", p.artist, "", p.track]),
        ),
        "table",
    ),
    "numbered.csv": (
        lambda: table(
            ["", "date", "artist", "track", "album"],
            _rows(lambda p: [1, f"{p.moment:%Y-%m-%d %H:%M}", p.artist, p.track, ""]),
        ),
        "table",
    ),
    "lastfm-to-csv.csv": (
        lambda: table([], _rows(lambda p: [p.artist, "", p.track, f"{p.moment:%d %b %Y %H:%M}"])),
        "Last.fm (no header)",
    ),
    "pages.json": (api_pages, "Last.fm API pages"),
    "lastfmstats.json": (stats, "Last.fm (lastfmstats.com)"),
    "listens.jsonl": (lambda: json_lines(listenbrainz()), "ListenBrainz"),
    "listenbrainz_anna.zip": (listenbrainz_zip, "ListenBrainz"),
    "maloja_export.json": (maloja, "Maloja"),
    "librefm.csv": (
        lambda: (
            b"# exported from libre.fm\n"
            + table(["Artist", "Track", "Album", "Time"], _rows(lambda p: [p.artist, p.track, "", p.unix]))
        ),
        "libre.fm",
    ),
    "pano.jsonl": (pano, "Pano Scrobbler"),
    "Apple Music - Play Activity.csv": (apple, "Apple Music Play Activity"),
    "Apple Music - Play Activity (2).csv": (apple_today, "Apple Music Play Activity"),
    "userid-timestamp.tsv": (
        lambda: table(
            [],
            _rows(lambda p: ["user_000001", f"{p.moment:%Y-%m-%dT%H:%M:%SZ}", "", p.artist, "", p.track]),
            "\t",
        ).replace(b"\r\n", b"\n"),
        "last.fm-1K",
    ),
    "listens.parquet": (parquet, "Kaggle layout, Parquet"),
}


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
