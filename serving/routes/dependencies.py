"""FastAPI dependencies, by name, so that a route's signature reads as a sentence."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.base import SecurityBase

from artifact_set import ArtifactSet
from catalog.table import SongTable
from db import Database
from errors import Code, NotSignedIn
from serving.accounts.passwords import Passwords
from serving.accounts.tokens import TokenSubject
from serving.http.metrics import Metrics
from serving.http.problems import Problem
from serving.library.artists import artist_row
from serving.routes.client import Client
from serving.routes.schemas.fields import SongId, Storable
from serving.runtime.executor import Executor
from serving.runtime.importing import Importing
from serving.runtime.live_artifacts import LiveArtifacts, LoadedArtifacts
from serving.runtime.services import Services
from settings import Settings

# `async def` although they await nothing: FastAPI sends plain ones through a thread


def services_of(request: Request) -> Services:
    """What the app of a request holds."""
    return cast("Services", request.app.state.services)


async def _live_artifacts(request: Request) -> LiveArtifacts:
    return services_of(request).artifacts


async def _loaded(request: Request) -> LoadedArtifacts:
    """The set that answers this request: taken once, so that no answer mixes two versions."""
    state = request.scope["state"]
    loaded = cast("LoadedArtifacts | None", state.get("loaded"))
    if loaded is None:
        loaded = state["loaded"] = services_of(request).artifacts.now
    state["artifact_version"] = loaded.version
    return loaded


async def _artifacts(loaded: "LoadedDep") -> ArtifactSet:
    return loaded.artifacts


async def _database(request: Request) -> Database:
    return services_of(request).database


async def _passwords(request: Request) -> Passwords:
    return services_of(request).passwords


async def _executor(request: Request) -> Executor:
    return services_of(request).executor


async def _importing(request: Request) -> Importing:
    return services_of(request).importing


async def _settings(request: Request) -> Settings:
    return services_of(request).settings


async def _metrics(request: Request) -> Metrics:
    return cast("Metrics", request.app.state.metrics)


async def _client(request: Request) -> Client:
    return Client(request, request.app.state.rate_limits)


LiveArtifactsDep = Annotated[LiveArtifacts, Depends(_live_artifacts)]
LoadedDep = Annotated[LoadedArtifacts, Depends(_loaded)]
ArtifactsDep = Annotated[ArtifactSet, Depends(_artifacts)]
DatabaseDep = Annotated[Database, Depends(_database)]
PasswordsDep = Annotated[Passwords, Depends(_passwords)]
ExecutorDep = Annotated[Executor, Depends(_executor)]
ImportingDep = Annotated[Importing, Depends(_importing)]
SettingsDep = Annotated[Settings, Depends(_settings)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]
ClientDep = Annotated[Client, Depends(_client)]


class Bearer(SecurityBase):
    """Whom the token speaks for, as far as the token itself says; the statement that follows asks the database."""

    def __init__(self) -> None:
        documented = OAuth2PasswordBearer("auth/login")
        self.model, self.scheme_name = documented.model, documented.scheme_name

    async def __call__(self, request: Request) -> TokenSubject:
        """Read the header. Raises NotSignedIn."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn("This needs a login: send Authorization: Bearer <access_token>.", Code.NOT_SIGNED_IN)
        subject = services_of(request).tokens.read(token)
        request.scope["state"]["user_id"] = subject.user_id  # for the log line
        return subject


class _BearerIfSent(Bearer):
    """The same for calls that strangers may make: None where no token came; a bad one is refused all the same."""

    async def __call__(self, request: Request) -> TokenSubject | None:  # type: ignore[override]  # may be nobody
        """Read the header. Raises NotSignedIn."""
        return await super().__call__(request) if "Authorization" in request.headers else None


SubjectDep = Annotated[TokenSubject, Depends(Bearer())]
MaybeSubjectDep = Annotated[TokenSubject | None, Depends(_BearerIfSent())]

LimitQuery = Annotated[int, Query(ge=1, le=100, description="At most so many items.")]
OffsetQuery = Annotated[int, Query(ge=0, le=100_000, description="Leave out so many items first.")]
IdPath = Annotated[str, Storable]  # of what this API named
SongIdQuery = Annotated[SongId, Query(description="The canonical key `artist - track`.")]


def known_row(songs: SongTable, song_id: str) -> int:
    """The row of a song_id; a 404 problem where the catalog has no such song."""
    row = songs.row(song_id)
    if row is None:
        raise Problem(404, Code.SONG_UNKNOWN, f"The catalog has no song {song_id!r}.")
    return row


def known_artist(artifacts: ArtifactSet, name: str) -> int:
    """A row of an artist; a 404 problem where the catalog has no such artist."""
    row = artist_row(artifacts, name)
    if row is None:
        raise Problem(404, Code.ARTIST_UNKNOWN, f"The catalog has no artist {name!r}.")
    return row


def spellings(songs: SongTable, song_id: str) -> set[str]:
    """A song_id as it was sent, as the catalog spells it and as one before it may have: any may have been stored."""
    row = songs.row(song_id)
    return {song_id} if row is None else {song_id, *songs.song_ids_of(row)}
