"""Bodies about the server itself."""

from typing import Literal

from pydantic import BaseModel, Field

from serving.http.request_limits import MAX_BODY
from serving.library.seeds import FEWEST
from serving.library.seeds import MOST as SEEDS_MOST
from serving.routes.schemas.queue import MOST as QUEUE_MOST


class HealthOut(BaseModel):
    """Alive, and what it runs."""

    status: Literal["ok"] = "ok"
    version: str = Field(description="Of the code.", examples=["0.1.0"])
    artifacts: str = Field(description="Version of the artifact set.", examples=["20260131T233600Z"])


class VersionsOut(BaseModel):
    """What runs."""

    api: str = Field(description="Of the code.", examples=["0.1.0"])
    artifacts: str = Field(description="Of the artifact set.", examples=["20260131T233600Z"])


class LimitsOut(BaseModel):
    """How much of something is taken."""

    seeds_min: int = Field(FEWEST, examples=[FEWEST])
    seeds_max: int = Field(SEEDS_MOST, examples=[SEEDS_MOST])
    page_max: int = Field(100, description="Items of a list.", examples=[100])
    likes_page_max: int = Field(1000, examples=[1000])
    songs_max: int = Field(100, description="song_ids of one GET /catalog/songs.", examples=[100])
    recent_max: int = Field(20, description="Of POST /recommendations/next.", examples=[20])
    exclude_max: int = Field(500, examples=[500])
    queue_max: int = Field(QUEUE_MOST, examples=[QUEUE_MOST])
    body_bytes_max: int = Field(MAX_BODY, examples=[MAX_BODY])


class ConfigOut(BaseModel):
    """What an app must know before anybody has logged in."""

    name: str = Field(description="Of this server.", examples=["Spotify Redux"])
    signup: Literal["open", "closed", "invite"] = Field(examples=["open"])
    previews: bool = Field(description="Whether songs may have something to hear.", examples=[True])
    versions: VersionsOut
    limits: LimitsOut
