"""Bodies about the songs that a listener begins with."""

from typing import Annotated

from pydantic import BaseModel, Discriminator, Field, Tag, field_validator

from errors import Code, InvalidValue
from serving.library.seeds import FEWEST, MOST
from serving.routes.schemas.fields import Name, SongId
from serving.routes.schemas.songs import ScoredSongOut, SongOut


class SeedIn(BaseModel):
    """A seed by its names, where the song_id is not known."""

    artist: Annotated[Name, Field(examples=["Placebo"])]
    track: Annotated[Name, Field(examples=["Every You Every Me"])]


def _kind(seed: object) -> str | None:
    if isinstance(seed, dict | SeedIn):
        return "(names)"
    return "(song_id)" if isinstance(seed, str) else None


# a tag in parentheses is no place in the body: serving/http/problems.py leaves it out
Seed = Annotated[
    Annotated[SongId, Tag("(song_id)")] | Annotated[SeedIn, Tag("(names)")],
    Discriminator(
        _kind,
        custom_error_type="seed_type",
        custom_error_message="should be a song_id, or an object with artist and track",
    ),
]


class ColdStartIn(BaseModel):
    """The songs a new listener chose: song_ids, or artists and tracks."""

    seeds: list[Seed] = Field(
        json_schema_extra={"minItems": FEWEST},
        max_length=MOST,
        examples=[["Radiohead - Creep", "Muse - Starlight", {"artist": "Placebo", "track": "Every You Every Me"}]],
    )

    @field_validator("seeds")
    @classmethod
    def _are_enough(cls, value: list[str | SeedIn]) -> list[str | SeedIn]:
        if len(value) < FEWEST:
            msg = f"{len(value)} seeds are too few: choose {FEWEST} to {MOST}"
            raise InvalidValue(msg, Code.TOO_FEW_SEEDS)
        return value


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


class NewSeedsOut(SeedsOut):
    """The seeds of a listener from now on."""

    unresolved: list[str | SeedIn] = Field(
        description="What the catalog does not have; not kept.", examples=[["Nobody - Nothing"]]
    )
