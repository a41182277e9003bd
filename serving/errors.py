"""What can go wrong in the online wing, as one tree. `serving.problems` says it in HTTP."""


class ServingError(Exception):
    """Any fault of the online wing."""


class StartError(ServingError):
    """The app cannot start; the message is one line that says the cure."""


class Unavailable(ServingError):
    """Something is full or away for the moment: worth another try after `retry_after` seconds."""

    retry_after = 1


class NotSignedIn(ServingError):
    """The caller has no token, or one that is no longer good. `code` is RFC 6750's, None where no token came."""

    def __init__(self, message: str, code: str | None = "invalid_token") -> None:
        super().__init__(message)
        self.code = code
