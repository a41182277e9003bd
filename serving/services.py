"""What one running app holds: opened in lifespan, closed there."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import faiss

from artifact_set import ArtifactSet, ArtifactStore, open_set
from db import Database
from serving.passwords import Passwords
from serving.recommender import Recommender
from serving.secret import signing_key
from serving.settings import Settings
from serving.tokens import Tokens


@dataclass(frozen=True)
class Services:
    """One artifact set and what answers from it, the database, and the keepers of passwords and tokens."""

    settings: Settings
    artifacts: ArtifactSet
    recommender: Recommender
    database: Database
    passwords: Passwords
    tokens: Tokens


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open all of it, cheapest checks first. Raises StartError or ArtifactError with one line that says the cure."""
    # a query is a short scan: handing it to a second thread costs four times what it saves
    faiss.omp_set_num_threads(1)
    with ExitStack() as stack:
        tokens = Tokens(signing_key(settings), timedelta(hours=settings.token_expire_hours))
        artifacts = open_set(ArtifactStore(settings.artifacts_dir).path_of_current())
        database = Database(settings.database_url)
        stack.callback(database.close)
        database.prepare(upgrade=settings.environment == "development")
        passwords = Passwords()
        stack.callback(passwords.close)
        recommender = Recommender(artifacts.vectors, artifacts.songs.listeners)
        yield Services(settings, artifacts, recommender, database, passwords, tokens)
