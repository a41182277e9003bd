"""FastAPI dependencies, by name, so that a route's signature reads as a sentence."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.base import SecurityBase

from artifact_set import ArtifactSet
from catalog.table import SongTable
from db import Database
from errors import NotSignedIn
from serving.accounts.passwords import Passwords
from serving.accounts.tokens import Tokens, TokenSubject
from serving.http.metrics import Metrics
from serving.http.problems import Problem
from serving.routes.client import Client
from serving.routes.schemas import SongId
from serving.runtime.executor import Executor
from serving.runtime.live_artifacts import LiveArtifacts, LoadedArtifacts
from serving.runtime.services import Services
from settings import Settings

# `async def` although they await nothing: FastAPI sends plain ones through a thread


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


async def _live_artifacts(request: Request) -> LiveArtifacts:
    return _services(request).artifacts


async def _loaded(request: Request) -> LoadedArtifacts:
    """The set that answers this request: taken once, so that no answer mixes two versions."""
    state = request.scope["state"]
    loaded = cast("LoadedArtifacts | None", state.get("loaded"))
    if loaded is None:
        loaded = state["loaded"] = _services(request).artifacts.now
    state["artifact_version"] = loaded.version
    return loaded


async def _artifacts(loaded: "LoadedDep") -> ArtifactSet:
    return loaded.artifacts


async def _database(request: Request) -> Database:
    return _services(request).database


async def _passwords(request: Request) -> Passwords:
    return _services(request).passwords


async def _tokens(request: Request) -> Tokens:
    return _services(request).tokens


async def _executor(request: Request) -> Executor:
    return _services(request).executor


async def _settings(request: Request) -> Settings:
    return _services(request).settings


async def _metrics(request: Request) -> Metrics:
    return cast("Metrics", request.app.state.metrics)


async def _client(request: Request) -> Client:
    return Client(request, request.app.state.rate_limits)


LiveArtifactsDep = Annotated[LiveArtifacts, Depends(_live_artifacts)]
LoadedDep = Annotated[LoadedArtifacts, Depends(_loaded)]
ArtifactsDep = Annotated[ArtifactSet, Depends(_artifacts)]
DatabaseDep = Annotated[Database, Depends(_database)]
PasswordsDep = Annotated[Passwords, Depends(_passwords)]
TokensDep = Annotated[Tokens, Depends(_tokens)]
ExecutorDep = Annotated[Executor, Depends(_executor)]
SettingsDep = Annotated[Settings, Depends(_settings)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
ClientDep = Annotated[Client, Depends(_client)]


class _Bearer(SecurityBase):
    """Whom the token speaks for, as far as the token itself says; the statement that follows asks the database."""

    def __init__(self) -> None:
        documented = OAuth2PasswordBearer("auth/login")
        self.model, self.scheme_name = documented.model, documented.scheme_name

    async def __call__(self, request: Request) -> TokenSubject:
        """Read the header. Raises NotSignedIn."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn("This needs a login: send Authorization: Bearer <access_token>.", code=None)
        subject = _services(request).tokens.read(token)
        request.scope["state"]["user_id"] = subject.user_id  # for the log line
        return subject


SubjectDep = Annotated[TokenSubject, Depends(_Bearer())]

LimitQuery = Annotated[int, Query(ge=1, le=100, description="At most so many items.")]
OffsetQuery = Annotated[int, Query(ge=0, le=100_000, description="Leave out so many items first.")]
SongIdQuery = Annotated[SongId, Query(description="The canonical key `artist - track`.")]


def known_row(songs: SongTable, song_id: str) -> int:
    """The row of a song_id; a 404 problem where the catalog has no such song."""
    row = songs.row(song_id)
    if row is None:
        raise Problem(404, f"The catalog has no song {song_id!r}.")
    return row
