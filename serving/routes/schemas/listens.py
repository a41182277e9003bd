"""Bodies of requests and answers about listens, tokens of players and imports."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from serving.library.listen_records import KeptListen
from serving.routes.schemas.fields import Moment, Name, SongId, Storable

MOST_LISTENS = 1000
_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = datetime(9000, 1, 1, tzinfo=UTC)


def _storable_moment(moment: datetime) -> datetime:
    if not _FIRST <= moment <= _LAST:
        msg = "must lie between the years 1900 and 9000"
        raise ValueError(msg)
    return moment


def _no_number(value: object) -> object:
    """Seconds since 1970 would be taken for a moment as well, and milliseconds for another one."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.count("-") < 2):
        msg = "expected a moment such as 2026-01-31T23:36:00Z"
        raise ValueError(msg)
    return value


PastMoment = Annotated[
    AwareDatetime,
    BeforeValidator(_no_number),
    AfterValidator(_storable_moment),
    Field(examples=["2026-01-31T23:36:00Z"]),
]


class ListenIn(BaseModel):
    """One listen: its song by song_id, or by artist and track."""

    id: Annotated[
        str,
        StringConstraints(min_length=1, max_length=100),
        Storable,
        Field(description="Yours to choose; the same id again is the same listen.", examples=["f3b1c1e0-1"]),
    ]
    song_id: SongId | None = Field(None, examples=["Radiohead - Creep"])
    artist: Name | None = Field(None, examples=[None])
    track: Name | None = Field(None, examples=[None])
    started_at: PastMoment
    played_ms: StrictInt | None = Field(None, ge=0, le=2**31 - 1, description="Milliseconds.", examples=[238_640])
    ended: Literal["finished", "skipped"] = Field("finished", examples=["finished"])
    source: Annotated[str, StringConstraints(min_length=1, max_length=100), Storable, Field(examples=["app"])] = "app"

    @model_validator(mode="after")
    def _names_a_song(self) -> Self:
        if (self.song_id is None) == (self.artist is None or self.track is None):
            msg = "expected a song_id, or an artist and a track"
            raise ValueError(msg)
        if self.song_id is not None and not all(self.song_id.partition(" - ")[::2]):
            msg = f"{self.song_id!r} is no song_id: expected 'artist - track'"
            raise ValueError(msg)
        return self


class ListensIn(BaseModel):
    """Some listens."""

    items: list[ListenIn] = Field(min_length=1, max_length=MOST_LISTENS)


class AcceptedOut(BaseModel):
    """What became of them."""

    accepted: int = Field(description="How many were sent; all of them are stored now.", examples=[1])


class ListenOut(BaseModel):
    """A listen as it is kept."""

    id: str = Field(examples=["f3b1c1e0-1"])
    song_id: str = Field(description="The catalog's, where it had the song.", examples=["Radiohead - Creep"])
    artist: str = Field(description="As sent.", examples=["Radiohead"])
    track: str = Field(description="As sent.", examples=["Creep"])
    in_catalog: bool = Field(description="Whether the catalog had the song when the listen came.", examples=[True])
    started_at: Moment
    played_ms: int | None = Field(examples=[238_640])
    ended: Literal["finished", "skipped"] = Field(examples=["finished"])
    source: str = Field(examples=["app"])

    @classmethod
    def of(cls, listen: KeptListen) -> Self:
        """A listen as a body."""
        return cls(
            id=listen.id,
            song_id=listen.song_id,
            artist=listen.artist,
            track=listen.track,
            in_catalog=listen.in_catalog,
            started_at=listen.started_at,
            played_ms=listen.played_ms,
            ended="skipped" if listen.skipped else "finished",
            source=listen.source,
        )


class ListensOut(BaseModel):
    """One page of listens, newest first."""

    items: list[ListenOut]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null: this was the last.",
        examples=["WzE3Njk5MDI1NjAwMDAsICJmM2IxYzFlMC0xIl0="],
    )


class RemovedOut(BaseModel):
    """How many listens are gone."""

    removed: int = Field(examples=[12])


class SwitchesIn(BaseModel):
    """What to switch; what is left out stays as it is."""

    private: StrictBool | None = Field(
        None, description="A private session: what is played is accepted and not kept.", examples=[True]
    )
    share_listens: StrictBool | None = Field(
        None, description="Whether the next model may learn from this account's listens.", examples=[True]
    )


class TokenIn(BaseModel):
    """A token for one player."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
        Storable,
        Field(examples=["Navidrome"]),
    ]


class PlayerTokenOut(BaseModel):
    """A token for a player, as far as it is known: its text is shown once, when it is made."""

    id: str = Field(examples=["9d668704656c4fa19de8f65955a4e4b8"])
    name: str = Field(examples=["Navidrome"])
    prefix: str = Field(description="The first characters of the token.", examples=["5c1f0a9e"])
    created_at: Moment
    last_used_at: datetime | None = Field(description="To the minute.", examples=["2026-01-31T23:36:00Z"])


class NewTokenOut(PlayerTokenOut):
    """A new token. This is the only time that it is shown."""

    token: str = Field(examples=["5c1f0a9e-7f5c-4b5e-9d53-0c1d2f6a7b8c"])


class TokensOut(BaseModel):
    """Tokens for players, newest first."""

    items: list[PlayerTokenOut]


class ImportOut(BaseModel):
    """An import and how far it is."""

    id: str = Field(examples=["9d668704656c4fa19de8f65955a4e4b8"])
    state: Literal["queued", "running", "done", "failed", "undone"] = Field(examples=["done"])
    files: list[str] = Field(examples=[["my_spotify_data.zip"]])
    created_at: Moment
    finished_at: datetime | None = Field(examples=["2026-01-31T23:37:00Z"])
    total: int | None = Field(description="Listens in the files; null until they were read.", examples=[48_211])
    read: int = Field(description="Of these, how many were looked at.", examples=[48_211])
    kept: int = Field(description="How many were new.", examples=[47_900])
    dropped: dict[str, int] = Field(
        description="How many rows were left out, by reason.", examples=[{"played too shortly": 1204}]
    )
    unresolved: list[str] = Field(
        description="Some songs that the catalog does not have; their listens are kept all the same.",
        examples=[["Nobody - Nothing"]],
    )
    unresolved_listens: int = Field(description="How many listens are of such songs.", examples=[311])
    fault: str | None = Field(
        description="Why it failed; of an import that is done, which files were left out and why.", examples=[None]
    )


class ImportsOut(BaseModel):
    """Imports, newest first."""

    items: list[ImportOut]


class ExportedImportOut(ImportOut):
    """An import with whose listens were asked for."""

    listener: str | None = Field(
        description="Which of several people in the files, as it was sent; null: nobody was named.", examples=["anna"]
    )


class ExportedListenOut(ListenOut):
    """A listen with everything that its player sent."""

    sent: dict[str, Any] | None = Field(description="As the player sent it.", examples=[None])


class PlayingNowOut(BaseModel):
    """What a player says is playing."""

    sent: dict[str, Any] = Field(description="As the player sent it.", examples=[{"track_name": "Creep"}])
    until: Moment
