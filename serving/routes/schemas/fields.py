"""Fields that several bodies and addresses share."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core.core_schema import CoreSchema, no_info_after_validator_function

from catalog.song import LONGEST_SONG_ID
from errors import Code, InvalidValue
from serving.accounts import credentials


class _Storable:
    """Text that every database takes; the schema says what it can of that."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(credentials.storable, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema) | {"pattern": r"^[^\u0000]*$"}


def _short_enough(song_id: str) -> str:
    if len(song_id.encode("utf-8", "surrogatepass")) > LONGEST_SONG_ID:
        msg = f"must have at most {LONGEST_SONG_ID:,} bytes in UTF-8"
        raise InvalidValue(msg, Code.TOO_LONG)
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
NextCursor = Annotated[
    str | None,
    Field(
        description="Send it as `cursor` for the next page; null: this was the last.",
        examples=["WzE3Njk5MDI1NjAwMDAwMDAwMDAsICJSYWRpb2hlYWQgLSBDcmVlcCJd"],
    ),
]
