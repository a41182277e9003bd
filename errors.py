"""What can go wrong, for every room. Each message is one line that names the value, what was expected and the cure."""


class ReduxError(Exception):
    """Any fault that this project foresees."""


# a start


class StartError(ReduxError):
    """The app cannot start."""


# training


class TrainingError(ReduxError):
    """Any fault that ends training. `exit_code` is what the command returns to its shell."""

    exit_code = 1


class DataError(TrainingError):
    """The listening history cannot be used: which file, what is wrong, what was expected."""

    exit_code = 2


class UsageError(TrainingError):
    """Options that contradict each other or cannot be meant."""

    exit_code = 2


class Stopped(TrainingError):
    """Interrupted before a single trial was finished: there is nothing to save."""

    exit_code = 130


# artifact sets


class ArtifactError(ReduxError):
    """Any fault of an artifact set."""


class NoArtifactSet(ArtifactError):
    """There is no (complete) set where one was asked for."""


class DamagedSet(ArtifactError):
    """A file is missing, altered, or does not agree with its neighbours."""


class UntrustedSet(ArtifactError):
    """A set that no trusted key has signed."""


class RefusedPickle(DamagedSet):
    """A pickle asks for something that no model or id map needs."""


# requests


class Unavailable(ReduxError):
    """Something is full or away for the moment: worth another try after `retry_after` seconds."""

    retry_after = 1


class Busy(Unavailable):
    """Too many callers wait for the same thing."""


class NotSignedIn(ReduxError):
    """The caller has no token, or one that is no longer good. `code` is RFC 6750's, None where no token came."""

    def __init__(self, message: str, code: str | None = "invalid_token") -> None:
        super().__init__(message)
        self.code = code


# covers


class ProviderFault(ReduxError):
    """A provider of covers gave no usable answer: that says nothing of whether it knows the song."""


class ProviderDown(ProviderFault):
    """It does not answer, not in time, or says that it is busy: another try may help."""


class ProviderLied(ProviderFault):
    """What came is not what was asked for: no JSON, too large, from a foreign host."""


class NotNow(ProviderFault):
    """It may not be asked before `retry_after` seconds have passed."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooOften(NotNow):
    """The provider itself says that it was asked too often."""


class NobodyToAsk(NotNow):
    """No provider may be asked, whatever the song."""


class NotAPicture(ReduxError):
    """Bytes that are no picture, or one that is too large to open."""
