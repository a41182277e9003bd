"""Verifying a set in a process of its own, which holds no secret and gets no more than the set can need.

What a set brings is opened nowhere else before: the process has an empty environment but for what it takes to run,
limits on memory, time and what it writes. It is told the manifest, answers with one line of JSON, and ends.
A set that kills it is refused like any other.

    python -m artifact_set.subprocess_verification FOLDER PARENT    # as `Verification` starts it; the manifest on stdin
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from artifact_set.child_process import end_with_parent, limit_resources
from artifact_set.manifest import MANIFEST, MODEL, Manifest
from artifact_set.opened import ArtifactSet, map_set
from artifact_set.signing import NO_KEYS, Keyring
from artifact_set.store import read_manifest
from artifact_set.verification import verify_files, verify_model, verify_songs
from errors import ArtifactError, DamagedSet, RefusedPickle

_MODULE = "artifact_set.subprocess_verification"

# of our own environment: without these an interpreter in an unusual place does not find its libraries
_NEEDED = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "TMPDIR", "TZ")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}

# A pickle of n bytes becomes at most 25 n of objects, and a sound one 6 n; the other files are mapped.
_MEMORY, _MEMORY_PER_BYTE = 512 << 20, 6
_NICE = 10
_LONGEST = 3600  # seconds, for a process that does nothing and so uses up none of its CPU time
_CPU_SECONDS, _BYTES_PER_CPU_SECOND = 60, 10_000_000  # a small computer verifies 50 MB in a second


class Verification:
    """`artifact_set.verification` going on in a process of its own from now on.

    beside: others' work goes first, for they answer listeners meanwhile. Raises UntrustedSet or DamagedSet at once
    where the manifest is not one that may be opened here.
    """

    def __init__(self, folder: Path, keyring: Keyring = NO_KEYS, *, beside: bool = False) -> None:
        self.folder = folder
        self.manifest, self._told = read_manifest(folder, keyring)
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-P", "-m", _MODULE, str(folder.resolve()), str(os.getpid())],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
        )
        if beside:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))

    def wait(self) -> Manifest:
        """The manifest, once the set is found sound. Raises DamagedSet or RefusedPickle, saying why."""
        try:
            said, complaint = self._process.communicate(self._told, _LONGEST)
        except subprocess.TimeoutExpired:
            self._process.kill()
            said, complaint = self._process.communicate()
        try:
            verdict = json.loads(said.splitlines()[-1])
            refusal, message = verdict["refusal"], str(verdict["message"])
        except (LookupError, TypeError, ValueError):
            raise DamagedSet(self._death(complaint)) from None
        if refusal:
            raise (RefusedPickle if refusal == RefusedPickle.__name__ else DamagedSet)(message)
        return self.manifest

    def stop(self) -> None:
        """End the process, whatever it found."""
        self._process.kill()

    def _death(self, complaint: bytes) -> str:
        """Why there is no verdict."""
        code = self._process.returncode
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        return f"{self.folder} could not be verified: the process that opened it was ended ({how}) {last}".rstrip()


def open_set(folder: Path, keyring: Keyring = NO_KEYS) -> ArtifactSet:
    """Verify a set in a process of its own and open it. Raises ArtifactError with one line that names the file."""
    return map_set(folder, Verification(folder, keyring).wait())


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    paths = [path for path in sys.path if path and not path.endswith(".zip")]
    ours = str(Path(__file__).parents[1])
    return kept | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join([ours, *paths]), "PYTHONDONTWRITEBYTECODE": "1"}


def _verdict(folder: Path, manifest: bytes) -> tuple[str, str]:
    """The kind of refusal, empty for a sound set, and why."""
    try:
        size = len(manifest) + sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        limit_resources(_MEMORY + _MEMORY_PER_BYTE * size, _CPU_SECONDS + size // _BYTES_PER_CPU_SECOND)
        _verify(folder, Manifest.parse(manifest, folder / MANIFEST))
    except ArtifactError as exc:
        return type(exc).__name__, str(exc)
    except MemoryError:
        return (
            DamagedSet.__name__,
            f"{folder} asks for more memory than a set of its size needs: pull or build it again",
        )
    except Exception as exc:  # whatever it is, it is the set's fault
        return DamagedSet.__name__, f"{folder} cannot be opened ({type(exc).__name__}: {exc}): pull or build it again"
    return "", ""


def _verify(folder: Path, manifest: Manifest) -> None:
    """As `verify_set`, the model beside the rest: both pickles of a large set take long to read."""
    verify_files(folder, manifest)
    fork = multiprocessing.get_context("fork")  # nothing has to be imported again, and limits are inherited
    receive, send = fork.Pipe(duplex=False)
    # no pool: its threads may get no memory either, and who waits for them waits for ever
    model = fork.Process(target=_tell_of_model, args=(folder, manifest, send, os.getpid()))
    model.start()
    send.close()
    try:
        verify_songs(folder, manifest)
        fault: Exception | None = receive.recv()
    except EOFError:
        fault = DamagedSet(f"{folder / MODEL} ended the process that opened it: pull or build the set again")
    finally:
        model.kill()
        model.join()
    if fault is not None:
        raise fault


def _tell_of_model(folder: Path, manifest: Manifest, send: Connection, parent: int) -> None:
    """Send what is wrong with the model, or None."""
    end_with_parent(parent)
    try:
        verify_model(folder, manifest)
    except Exception as exc:  # whatever it is, the parent says it
        send.send(exc)
    else:
        send.send(None)


def main() -> None:
    """Answer for one set."""
    end_with_parent(int(sys.argv[2]))
    refusal, message = _verdict(Path(sys.argv[1]), sys.stdin.buffer.read())
    sys.stdout.write(json.dumps({"refusal": refusal, "message": " ".join(message.split())}) + "\n")


if __name__ == "__main__":
    main()
