"""Bodies about what is hidden."""

from datetime import UTC, datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, field_validator, model_validator

from errors import Code, InvalidValue
from serving.routes.schemas.fields import Moment, Name, NextCursor, SongId

_LAST = datetime(2200, 1, 1, tzinfo=UTC)


class HideIn(BaseModel):
    """A song or an artist that is not for me, for good or until a moment."""

    song_id: SongId | None = None
    artist: Name | None = Field(None, examples=["Coldplay"])
    until: AwareDatetime | None = Field(None, description="Not in the past. null: for good.", examples=[None])

    @field_validator("until")
    @classmethod
    def _is_to_come(cls, value: datetime | None) -> datetime | None:
        if value is not None and not datetime.now(UTC) < value < _LAST:
            msg = f"{value.isoformat()} is not between now and 2200"
            raise InvalidValue(msg, Code.OUT_OF_RANGE)
        return value

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.song_id is None) == (self.artist is None):
            msg = "expected either song_id or artist"
            raise InvalidValue(msg, Code.MISSING if self.song_id is None else Code.NOT_A_CHOICE)
        return self


class HiddenOut(BaseModel):
    """What is hidden: a song or all of an artist."""

    song_id: str | None = Field(examples=["Radiohead - Creep"])
    artist: str | None = Field(examples=[None])
    until: datetime | None = Field(description="null: for good.", examples=["2026-02-28T23:36:00Z"])
    hidden_at: Moment


class HiddenListOut(BaseModel):
    """One page of what is hidden, the last one first."""

    items: list[HiddenOut]
    next_cursor: NextCursor
