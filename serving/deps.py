"""What routes ask for, by name, so that a route's signature reads as a sentence."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer

from artifact_set import ArtifactSet
from db import Database
from serving.errors import NotSignedIn
from serving.passwords import Passwords
from serving.problems import Problem
from serving.recommender import Recommender
from serving.schemas import SongId
from serving.served import Served
from serving.services import Services
from serving.settings import Settings
from serving.tokens import Holder, Tokens

# Dependencies are `async def` although they await nothing: FastAPI sends plain ones through a thread.


async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


ServicesDep = Annotated[Services, Depends(_services)]


async def _served(request: Request, services: ServicesDep) -> Served:
    """The set that answers this request: asked for once, so that no answer mixes two versions."""
    served = services.artifacts.now
    request.state.artifact_version = served.version
    return served


ServedDep = Annotated[Served, Depends(_served)]


async def _artifacts(served: ServedDep) -> ArtifactSet:
    return served.artifacts


async def _recommender(served: ServedDep) -> Recommender:
    return served.recommender


async def _database(services: ServicesDep) -> Database:
    return services.database


async def _passwords(services: ServicesDep) -> Passwords:
    return services.passwords


async def _tokens(services: ServicesDep) -> Tokens:
    return services.tokens


async def _settings(services: ServicesDep) -> Settings:
    return services.settings


ArtifactsDep = Annotated[ArtifactSet, Depends(_artifacts)]
RecommenderDep = Annotated[Recommender, Depends(_recommender)]
DatabaseDep = Annotated[Database, Depends(_database)]
PasswordsDep = Annotated[Passwords, Depends(_passwords)]
TokensDep = Annotated[Tokens, Depends(_tokens)]
SettingsDep = Annotated[Settings, Depends(_settings)]

_bearer = OAuth2PasswordBearer("auth/login", auto_error=False)


async def _holder(tokens: TokensDep, token: Annotated[str | None, Depends(_bearer)]) -> Holder:
    """Whom the token speaks for, as far as the token itself says; the statement that follows asks the database."""
    if token is None:
        raise NotSignedIn("This needs a login: send Authorization: Bearer <access_token>.", code=None)
    return tokens.read(token)


HolderDep = Annotated[Holder, Depends(_holder)]

LimitQuery = Annotated[int, Query(ge=1, le=100, description="At most so many items.")]
OffsetQuery = Annotated[int, Query(ge=0, le=100_000, description="Leave out so many items first.")]
SongIdQuery = Annotated[SongId, Query(description="The canonical key `artist - track`.")]


async def _song_row(song_id: SongIdQuery, artifacts: ArtifactsDep) -> int:
    return known_row(artifacts, song_id)


SongRowDep = Annotated[int, Depends(_song_row)]


def known_row(artifacts: ArtifactSet, song_id: str) -> int:
    """The row of a song_id; a 404 problem where the catalog has no such song."""
    row = artifacts.songs.row(song_id)
    if row is None:
        raise Problem(404, f"The catalog has no song {song_id!r}.")
    return row
