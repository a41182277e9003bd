"""What routes ask for, by name, so that a route's signature reads as a sentence."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.base import SecurityBase

from artifact_set import ArtifactSet
from db import Database
from serving.caller import Caller
from serving.computing import Computing
from serving.errors import NotSignedIn
from serving.metrics import Metrics
from serving.passwords import Passwords
from serving.problems import Problem
from serving.recommender import Recommender
from serving.schemas import SongId
from serving.served import Served
from serving.services import Services
from serving.settings import Settings
from serving.tokens import Holder, Tokens

# Dependencies are `async def` although they await nothing: FastAPI sends plain ones through a thread. Each takes what
# it needs from the request itself: FastAPI walks a dependency's own dependencies again wherever it is named.


def _services_of(request: Request) -> Services:
    return cast("Services", request.app.state.services)


def _served_for(request: Request) -> Served:
    """The set that answers this request: taken once, so that no answer mixes two versions."""
    state = request.scope["state"]
    served = cast("Served | None", state.get("served"))
    if served is None:
        served = state["served"] = _services_of(request).artifacts.now
    state["artifact_version"] = served.version
    return served


async def _services(request: Request) -> Services:
    return _services_of(request)


async def _artifacts(request: Request) -> ArtifactSet:
    return _served_for(request).artifacts


async def _recommender(request: Request) -> Recommender:
    return _served_for(request).recommender


async def _database(request: Request) -> Database:
    return _services_of(request).database


async def _passwords(request: Request) -> Passwords:
    return _services_of(request).passwords


async def _tokens(request: Request) -> Tokens:
    return _services_of(request).tokens


async def _computing(request: Request) -> Computing:
    return _services_of(request).computing


async def _served(request: Request) -> Served:
    return _served_for(request)


async def _settings(request: Request) -> Settings:
    return _services_of(request).settings


ServicesDep = Annotated[Services, Depends(_services)]
ArtifactsDep = Annotated[ArtifactSet, Depends(_artifacts)]
RecommenderDep = Annotated[Recommender, Depends(_recommender)]
DatabaseDep = Annotated[Database, Depends(_database)]
PasswordsDep = Annotated[Passwords, Depends(_passwords)]
TokensDep = Annotated[Tokens, Depends(_tokens)]
ComputingDep = Annotated[Computing, Depends(_computing)]
ServedDep = Annotated[Served, Depends(_served)]
SettingsDep = Annotated[Settings, Depends(_settings)]


async def _caller(request: Request) -> Caller:
    return Caller(request, request.app.state.rate_limits)


async def _metrics(request: Request) -> Metrics:
    return cast("Metrics", request.app.state.metrics)


MetricsDep = Annotated[Metrics, Depends(_metrics)]
CallerDep = Annotated[Caller, Depends(_caller)]


class _Bearer(SecurityBase):
    """Whom the token speaks for, as far as the token itself says; the statement that follows asks the database."""

    def __init__(self) -> None:
        documented = OAuth2PasswordBearer("auth/login")
        self.model, self.scheme_name = documented.model, documented.scheme_name

    async def __call__(self, request: Request) -> Holder:
        """Read the header. Raises NotSignedIn."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn("This needs a login: send Authorization: Bearer <access_token>.", code=None)
        holder = _services_of(request).tokens.read(token)
        request.scope["state"]["user_id"] = holder.user_id  # for the log line
        return holder


HolderDep = Annotated[Holder, Depends(_Bearer())]

LimitQuery = Annotated[int, Query(ge=1, le=100, description="At most so many items.")]
OffsetQuery = Annotated[int, Query(ge=0, le=100_000, description="Leave out so many items first.")]
SongIdQuery = Annotated[SongId, Query(description="The canonical key `artist - track`.")]


async def _song_row(song_id: SongIdQuery, request: Request) -> int:
    return known_row(_served_for(request).artifacts, song_id)


SongRowDep = Annotated[int, Depends(_song_row)]


def known_row(artifacts: ArtifactSet, song_id: str) -> int:
    """The row of a song_id; a 404 problem where the catalog has no such song."""
    row = artifacts.songs.row(song_id)
    if row is None:
        raise Problem(404, f"The catalog has no song {song_id!r}.")
    return row
