"""Verifying a set in a process of its own, which takes with it the memory that unpickling a model needs."""

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from artifact_set.errors import ArtifactError
from artifact_set.manifest import Manifest
from artifact_set.opened import verify_set


class VerifyingApart:
    """`verify_set` going on elsewhere from now on.

    "fork" begins at once and is for a process without threads; "spawn" starts a new interpreter.
    """

    def __init__(self, folder: Path, method: Literal["fork", "spawn"]) -> None:
        self.folder = folder
        self._verdict, theirs = multiprocessing.Pipe(duplex=False)
        self._wait_for_end = (_fork if method == "fork" else _spawn)(folder, theirs)
        theirs.close()

    def manifest(self) -> Manifest:
        """Wait for the verdict. Raises DamagedSet as `verify_set` does, ArtifactError where there is no verdict."""
        with self._verdict:
            try:
                verdict = self._verdict.recv()
            except EOFError:
                msg = f"{self.folder} could not be verified: the process that read it was ended, for want of memory?"
                raise ArtifactError(msg) from None
            finally:
                self._wait_for_end()
        if isinstance(verdict, Manifest):
            return verdict
        raise verdict


def _spawn(folder: Path, answer: Connection) -> Callable[[], None]:
    process = multiprocessing.get_context("spawn").Process(target=_verify, args=(folder, answer), daemon=True)
    process.start()
    return process.join


def _fork(folder: Path, answer: Connection) -> Callable[[], None]:
    """Not by `multiprocessing`, which would have gunicorn's workers end at their own end what their parent began."""
    pid = os.fork()
    if pid == 0:
        try:
            _verify(folder, answer)
        finally:
            os._exit(0)

    def wait_for_end() -> None:
        with suppress(ChildProcessError):  # gunicorn has seen it end already
            os.waitpid(pid, 0)

    return wait_for_end


def _verify(folder: Path, answer: Connection) -> None:
    try:
        answer.send(verify_set(folder))
    except Exception as exc:  # whatever it is, it belongs to who waits for the verdict
        answer.send(exc)
