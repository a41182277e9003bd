"""The body of the operator's page."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from artifact_set.listing import Listed, State
from artifact_set.manifest import Manifest
from serving.http.rate_limits import Policy
from serving.routes.schemas.fields import Moment
from serving.routes.schemas.health import LimitsOut

VERSION = "20260131T233600Z"
FIGURES = {"ndcg@20": 0.3215, "popularity_ndcg@20": 0.0711}


class DataOut(BaseModel):
    """What a model learned from."""

    model_config = ConfigDict(from_attributes=True)

    source: str = Field(examples=["Last.fm_data.csv"])
    listens: int = Field(examples=[166153])
    users: int = Field(examples=[11])
    songs: int = Field(examples=[61217])
    simulated: bool = Field(description="Nobody real has listened.", examples=[False])


class ModelOut(BaseModel):
    """The model that answers, as its card has it."""

    version: str = Field(description="Of its artifact set.", examples=[VERSION])
    trained_at: Moment
    built_at: Moment = Field(description="When its index was.")
    algorithm: str = Field(examples=["puresvd"])
    songs: int = Field(description="That can be recommended.", examples=[61217])
    factors: int = Field(examples=[96])
    index: str = Field(description="A FAISS factory string.", examples=["Flat"])
    data: DataOut
    figures: dict[str, float] = Field(
        description="What was measured of the model, and of popularity (popularity_…), in 0..1.", examples=[FIGURES]
    )
    forced: list[str] = Field(description="What its validation objected to, where --force overrode it.", examples=[[]])

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """What a manifest says."""
        training = manifest.training
        return cls(
            version=manifest.version,
            trained_at=training.created_at,
            built_at=manifest.created_at,
            algorithm=training.algorithm,
            songs=manifest.songs,
            factors=manifest.factors,
            index=manifest.index_factory,
            data=DataOut.model_validate(training.data),
            figures=training.metrics,
            forced=manifest.forced,
        )


class SetOut(BaseModel):
    """An artifact set in ARTIFACTS_DIR."""

    version: str = Field(examples=[VERSION])
    state: State = Field(
        description="current: artifacts/current names it. trained: it waits for its index. refused: its gate objected.",
        examples=["current"],
    )
    trained_at: Moment | None
    algorithm: str | None = Field(examples=["puresvd"])
    source: str | None = Field(description="What it learned from.", examples=["Last.fm_data.csv"])
    listens: int | None = Field(examples=[166153])
    songs: int | None = Field(examples=[61217])
    figures: dict[str, float] = Field(description="As of the model that answers.", examples=[FIGURES])
    fault: str | None = Field(description="Why it cannot serve, or what its gate objected to.", examples=[None])

    @classmethod
    def of(cls, one: Listed) -> Self:
        """A version as it is listed."""
        training = one.training
        return cls(
            version=one.version,
            state=one.state,
            trained_at=training and training.created_at,
            algorithm=training and training.algorithm,
            source=training and training.data.source,
            listens=training and training.data.listens,
            songs=one.songs,
            figures=training.metrics if training else {},
            fault=one.fault,
        )


class CountsOut(BaseModel):
    """How much there is."""

    model_config = ConfigDict(from_attributes=True)

    users: int = Field(examples=[12])
    sessions: int = Field(description="Where accounts are signed in.", examples=[20])
    likes: int = Field(examples=[340])
    listens: int = Field(examples=[51200])


class RecentImportOut(BaseModel):
    """An import of somebody's history."""

    model_config = ConfigDict(from_attributes=True)

    username: str = Field(examples=["ada"])
    state: Literal["queued", "running", "done", "failed", "undone"] = Field(examples=["done"])
    created_at: Moment
    finished_at: Moment | None
    total: int | None = Field(description="Listens in its files, once they were read.", examples=[51200])
    kept: int = Field(examples=[50100])
    fault: str | None = Field(examples=[None])


class PolicyOut(BaseModel):
    """How often something may be asked, by address or account."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["login"])
    amount: int = Field(description="So many requests …", examples=[60])
    seconds: int = Field(description="… in so many seconds.", examples=[900])


class LimitsInForceOut(BaseModel):
    """What is limited on this server."""

    rate_limits: Literal["on", "off"] = Field(description="Whether the policies are in force.", examples=["on"])
    shared: bool = Field(description="Counted together for all workers (REDIS_URL).", examples=[True])
    policies: list[PolicyOut]
    sizes: LimitsOut

    @classmethod
    def of(cls, policies: tuple[Policy, ...], rate_limits: Literal["on", "off"], *, shared: bool) -> Self:
        """The policies as they are."""
        told = [PolicyOut.model_validate(policy) for policy in policies]
        return cls(rate_limits=rate_limits, shared=shared, policies=told, sizes=LimitsOut())


class AdminStatusOut(BaseModel):
    """The server as its operator sees it."""

    generated_at: Moment = Field(description="By the server's clock, by which ages are told.")
    version: str = Field(description="Of the code.", examples=["0.1.0"])
    environment: Literal["development", "production"] = Field(examples=["production"])
    signup: Literal["open", "closed", "invite"] = Field(examples=["open"])
    database: Literal["sqlite", "postgresql"] = Field(examples=["postgresql"])
    model: ModelOut
    training_history: list[SetOut] = Field(description="The last sets in ARTIFACTS_DIR, newest first.")
    counts: CountsOut
    imports: list[RecentImportOut] = Field(description="The last ones of all accounts, newest first.")
    limits: LimitsInForceOut
