"""Verifying a set in processes of its own, which take with them the memory that unpickling a model needs."""

import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from artifact_set.manifest import Manifest
from artifact_set.opened import sample_model, verify_beside_model
from errors import ArtifactError

_Function = Callable[[Path, Connection], object]


class VerifyingApart:
    """`verify_set` going on elsewhere from now on, with a process for the model beside one for the rest.

    "fork" begins at once and is for a process without threads; "spawn" starts a new interpreter.
    """

    def __init__(self, folder: Path, method: Literal["fork", "spawn"]) -> None:
        self.folder = folder
        self._begun = _Apart(_verify, folder, method)

    def manifest(self) -> Manifest:
        """Wait for the verdict. Raises DamagedSet as `verify_set` does, ArtifactError where there is no verdict."""
        verdict: Manifest = self._begun.answer()
        return verdict


class _Apart:
    """`function(folder, answers)` in another process; answers: where that process will send what it returns."""

    def __init__(self, function: _Function, folder: Path, method: Literal["fork", "spawn"]) -> None:
        self._folder = folder
        self._answers, theirs = multiprocessing.Pipe(duplex=False)
        self._wait_for_end = (_fork if method == "fork" else _spawn)(function, folder, theirs)
        theirs.close()

    def answer(self) -> Any:  # noqa: ANN401  whatever the function returns
        """Wait for what the function returned, or raise what it raised; ArtifactError where the process was ended."""
        with self._answers:
            try:
                answer = self._answers.recv()
            except EOFError:
                msg = f"{self._folder} could not be verified: the process that read it was ended, for want of memory?"
                raise ArtifactError(msg) from None
            finally:
                self._wait_for_end()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _spawn(function: _Function, folder: Path, answers: Connection) -> Callable[[], object]:
    process = multiprocessing.get_context("spawn").Process(target=_send, args=(function, folder, answers), daemon=True)
    process.start()
    return process.join


def _fork(function: _Function, folder: Path, answers: Connection) -> Callable[[], object]:
    """Not by `multiprocessing`, which would have gunicorn's workers end at their own end what their parent began."""
    pid = os.fork()
    if pid == 0:
        try:
            _send(function, folder, answers)
        finally:
            os._exit(0)

    def wait_for_end() -> None:
        with suppress(ChildProcessError):  # gunicorn has seen it end already
            os.waitpid(pid, 0)

    return wait_for_end


def _send(function: _Function, folder: Path, answers: Connection) -> None:
    try:
        answers.send(function(folder, answers))
    except Exception as exc:  # whatever it is, it belongs to who waits for the answer
        answers.send(exc)


def _verify(folder: Path, answers: Connection) -> Manifest:
    def sample(folder: Path, _: Connection) -> object:
        answers.close()  # or who waits for this process would wait for that one when this is no more
        return sample_model(folder)

    return verify_beside_model(folder, _Apart(sample, folder, "fork").answer)
