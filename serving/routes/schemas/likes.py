"""Bodies about liked songs."""

from pydantic import BaseModel

from serving.routes.schemas.fields import NextCursor, SongId
from serving.routes.schemas.songs import SongOut


class LikeIn(BaseModel):
    """A song to like."""

    song_id: SongId


class LikesOut(BaseModel):
    """One page of likes, newest first."""

    items: list[SongOut]
    next_cursor: NextCursor
