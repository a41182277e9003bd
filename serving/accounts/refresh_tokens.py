"""Refresh tokens: what a session is renewed with, each good for one step. The database holds only their hashes.

A token is the session's id and a random-looking part. Its successor is an HMAC of it, by the key that signs access
tokens: who sends one token twice within moments gets the same successor twice, and nobody else can compute it.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta

from errors import NotSignedIn

_FORM = re.compile(r"[0-9a-f]{32}\.[A-Za-z0-9_-]{43}", re.ASCII)


class RefreshTokens:
    """Makes refresh tokens with one key, and knows the successors that the key before would have made."""

    def __init__(self, key: str, lifetime: timedelta, previous: str | None = None) -> None:
        self._keys = [one.encode() for one in (key, previous) if one is not None]
        self.lifetime = lifetime

    def first(self, session_id: str) -> str:
        """The first token of a session."""
        return f"{session_id}.{_text(secrets.token_bytes(32))}"

    def successors(self, token: str) -> list[str]:
        """The token that comes after this one; after it what a key that was replaced meanwhile made of it."""
        session_id = self.session_of(token)
        made = (hmac.digest(key, b"refresh token\n" + token.encode(), hashlib.sha256) for key in self._keys)
        return [f"{session_id}.{_text(part)}" for part in made]

    def session_of(self, token: str) -> str:
        """The id of the session that a token renews. Raises NotSignedIn for what is no refresh token."""
        if _FORM.fullmatch(token) is None:
            raise NotSignedIn("This is no refresh token: log in again.")
        return token.partition(".")[0]


def _text(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode("ascii")
