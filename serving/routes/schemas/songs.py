"""Bodies about songs."""

from pydantic import BaseModel, Field


class SongOut(BaseModel):
    """A song of the catalog."""

    song_id: str = Field(examples=["Radiohead - Creep"])
    artist: str = Field(examples=["Radiohead"])
    track: str = Field(examples=["Creep"])


class ScoredSongOut(SongOut):
    """A recommended song."""

    score: float = Field(
        ge=0,
        le=1,
        examples=[0.9134],
        description="How near it is to what was asked for; on popularity shelves, how popular.",
    )


class SongsOut(BaseModel):
    """Some songs."""

    items: list[SongOut]


class FoundSongsOut(SongsOut):
    """One page of a search."""

    total: int = Field(description="How many songs match.", examples=[1])
    total_is_exact: bool = Field(description="False: there are at least `total`.", examples=[True])


class SimilarOut(BaseModel):
    """Songs like one song, nearest first."""

    song: SongOut
    items: list[ScoredSongOut]
