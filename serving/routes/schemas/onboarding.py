"""Bodies about the songs that a listener begins with."""

from typing import Annotated

from pydantic import BaseModel, Field

from serving.routes.schemas.fields import Name, SongId
from serving.routes.schemas.songs import ScoredSongOut, SongOut


class SeedIn(BaseModel):
    """A seed by its names, where the song_id is not known."""

    artist: Annotated[Name, Field(examples=["Placebo"])]
    track: Annotated[Name, Field(examples=["Every You Every Me"])]


class ColdStartIn(BaseModel):
    """The songs a new listener chose: song_ids, or artists and tracks."""

    seeds: list[SongId | SeedIn] = Field(
        min_length=3,
        max_length=5,
        examples=[["Radiohead - Creep", "Muse - Starlight", {"artist": "Placebo", "track": "Every You Every Me"}]],
    )


class ResolvedSeedOut(BaseModel):
    """A seed as it was sent, and the song that was found for it."""

    input: str | SeedIn = Field(examples=["radiohead creep"])
    song: SongOut


class ColdStartOut(BaseModel):
    """What a listener with these seeds might like."""

    resolved: list[ResolvedSeedOut]
    unresolved: list[str | SeedIn] = Field(
        description="What the catalog does not have; not kept.", examples=[["Nobody - Nothing"]]
    )
    items: list[ScoredSongOut]


class SeedsOut(BaseModel):
    """The seeds of a listener."""

    onboarded: bool = Field(examples=[True])
    seeds: list[SongOut]
