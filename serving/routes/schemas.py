"""Bodies of requests and answers: one schema a direction, and a list is always an envelope."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function

from catalog.song import LONGEST_SONG_ID, is_too_long
from serving.accounts import credentials
from serving.accounts.queries import User
from serving.accounts.tokens import Tokens, TokenSubject


class _Storable:
    """Text that every database takes; the schema says what it can of that."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(credentials.storable, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"pattern": r"^[^\u0000]*$"}


def _short_enough(song_id: str) -> str:
    if is_too_long(song_id):
        msg = f"must have at most {LONGEST_SONG_ID:,} bytes in UTF-8"
        raise ValueError(msg)
    return song_id


Storable = _Storable()
SongId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_SONG_ID),
    Storable,
    AfterValidator(_short_enough),
    Field(examples=["Radiohead - Creep"]),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=1000), Storable]
Username = Annotated[
    str,
    StringConstraints(min_length=2, max_length=50),
    Storable,
    AfterValidator(credentials.username),
    Field(examples=["ada"]),
]
NewPassword = Annotated[
    str,
    StringConstraints(min_length=8, max_length=128),
    Storable,
    Field(
        examples=["correct horse battery"],
        json_schema_extra={"format": "password"},
        description="8 to 128 characters of any kind; not one of the common ones, nor your username.",
    ),
]
Moment = Annotated[datetime, Field(examples=["2026-01-31T23:36:00Z"])]
OwnPassword = Annotated[
    str,
    StringConstraints(max_length=128),
    Storable,
    Field(examples=["correct horse battery"], json_schema_extra={"format": "password"}),
]


# accounts


class SignupIn(BaseModel):
    """A new account."""

    username: Username
    password: NewPassword

    @field_validator("password")
    @classmethod
    def _is_not_the_first_guess(cls, value: str, info: ValidationInfo) -> str:
        return credentials.password(value, info.data.get("username"))


class LoginIn(BaseModel):
    """The OAuth2 password form; what else it carries (grant_type, scope, …) is not needed."""

    username: Annotated[str, StringConstraints(max_length=200), Storable, Field(examples=["ada"])]
    password: OwnPassword


class PasswordChangeIn(BaseModel):
    """A new password, and the one until now."""

    current_password: OwnPassword
    new_password: Annotated[NewPassword, Field(examples=["four words nobody guesses"])]

    @field_validator("new_password")
    @classmethod
    def _is_not_the_first_guess(cls, value: str) -> str:
        return credentials.password(value)


class AccountDeletionIn(BaseModel):
    """The password once more: a token alone, left on a borrowed phone, deletes nothing."""

    password: OwnPassword


class UserOut(BaseModel):
    """An account as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["0d5b3c0f6a544d4fb2f2f0c1a9d7e3b8"])
    username: str = Field(examples=["ada"])
    created_at: Moment
    onboarded: bool = Field(description="Whether seeds were chosen.", examples=[True])


class SessionOut(BaseModel):
    """What a signup or login gives: send `Authorization: Bearer <access_token>`."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…"])
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  the name of a scheme
    expires_in: int = Field(description="Seconds.", examples=[86400])
    user: UserOut

    @classmethod
    def of(cls, tokens: Tokens, user: User, subject: TokenSubject) -> Self:
        """A new token for an account."""
        seconds = int(tokens.lifetime.total_seconds())
        return cls(access_token=tokens.issue(subject), expires_in=seconds, user=UserOut.model_validate(user))


# songs


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


# onboarding


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


# shelves and likes


class ShelfOut(BaseModel):
    """One row of the "For you" page."""

    id: str = Field(examples=["made_for_you"])
    title: str = Field(examples=["Made for you"])
    reason: str = Field(examples=["Near the 4 songs you chose"])
    items: list[ScoredSongOut]


class ShelvesOut(BaseModel):
    """The "For you" page, top shelf first."""

    shelves: list[ShelfOut]


class LikeIn(BaseModel):
    """A song to like."""

    song_id: SongId


class LikesOut(BaseModel):
    """One page of likes, newest first."""

    items: list[SongOut]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null: this was the last.",
        examples=["WzE3Njk5MDI1NjAwMDAwMDAwMDAsICJSYWRpb2hlYWQgLSBDcmVlcCJd"],
    )


# everything held


class LikeOut(BaseModel):
    """A like and its moment."""

    song_id: str = Field(examples=["Radiohead - Creep"])
    liked_at: Moment


class ExportOut(BaseModel):
    """Everything that is held about an account, but for the hash of its password."""

    user: UserOut
    seeds: list[str] | None = Field(
        description="song_ids, also of songs that left the catalog; null before onboarding.",
        examples=[["Radiohead - Creep", "Muse - Starlight", "Placebo - Pure Morning"]],
    )
    likes: list[LikeOut] = Field(description="Newest first, also of songs that left the catalog.")


# health


class HealthOut(BaseModel):
    """Alive, and what it runs."""

    status: Literal["ok"] = "ok"
    version: str = Field(description="Of the code.", examples=["0.1.0"])
    artifacts: str = Field(description="Version of the artifact set.", examples=["20260131T233600Z"])
