"""Bodies about the "For you" page."""

from pydantic import BaseModel, Field

from serving.ranking.words import Phrase
from serving.routes.schemas.fields import Moment, NextCursor, SongId
from serving.routes.schemas.songs import ScoredSongOut, SongOut


class WordsOut(BaseModel):
    """A title or a reason: in English, and in parts for whoever translates it; null is what it does not speak of."""

    code: Phrase = Field(examples=[Phrase.NEAR_CHOSEN])
    text: str = Field(examples=["Near the 4 songs you chose"])
    song: SongOut | None
    artists: list[str] = Field(examples=[["Radiohead"]])
    count: int | None = Field(description="Of songs.", examples=[4])
    liked: int | None = Field(description="Of songs, liked ones.", examples=[2])


class ShelfOut(BaseModel):
    """One row of the "For you" page."""

    id: str = Field(examples=["made_for_you"])
    title: WordsOut
    reason: WordsOut
    items: list[ScoredSongOut]
    next_cursor: NextCursor


class NextIn(BaseModel):
    """The end of a queue."""

    recent: list[SongId] = Field(
        min_length=1,
        max_length=20,
        description="song_ids of the last songs, newest last: newer ones weigh more.",
        examples=[["Muse - Starlight", "Radiohead - Creep"]],
    )
    exclude: list[SongId] = Field(
        [],
        max_length=500,
        description="song_ids of what stands in the queue before them, or is not wanted.",
        examples=[["Placebo - Pure Morning"]],
    )
    limit: int = Field(20, strict=True, ge=1, le=100)


class NextSongOut(ScoredSongOut):
    """A song that follows, and why."""

    because: str = Field(
        description="The song_id of `recent` that has most to do with it.", examples=["Radiohead - Creep"]
    )


class NextOut(BaseModel):
    """What follows a queue, in its order."""

    items: list[NextSongOut]


class ShelvesOut(BaseModel):
    """The "For you" page, top shelf first."""

    shelves: list[ShelfOut]
    generated_at: Moment
