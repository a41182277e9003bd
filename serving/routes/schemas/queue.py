"""Bodies about the queue."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from errors import Code, InvalidValue
from serving.routes.schemas.fields import SongId, Storable

MOST = 500


class QueuedSong(BaseModel):
    """A place in a queue."""

    song_id: SongId
    added_by: Literal["user", "auto"] = Field(examples=["user"])


class QueueIn(BaseModel):
    """A whole queue; songs that the catalog does not have are kept as they are."""

    items: list[QueuedSong] = Field(max_length=MOST)
    index: int = Field(0, strict=True, ge=0, description="What plays; 0 in an empty queue.", examples=[0])
    position_ms: int = Field(0, strict=True, ge=0, le=86_400_000, description="Where in that song.", examples=[61_500])
    device: Annotated[str, StringConstraints(max_length=100), Storable] | None = Field(
        None, description="Where it plays, by any name.", examples=["Ada's phone"]
    )

    @model_validator(mode="after")
    def _has_its_index(self) -> Self:
        if self.index > max(0, len(self.items) - 1):
            msg = f"index {self.index} is outside a queue of {len(self.items)}"
            raise InvalidValue(msg, Code.OUT_OF_RANGE)
        return self


class QueueOut(QueueIn):
    """The queue as it was sent last."""

    updated_at: datetime | None = Field(description="null: there was none yet.", examples=["2026-01-31T23:36:00Z"])
