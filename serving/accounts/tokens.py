"""Access tokens: HS256 JWTs with sub, sid, iat, exp, jti and the account's token version."""

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from cachetools import TLRUCache
from jose import ExpiredSignatureError, JWTError, jwt

from errors import Code, NotSignedIn

_ALGORITHM = "HS256"
_MOST_READ = 10_000  # tokens remembered, some 500 bytes each
_CLOCKS_APART = 60  # seconds that the clocks of two servers may differ
_NOT_VALID = "The token is not valid: log in again."
_REQUIRED = {f"require_{claim}": True for claim in ("sub", "iat", "exp", "jti")}


@dataclass(frozen=True)
class TokenSubject:
    """Whom a token speaks for. The account's own version must still be `version`, and its session be there."""

    user_id: str
    version: int
    session_id: str


@dataclass(frozen=True)
class PlayerSubject:
    """Whom a player's token speaks for, as long as the token is there."""

    user_id: str
    token_id: str


Subject = TokenSubject | PlayerSubject


class Tokens:
    """Issues access tokens with one key, and reads those of that key and of the one before."""

    def __init__(self, key: str, lifetime: timedelta, previous: str | None = None) -> None:
        self._key = key
        self._previous = previous
        self.lifetime = lifetime
        # checking a signature takes 40 us: tokens that were read before are good until they expire
        self._read_before: TLRUCache[str, _Read] = TLRUCache(_MOST_READ, ttu=_until_it_expires, timer=time.time)

    def issue(self, subject: TokenSubject) -> str:
        """A token that is good for `lifetime` from now."""
        now = int(time.time())
        claims = {
            "sub": subject.user_id,
            "ver": subject.version,
            "sid": subject.session_id,
            "iat": now,
            "exp": now + int(self.lifetime.total_seconds()),
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> TokenSubject:
        """Whom a token speaks for that we signed and that is still good. Raises NotSignedIn."""
        known = self._read_before.get(token)
        if known is None:
            known = self._read_before[token] = self._read(token)
        return known.subject

    def _read(self, token: str) -> "_Read":
        try:
            claims = self._claims(token)
        except ExpiredSignatureError as exc:
            raise NotSignedIn(
                "The token has expired: POST /auth/refresh, or log in again.", Code.TOKEN_EXPIRED
            ) from exc
        except Exception as exc:  # text that only looks like a token raises nearly anything
            raise NotSignedIn(_NOT_VALID) from exc
        user, version, session = claims["sub"], claims.get("ver"), claims.get("sid")
        if not (isinstance(user, str) and isinstance(session, str) and type(version) is int):
            raise NotSignedIn(_NOT_VALID)
        if claims["iat"] > time.time() + _CLOCKS_APART:
            raise NotSignedIn(_NOT_VALID)
        return _Read(TokenSubject(user, version, session), float(claims["exp"]))

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, self._key, algorithms=[_ALGORITHM], options=_REQUIRED)
        except ExpiredSignatureError:
            raise  # the signature is right
        except JWTError:
            if self._previous is None:
                raise
            return jwt.decode(token, self._previous, algorithms=[_ALGORITHM], options=_REQUIRED)


class _Read(NamedTuple):
    """A token that was read, and until when it is good, in seconds since 1970."""

    subject: TokenSubject
    expires: float


def _until_it_expires(_: str, read: _Read, _now: float) -> float:
    return read.expires
