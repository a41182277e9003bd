"""Bodies about the "For you" page."""

from pydantic import BaseModel, Field

from serving.routes.schemas.songs import ScoredSongOut


class ShelfOut(BaseModel):
    """One row of the "For you" page."""

    id: str = Field(examples=["made_for_you"])
    title: str = Field(examples=["Made for you"])
    reason: str = Field(examples=["Near the 4 songs you chose"])
    items: list[ScoredSongOut]


class ShelvesOut(BaseModel):
    """The "For you" page, top shelf first."""

    shelves: list[ShelfOut]
