"""Bodies about songs."""

from pydantic import BaseModel, Field

from serving.routes.schemas.fields import NextCursor


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


class MatchesOut(BaseModel):
    """Where names say what was typed: [start, end) in UTF-16 code units, as JavaScript counts."""

    artist: list[tuple[int, int]] = Field(examples=[[(0, 6)]])
    track: list[tuple[int, int]] = Field(examples=[[]])


class FoundSongOut(SongOut):
    """A song that a search found."""

    matches: MatchesOut


class FoundArtistOut(BaseModel):
    """An artist whose name says all that was typed."""

    artist: str = Field(examples=["Radiohead"])
    songs: int = Field(description="How many the catalog has.", examples=[12])
    matches: list[tuple[int, int]] = Field(examples=[[(0, 6)]])


class KnownSongsOut(SongsOut):
    """The songs that the catalog has of those that were asked for."""

    unknown: list[str] = Field(description="song_ids that it does not have.", examples=[["Nobody - Nothing"]])


class ArtistOut(SongsOut):
    """One page of an artist's songs, most listened first."""

    artist: str = Field(examples=["Radiohead"])
    total: int = Field(examples=[12])
    next_cursor: NextCursor


class FoundSongsOut(BaseModel):
    """One page of a search."""

    items: list[FoundSongOut]
    artists: list[FoundArtistOut] = Field(description="With the first page only, three at most.")
    total: int = Field(description="How many songs match.", examples=[1])
    total_is_exact: bool = Field(description="False: there are at least `total`.", examples=[True])


class SimilarOut(BaseModel):
    """Songs like one song, nearest first."""

    song: SongOut
    items: list[ScoredSongOut]
