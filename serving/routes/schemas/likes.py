"""Bodies about liked songs."""

from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, Field, field_validator

from errors import Code, InvalidValue
from serving.routes.schemas.fields import Moment, NextCursor, SongId
from serving.routes.schemas.songs import SongOut

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class LikeIn(BaseModel):
    """A song to like, now or as of another moment."""

    song_id: SongId
    liked_at: AwareDatetime | None = Field(
        None, description="Where the like was there before: from when. Not in the future.", examples=[None]
    )

    @field_validator("liked_at")
    @classmethod
    def _is_past(cls, value: datetime | None) -> datetime | None:
        if value is not None and not _FIRST <= value <= datetime.now(UTC):
            msg = f"{value.isoformat()} is not between 1970 and now"
            raise InvalidValue(msg, Code.OUT_OF_RANGE)
        return value

    @property
    def liked_ns(self) -> int | None:
        """The moment in nanoseconds since 1970, None for now."""
        if self.liked_at is None:
            return None
        since = self.liked_at - _FIRST
        return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


class NewLikeOut(SongOut):
    """A liked song and since when."""

    liked_at: Moment


class LikedSongOut(BaseModel):
    """A liked song and since when."""

    song: SongOut
    liked_at: Moment


class LikesOut(BaseModel):
    """One page of likes."""

    items: list[LikedSongOut]
    total: int = Field(
        description="How many there are. Newest first and without `q`, those that left the catalog count as well.",
        examples=[1],
    )
    next_cursor: NextCursor


class LikeIdsOut(BaseModel):
    """The song_ids of all likes that the catalog has, newest first."""

    ids: list[str] = Field(examples=[["Radiohead - Creep", "Muse - Starlight"]])
    revision: str = Field(description="Another one wherever the ids are others.", examples=["0f3a9c-20260131T233600Z"])
