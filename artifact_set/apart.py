"""Verifying a set in a process of its own, which takes with it the memory that unpickling a model needs."""

import multiprocessing
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
        context = multiprocessing.get_context(method)
        self._verdict, theirs = context.Pipe(duplex=False)
        context.Process(target=_verify, args=(folder, theirs), daemon=True).start()  # type: ignore[attr-defined]
        theirs.close()

    def manifest(self) -> Manifest:
        """Wait for the verdict. Raises DamagedSet as `verify_set` does, ArtifactError where there is no verdict."""
        with self._verdict:
            try:
                verdict = self._verdict.recv()
            except EOFError:
                msg = f"{self.folder} could not be verified: the process that read it was ended, for want of memory?"
                raise ArtifactError(msg) from None
        if isinstance(verdict, Manifest):
            return verdict
        raise verdict


def _verify(folder: Path, answer: Connection) -> None:
    try:
        answer.send(verify_set(folder))
    except Exception as exc:  # whatever it is, it belongs to who waits for the verdict
        answer.send(exc)
