"""What one running app holds: opened in lifespan, closed there."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import faiss

from artifact_set import Verification
from artifact_set.configured import store_for_serving
from db import Database
from migrations.prepare import prepare
from serving.accounts.passwords import Passwords
from serving.accounts.refresh_tokens import RefreshTokens
from serving.accounts.signing_key import previous_key, signing_key
from serving.accounts.tokens import Tokens
from serving.http.metrics import Metrics
from serving.runtime.executor import Executor
from serving.runtime.importing import Importing
from serving.runtime.live_artifacts import LiveArtifacts, LoadedArtifacts
from settings import Settings


@dataclass(frozen=True)
class Services:
    """The artifact set that answers, the database, and the keepers of passwords and tokens."""

    settings: Settings
    artifacts: LiveArtifacts
    database: Database
    passwords: Passwords
    tokens: Tokens
    refresh_tokens: RefreshTokens
    executor: Executor
    importing: Importing


@contextmanager
def open_services(
    settings: Settings, metrics: Metrics, ahead: LoadedArtifacts | Verification | None = None
) -> Iterator[Services]:
    """Open all of it, cheapest checks first. Raises StartError or ArtifactError with one line that says the cure.

    ahead: what the parent of this process has opened, and prepared the tables as well; or is being verified.
    """
    # a query is a short scan: handing it to a second thread costs four times what it saves
    faiss.omp_set_num_threads(1)
    # a thread that computes a page gives the interpreter back to the event loop after 0.5 ms, not after 5
    sys.setswitchinterval(0.0005)
    with ExitStack() as stack:
        lifetime = timedelta(hours=settings.token_expire_hours)
        keys = signing_key(settings), previous_key(settings)
        tokens = Tokens(keys[0], lifetime, keys[1])
        renewed_within = timedelta(days=settings.session_expire_days)
        refresh_tokens = RefreshTokens(keys[0], renewed_within, keys[1])
        database = Database(settings.database_url, partial(metrics.took, "database"), settings.synchronous)
        stack.callback(database.close)
        if not isinstance(ahead, LoadedArtifacts):
            prepare(database, upgrade=settings.environment == "development")
        executor = Executor(partial(metrics.took, "recommender"))
        artifacts = LiveArtifacts(store_for_serving(settings), ahead, metrics.refuses)
        passwords = Passwords(partial(metrics.took, "password"))
        importing = Importing(settings)
        _let_read(metrics, artifacts, importing)
        yield Services(settings, artifacts, database, passwords, tokens, refresh_tokens, executor, importing)


def _let_read(metrics: Metrics, artifacts: LiveArtifacts, importing: Importing) -> None:
    """What Prometheus is told of the set that serves, of its answers, and of what waits on this machine."""
    metrics.cache_holds("answers", lambda: artifacts.now.answers.currsize)
    metrics.cache_holds("pages", lambda: artifacts.now.pages.currsize)
    metrics.reads(
        "redux_artifacts_trained_timestamp_seconds",
        "When the model that serves was trained, in seconds since 1970.",
        lambda: artifacts.now.artifacts.manifest.training.created_at.timestamp(),
    )
    metrics.reads(
        "redux_imports_waiting",
        "Imports that wait on this machine, with those that run.",
        lambda: len(importing.files.waiting()),
    )
