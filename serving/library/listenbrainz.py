"""Submissions by ListenBrainz's protocol, checked as it checks them.

Source: listenbrainz-server, webserver/views/api.py and api_tools.py; the messages are theirs, with their mistakes.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import orjson

from catalog.song import song_id
from serving.http.listenbrainz_errors import MAX_LISTEN, MAX_LISTENS, MAX_PAYLOAD, ListenBrainzError
from serving.library.listen_records import NewListen
from serving.library.listens import listen_id

Kind = Literal["single", "playing_now", "import"]
Json = dict[str, Any]

_FIRST = 1_033_430_400  # 2002-10-01
_SKEW = 3600  # seconds that a player's clock may be ahead
_DEEPEST = 100  # levels of JSON that are kept and echoed: ours, ListenBrainz names none
_MOST_TAGS = 50
_LONGEST_TAG = 64
_LONGEST = 24 * 24 * 3600  # seconds
_PLAYING_NOW = 600  # seconds, where nobody says how long a song is
_ONE_MBID = ("release_mbid", "recording_mbid", "release_group_mbid", "track_mbid")
_MANY_MBIDS = ("artist_mbids", "work_mbids")


@dataclass(frozen=True)
class Submission:
    """What a player sent, with blanks trimmed and empty MBIDs left out."""

    kind: Kind
    listens: list[Json]

    def new_listens(self) -> list[NewListen]:
        """The listens, before anybody looked for their songs."""
        return [_new_listen(listen) for listen in self.listens]

    def playing_until(self, now: float) -> int:
        """Until when the song plays, in milliseconds since 1970."""
        info = self.listens[0]["track_metadata"].get("additional_info") or {}
        seconds = info.get("duration") or info.get("duration_ms", 0) / 1000 or _PLAYING_NOW
        return int((now + seconds) * 1000)


def read_submission(raw: bytes, now: float) -> Submission:
    """What the body of submit-listens holds. now: seconds since 1970. Raises ListenBrainzError."""
    if len(raw) > MAX_PAYLOAD:
        _refuse(f"Payload too large. Payload cannot exceed {MAX_PAYLOAD} bytes")
    try:
        data = orjson.loads(raw)
    except ValueError as exc:
        raise ListenBrainzError(400, f"Cannot parse JSON document: {exc}") from exc
    if not isinstance(data, dict):
        _refuse("Invalid JSON document submitted. Top level of JSON document should be a json object.")
    if "payload" not in data or "listen_type" not in data:
        _refuse("Invalid JSON document submitted.")
    payload, kind = data["payload"], data["listen_type"]
    _check_payload(payload, kind, len(raw))
    if _is_deeper(payload, _DEEPEST):
        _refuse(f"Cannot parse JSON document: it is nested deeper than {_DEEPEST} levels")
    for listen in payload:
        _check(listen, kind, now)
    return Submission(kind, payload)


def _check_payload(payload: object, kind: object, size: int) -> None:
    if not isinstance(payload, list):
        _refuse("The payload in the JSON document should be a list of listens.")
    if not payload:
        _refuse("JSON document does not contain any listens")
    if len(payload) > MAX_LISTENS:
        _refuse(f"Too many listens. You may not submit more than {MAX_LISTENS} listens at once.")
    if size > len(payload) * MAX_LISTEN:
        _refuse(f"JSON document is too large. Each listens may not be larger than {MAX_LISTEN} bytes.")
    if kind not in ("single", "playing_now", "import"):
        _refuse("JSON document requires a valid listen_type key.")
    if kind != "import" and len(payload) > 1:
        _refuse("JSON document contains more than listen for a single/playing_now. It should contain only one.")


def _check(listen: Any, kind: Kind, now: float) -> None:  # noqa: ANN401  any JSON
    if not isinstance(listen, dict):
        _refuse("Listen is empty and cannot be validated.")
    if kind == "playing_now":
        if "listened_at" in listen:
            _refuse("JSON document must not contain listened_at while submitting playing_now.", listen)
        allowed, most = "track_metadata as top level key when submitting playing_now.", 1
    else:
        _check_moment(listen, now)
        allowed, most = "listened_at and track_metadata top level keys", 2
    if "track_metadata" not in listen:
        _refuse("JSON document must contain the key track_metadata at the top level.", listen)
    if len(listen) > most:
        _refuse(f"JSON document may only contain {allowed}", listen)
    metadata = listen["track_metadata"]
    if not isinstance(metadata, dict):
        _refuse("JSON document may not have track_metadata with null value.", listen)
    _check_name(listen, "track_name")
    _check_name(listen, "artist_name")
    _check_name(listen, "release_name", required=False)
    if metadata.get("additional_info") is not None:
        _check_info(listen)
    _refuse_null(listen, listen)


def _check_moment(listen: Json, now: float) -> None:
    if "listened_at" not in listen:
        _refuse("JSON document must contain the key listened_at at the top level.", listen)
    try:
        moment = listen["listened_at"] = int(listen["listened_at"])
    except (ValueError, TypeError, OverflowError):
        _refuse("JSON document must contain an int value for listened_at.", listen)
    if moment >= int(now) + _SKEW:
        _refuse("Value for key listened_at is too high.", listen)
    if moment < _FIRST:
        _refuse(
            "Value for key listened_at is too low. listened_at timestamp should be greater than 1033410600 "
            "(2002-10-01 00:00:00 UTC).",
            listen,
        )


def _check_name(listen: Json, key: str, *, required: bool = True) -> None:
    metadata = listen["track_metadata"]
    if key not in metadata or (not required and metadata[key] is None):
        if required:
            _refuse(f"JSON document does not contain required field track_metadata.{key}.", listen)
        return
    if not isinstance(metadata[key], str):
        _refuse(f"track_metadata.{key} must be a single string.", listen)
    metadata[key] = metadata[key].strip()
    if not metadata[key]:
        _refuse(f"field track_metadata.{key} is empty.", listen)


def _check_info(listen: Json) -> None:
    info = listen["track_metadata"]["additional_info"]
    if not isinstance(info, dict):
        _refuse("track_metadata.additional_info must be a json object.", listen)
    tags = info.get("tags") or []
    if not isinstance(tags, list):
        _refuse("track_metadata.additional_info.tags must be a list.", listen)
    if len(tags) > _MOST_TAGS:
        _refuse(
            f"JSON document may not contain more than {_MOST_TAGS} items in track_metadata.additional_info.tags.",
            listen,
        )
    if any(len(str(tag)) > _LONGEST_TAG for tag in tags):
        _refuse(
            f"JSON document may not contain track_metadata.additional_info.tags longer than {_LONGEST_TAG} characters.",
            listen,
        )
    if "duration" in info and "duration_ms" in info:
        _refuse("JSON document should not contain both duration and duration_ms.", listen)
    _check_duration(listen, "duration", _LONGEST)
    _check_duration(listen, "duration_ms", _LONGEST * 1000)
    for key in (*_ONE_MBID, *_MANY_MBIDS):
        _check_mbids(listen, key)


def _check_duration(listen: Json, key: str, most: int) -> None:
    info = listen["track_metadata"]["additional_info"]
    if key not in info:
        return
    try:
        value = int(info[key])
    except (ValueError, TypeError, OverflowError):
        value = 0
    if value <= 0:
        _refuse(f"Value for {key} is invalid, should be a positive integer.", listen)
    if value > most:
        _refuse(f"Value for {key} is too large, max permitted value is {most}", listen)
    info[key] = value


def _check_mbids(listen: Json, key: str) -> None:
    """MBIDs must be UUIDs; empty ones are left out."""
    info = listen["track_metadata"]["additional_info"]
    if key not in info:
        return
    several = key in _MANY_MBIDS and isinstance(info[key], list)
    found = [mbid for mbid in (info[key] if several else [info[key]]) if mbid]
    if not all(map(_is_uuid, found)):
        _refuse(f"{key} MBID format invalid.", listen)
    if not found:
        del info[key]
    elif key in _MANY_MBIDS:
        info[key] = found


def _is_uuid(text: object) -> bool:
    try:
        uuid.UUID(text)  # type: ignore[arg-type]  # anything that JSON can hold
    except (AttributeError, ValueError, TypeError):
        return False
    return True


def _is_deeper(value: Any, levels: int) -> bool:  # noqa: ANN401  any JSON
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(one, levels - 1) for one in inner)


def _refuse_null(value: Any, listen: Json) -> None:  # noqa: ANN401  any JSON
    """PostgreSQL keeps no NUL, in keys neither."""
    if isinstance(value, str) and "\0" in value:
        _refuse(f"{value} contains a unicode null", listen)
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_null(key, listen)
            _refuse_null(inner, listen)
    elif isinstance(value, list):
        for inner in value:
            _refuse_null(inner, listen)


def _refuse(message: str, listen: Mapping[str, Any] | None = None) -> NoReturn:
    raise ListenBrainzError(400, message, listen)


def _new_listen(listen: Json) -> NewListen:
    metadata = listen["track_metadata"]
    artist, track, started_ms = metadata["artist_name"], metadata["track_name"], listen["listened_at"] * 1000
    info = metadata.get("additional_info") or {}
    player = info.get("media_player") or info.get("submission_client") or info.get("listening_from")
    return NewListen(
        id=listen_id(started_ms, artist, track),
        started_ms=started_ms,
        artist=artist,
        track=track,
        song_id=song_id(artist, track),
        in_catalog=False,
        played_ms=_milliseconds(info.get("duration_played")),
        skipped=False,
        source=player[:100] if isinstance(player, str) and player else "listenbrainz",
        sent=metadata,
    )


def _milliseconds(seconds: object) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
        return None
    return int(seconds * 1000)


def recording_msid(artist: str, track: str) -> str:
    """ListenBrainz's id of an artist and a track as they are written: equal for equal names."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{artist}\n{track}"))
