"""What can be wrong with artifacts, as one tree: every message names the file and the cure."""


class ArtifactError(Exception):
    """Any fault of an artifact set."""


class NoArtifactSet(ArtifactError):
    """There is no (complete) set where one was asked for."""


class DamagedSet(ArtifactError):
    """A file is missing, altered, or does not agree with its neighbours."""


class RefusedPickle(DamagedSet):
    """A pickle asks for something that no model or id map needs."""
