"""Bodies about the server itself."""

from typing import Literal

from pydantic import BaseModel, Field


class HealthOut(BaseModel):
    """Alive, and what it runs."""

    status: Literal["ok"] = "ok"
    version: str = Field(description="Of the code.", examples=["0.1.0"])
    artifacts: str = Field(description="Version of the artifact set.", examples=["20260131T233600Z"])
