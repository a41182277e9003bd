"""What routes ask for, by name, so that a route's signature reads as a sentence."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from fastapi.security.base import SecurityBase

from artifact_set import ArtifactSet
from catalog.table import SongTable
from db import Database
from errors import NotSignedIn
from serving.accounts.passwords import Passwords
from serving.accounts.tokens import Holder, Tokens
from serving.http.metrics import Metrics
from serving.http.problems import Problem
from serving.ranking.recommender import Recommender
from serving.routes.client import Caller
from serving.routes.schemas import SongId
from serving.runtime.executor import Computing
from serving.runtime.live_artifacts import Served
from serving.runtime.services import Services
from settings import Settings


class Context:
    """What one request is answered with: the app's services, and one artifact set from its beginning to its end.

    One dependency for all of it: FastAPI looks at each one anew for every request.
    """

    __slots__ = ("_request",)

    def __init__(self, request: Request) -> None:
        self._request = request

    @property
    def served(self) -> Served:
        """The set that answers this request: taken once, so that no answer mixes two versions."""
        state = self._request.scope["state"]
        served = cast("Served | None", state.get("served"))
        if served is None:
            served = state["served"] = self._services.artifacts.now
        state["artifact_version"] = served.version
        return served

    @property
    def artifacts(self) -> ArtifactSet:
        """The artifacts of that set."""
        return self.served.artifacts

    @property
    def recommender(self) -> Recommender:
        """What ranks the songs of that set."""
        return self.served.recommender

    @property
    def database(self) -> Database:
        """Accounts, seeds and likes."""
        return self._services.database

    @property
    def passwords(self) -> Passwords:
        """What hashes passwords."""
        return self._services.passwords

    @property
    def tokens(self) -> Tokens:
        """What issues tokens and reads them."""
        return self._services.tokens

    @property
    def computing(self) -> Computing:
        """Where rankings are computed."""
        return self._services.computing

    @property
    def settings(self) -> Settings:
        """How the app was configured."""
        return self._services.settings

    @property
    def metrics(self) -> Metrics:
        """What Prometheus is told."""
        return cast("Metrics", self._request.app.state.metrics)

    @property
    def caller(self) -> Caller:
        """Who asks, as rate limits count them."""
        return Caller(self._request, self._request.app.state.rate_limits)

    @property
    def _services(self) -> Services:
        return cast("Services", self._request.app.state.services)


# `async def` although they await nothing: FastAPI sends plain ones through a thread


async def _context(request: Request) -> Context:
    return Context(request)


ContextDep = Annotated[Context, Depends(_context)]


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
        holder = Context(request).tokens.read(token)
        request.scope["state"]["user_id"] = holder.user_id  # for the log line
        return holder


HolderDep = Annotated[Holder, Depends(_Bearer())]

LimitQuery = Annotated[int, Query(ge=1, le=100, description="At most so many items.")]
OffsetQuery = Annotated[int, Query(ge=0, le=100_000, description="Leave out so many items first.")]
SongIdQuery = Annotated[SongId, Query(description="The canonical key `artist - track`.")]


def known_row(songs: SongTable, song_id: str) -> int:
    """The row of a song_id; a 404 problem where the catalog has no such song."""
    row = songs.row(song_id)
    if row is None:
        raise Problem(404, f"The catalog has no song {song_id!r}.")
    return row
