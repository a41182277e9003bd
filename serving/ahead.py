"""What a server can begin before it has loaded its own code."""

from artifact_set import ArtifactError, ArtifactStore, VerifyingApart
from errors import StartError
from settings import Settings


def verify_ahead(settings: Settings) -> VerifyingApart:
    """Begin to verify the current artifact set. Raises NoArtifactSet. Only for a process without threads."""
    return VerifyingApart(ArtifactStore(settings.artifacts_dir).path_of_current(), "fork")


def verify_if_possible() -> VerifyingApart | None:
    """As `verify_ahead`; None where something is wrong, which whoever opens the set will say."""
    try:
        return verify_ahead(Settings.load())
    except (ArtifactError, StartError, OSError):
        return None
