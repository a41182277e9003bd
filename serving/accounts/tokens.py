"""Access tokens: HS256 JWTs with sub, iat, exp, jti and the account's token version."""

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jose import ExpiredSignatureError, JWTError, jwt

from errors import NotSignedIn

_ALGORITHM = "HS256"
_MOST_GOOD = 10_000  # tokens remembered, some 500 bytes each: reading one takes 40 us
_REQUIRED = {f"require_{claim}": True for claim in ("sub", "iat", "exp", "jti")}


@dataclass(frozen=True)
class Holder:
    """Whom a token speaks for. The account's own version must still be `version`."""

    user_id: str
    version: int


class Tokens:
    """Issues access tokens with one key, and reads those of that key and of the one before."""

    def __init__(self, key: str, lifetime: timedelta, previous: str | None = None) -> None:
        self._key = key
        self._previous = previous
        self.lifetime = lifetime
        self._good: dict[str, tuple[Holder, float]] = {}  # tokens that were read before, and until when they are good

    def issue(self, holder: Holder) -> str:
        """A token that is good for `lifetime` from now."""
        now = int(time.time())
        claims = {
            "sub": holder.user_id,
            "ver": holder.version,
            "iat": now,
            "exp": now + int(self.lifetime.total_seconds()),
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Holder:
        """The holder of a token that we signed and that is still good. Raises NotSignedIn."""
        known = self._good.get(token)
        if known is not None and time.time() < known[1]:
            return known[0]
        try:
            claims = self._claims(token)
        except ExpiredSignatureError as exc:
            raise NotSignedIn("The token has expired: log in again.") from exc
        except Exception as exc:  # text that only looks like a token raises nearly anything
            raise NotSignedIn("The token is not valid: log in again.") from exc
        subject, version = claims["sub"], claims.get("ver")
        if not isinstance(subject, str) or not isinstance(version, int):
            raise NotSignedIn("The token is not valid: log in again.")
        holder = Holder(subject, version)
        if len(self._good) >= _MOST_GOOD:
            self._good.clear()
        self._good[token] = (holder, float(claims["exp"]))
        return holder

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self._key, algorithms=[_ALGORITHM], options=_REQUIRED)
        except ExpiredSignatureError:
            raise  # the signature is right
        except JWTError:
            if self._previous is None:
                raise
            return jwt.decode(token, self._previous, algorithms=[_ALGORITHM], options=_REQUIRED)
