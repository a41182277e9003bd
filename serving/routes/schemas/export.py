"""Everything that is held about an account."""

from pydantic import BaseModel, Field

from serving.routes.schemas.accounts import SignedInOut, UserOut
from serving.routes.schemas.fields import Moment
from serving.routes.schemas.hidden import HiddenOut
from serving.routes.schemas.listens import ExportedImportOut, ExportedListenOut, PlayerTokenOut, PlayingNowOut
from serving.routes.schemas.queue import QueueOut


class LikeExportOut(BaseModel):
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
    likes: list[LikeExportOut] = Field(description="Newest first, also of songs that left the catalog.")
    player_tokens: list[PlayerTokenOut]
    imports: list[ExportedImportOut]
    playing_now: PlayingNowOut | None = Field(examples=[None])
    hidden: list[HiddenOut] = Field(description="What is or was not for you, the last one first.")
    queue: QueueOut | None = Field(description="null: there was none yet.", examples=[None])
    sessions: list[SignedInOut] = Field(description="Where you are signed in.")
    listens: list[ExportedListenOut] = Field(description="Newest first, with what their players sent.")
