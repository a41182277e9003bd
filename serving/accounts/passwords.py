"""Password hashes: argon2id by passlib, off the event loop."""

import os
import secrets
import time
import unicodedata
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from passlib.hash import argon2

from threads import BoundedThreads

P = ParamSpec("P")
T = TypeVar("T")

# OWASP's password storage cheat sheet: argon2id, 19 MiB, 2 passes, 1 lane
_ARGON2ID: Any = argon2.using(type="ID", time_cost=2, memory_cost=19 * 1024, parallelism=1)  # type: ignore[no-untyped-call]  # the stubs leave it bare

_CHECKSUM = 32  # bytes of an argon2 hash


class Passwords:
    """Hashes and checks passwords in a bounded number of threads, so that many logins slow nobody else."""

    def __init__(self, observe: Callable[[str, float], None] = lambda *_: None) -> None:
        self._observe = observe  # told "hash" or "verify" and its seconds
        # half of the cores: the other half keeps answering
        self._threads = BoundedThreads("passwords", max(1, (os.cpu_count() or 1) // 2), queue=64, patience=10)
        # made up, not computed: hashing needs 19 MiB, which a process that never sees a login need not hold
        made_up = _ARGON2ID(use_defaults=True, checksum=secrets.token_bytes(_CHECKSUM))
        self._nobodys: str = made_up.to_string()

    async def hash(self, password: str) -> str:
        """The argon2id hash to store. Raises Busy under a storm."""
        return await self._timed("hash", _hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one behind a stored hash; as slow where there is none (None: unknown user)."""
        same = await self._timed("verify", _verify, password, stored or self._nobodys)
        return same and stored is not None

    async def _timed(self, name: str, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        started = time.perf_counter()
        try:
            return await self._threads.run(fn, *args, **kwargs)
        finally:
            self._observe(name, time.perf_counter() - started)


def _hash(password: str) -> str:
    return cast("str", _ARGON2ID.hash(_normal(password)))


def _verify(password: str, stored: str) -> bool:
    return cast("bool", _ARGON2ID.verify(_normal(password), stored))


def _normal(password: str) -> str:
    """One spelling for what keyboards spell in several ways (NIST SP 800-63B section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
