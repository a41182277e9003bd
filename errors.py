"""What can go wrong, for every room. Each message is one line that names the value, what was expected and the cure."""

from enum import StrEnum


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


class Code(StrEnum):
    """What an app can tell problems and field errors apart by, whatever their words."""

    # who asks
    NOT_SIGNED_IN = "not_signed_in"
    TOKEN_INVALID = "token_invalid"  # noqa: S105  the name of a fault, as those below
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    BAD_CREDENTIALS = "bad_credentials"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    SIGNUP_CLOSED = "signup_closed"
    INVITE_REQUIRED = "invite_required"
    INVITE_INVALID = "invite_invalid"
    NOT_ADMIN = "not_admin"
    USERNAME_TAKEN = "username_taken"
    # what a field holds
    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CHOICE = "not_a_choice"
    MALFORMED = "malformed"
    BAD_TEXT = "bad_text"
    BAD_USERNAME = "bad_username"
    WEAK_PASSWORD = "weak_password"  # noqa: S105
    BAD_CURSOR = "bad_cursor"
    # songs
    SONG_UNKNOWN = "song_unknown"
    ARTIST_UNKNOWN = "artist_unknown"
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105
    IMPORT_UNKNOWN = "import_unknown"
    TOO_MANY_TOKENS = "too_many_tokens"
    TOO_MANY_IMPORTS = "too_many_imports"
    PRIVATE_SESSION = "private_session"
    SHELF_UNKNOWN = "shelf_unknown"
    COVER_UNKNOWN = "cover_unknown"
    SEEDS_FIXED = "seeds_fixed"
    TOO_FEW_SEEDS = "too_few_seeds"
    SAME_SEED_TWICE = "same_seed_twice"
    # requests
    UNREADABLE = "unreadable"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CHANGED_MEANWHILE = "changed_meanwhile"
    CONDITION_REQUIRED = "condition_required"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    BUSY = "busy"
    TOO_SLOW = "too_slow"
    INTERNAL = "internal"


class InvalidValue(ReduxError, ValueError):
    """A value that a field cannot hold, and why; pydantic reports it as the field's error."""

    def __init__(self, message: str, code: Code) -> None:
        super().__init__(message)
        self.code = code


class NotSignedIn(ReduxError):
    """The caller has no token, or one that is no longer good."""

    def __init__(self, message: str, code: Code = Code.TOKEN_INVALID) -> None:
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
