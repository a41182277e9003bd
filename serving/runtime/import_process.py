"""The process that imports; `serving.runtime.importing` starts it, and tells it the settings on its standard input.

It takes one import after the other until none is left. Killed at any moment, it loses nothing and doubles nothing: a
batch and the note of how far the import is are one transaction, and the locks end with the process. An import that ends
the process again and again, whatever the reason, fails: others wait behind it.
"""

import gzip
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from artifact_set import ArtifactSet, ArtifactStore, open_set
from artifact_set.configured import store_for_serving
from catalog.song import song_id
from db import Database
from errors import DataError
from history import Listens, ReadSettings, read_history
from history.kinds import is_gzip
from history.listens import NO_TIME
from history.settings import IGNORE_DATES, NAME_ENCODING
from history.sources import FAULTS, unpacked_size
from history.tally import total
from serving.library import imports as library
from serving.library.imports import Job
from serving.library.intake import Resolver
from serving.library.listen_records import NewListen
from serving.library.listens import listen_id
from serving.runtime.import_files import ImportFiles
from settings import Settings

BATCH = 2_000  # listens; SQLite's other writers wait for one batch at most
_MOST_UNPACKED = 4 * 2**30  # bytes
_AT_ONCE = 2**20  # bytes
_MOST_TRIES = 5  # that end with the process before anything more is kept
_NICE = 10
_ME = "⟨the account itself⟩"  # the listener of files that name nobody


# what the process is told of the settings of the app that starts it
TOLD = frozenset(
    {
        *("artifacts_dir", "artifacts_trusted_keys", "database_url", "environment", "import_jobs", "imports_dir"),
        "sqlite_synchronous",
    }
)


def main() -> int:
    """Run every import that waits on this machine, if there is a place for one more process."""
    settings = Settings.model_validate_json(sys.stdin.read())
    files = ImportFiles(settings.imports_dir)
    with files.slot(settings.import_jobs) as got:
        if not got:
            return 0
        os.nice(_NICE)
        database = Database(settings.database_url, synchronous=settings.synchronous)
        store = store_for_serving(settings)
        try:
            while job := _next(database, files):
                _run(job, database, files, store)
        finally:
            database.close()
    return 0


def _next(database: Database, files: ImportFiles) -> Job | None:
    """The import that has waited longest, has its files here and is run by nobody."""
    here = set(files.waiting())
    jobs = database.run_here(library.open_jobs)
    files.remove_abandoned({job.id for job in jobs})
    for job in jobs:
        if job.id in here:
            with files.held(job.id) as mine:
                if mine:
                    return job
    for import_id in database.run_here(library.ended, sorted(here - {job.id for job in jobs})):
        files.remove(import_id)
    return None


def _run(job: Job, database: Database, files: ImportFiles, store: ArtifactStore) -> None:
    with files.held(job.id) as mine:
        if not mine:
            return
        folder = files.folder(job.id)
        database.run_here(library.begin, job)
        artifacts = _artifacts(store.path_of_current(), store)  # a set that cannot be opened is no fault of the import
        try:
            if files.tried(job.id) >= _MOST_TRIES:
                raise DataError(f"the server ended {_MOST_TRIES} times while it read this: its log says why")
            listens, dropped, left_out = _read(job, folder)
            database.run_here(library.told, job, len(listens), dropped)
            for batch in _batches(listens, job, artifacts):
                if not database.run_here(library.keep_batch, job, batch):
                    break
                files.got_on(job.id)
            database.run_here(library.finish, job, "done", _of_uploads(left_out, folder))
        except (DataError, MemoryError) as exc:
            fault = str(exc) or "the files are too large to be read"
            database.run_here(library.finish, job, "failed", _of_uploads(fault, folder))
        files.remove(job.id)


@lru_cache(maxsize=1)
def _artifacts(folder: Path, store: ArtifactStore) -> ArtifactSet:
    """The set that serves, verified and opened once for all imports that it serves for."""
    return open_set(folder, store.keyring)


def _of_uploads(fault: str | None, folder: Path) -> str | None:
    """The fault with the names that the files came with, and without cures that take a command line."""
    for part in (f"{folder}{os.sep}", NAME_ENCODING, IGNORE_DATES):
        fault = fault and fault.replace(part, "")
    return fault


def _read(job: Job, folder: Path) -> tuple[Listens, dict[str, int], str | None]:
    """One person's listens that have a moment, how many rows were left out and why, and which files and why.

    Raises DataError where no file can be used.
    """
    paths = [folder / name for name in job.files]
    too_large = {path: fault for path in paths if (fault := _too_large(path))}
    faults = list(too_large.values())
    if len(faults) == len(paths):
        raise DataError("; ".join(faults))
    usable = [path for path in paths if path not in too_large]
    listens, tallies = read_history(usable, ReadSettings(user=_ME, skip_faulty=True))
    who = _whose(listens, job.listener)
    if who != _ME and _ME in _present(listens):
        # files that name nobody are theirs: what stands in one of these and in one that names them is one listen
        listens, tallies = read_history(usable, ReadSettings(user=who, skip_faulty=True))
    dropped = total(tally for tally in tallies if tally.fault is None)
    listens = _with_moments(_of_one(listens, who, dropped), dropped)
    faults += [tally.fault for tally in tallies if tally.fault]
    return listens, dropped, "; ".join(faults) or None


def _with_moments(listens: Listens, dropped: dict[str, int]) -> Listens:
    """The listens whose moment is known; of a row that stands for several plays, which names one moment, one."""
    known = np.zeros(len(listens), np.bool_) if listens.seconds is None else listens.seconds != NO_TIME
    if not known.all():
        dropped["no moment"] = int((~known).sum())
    listens = listens.rows(known)
    if listens.total > len(listens):
        dropped["more plays at one moment"] = listens.total - len(listens)
    return listens


def _too_large(path: Path) -> str | None:
    """What is wrong with a zip or a gzip file that unpacks to too much."""
    try:
        unpacked = _unpacked(path)
    except FAULTS:  # what is wrong with it, reading says
        return None
    if unpacked <= _MOST_UNPACKED:
        return None
    return f"{path} unpacks to more than {_MOST_UNPACKED:,} bytes: import it in parts"


def _unpacked(path: Path) -> int:
    """Bytes that a file unpacks to, as far as that matters; its own where it is not packed."""
    if zipfile.is_zipfile(path):
        return unpacked_size(path, _MOST_UNPACKED)
    if not is_gzip(path):
        return path.stat().st_size
    unpacked = 0  # a gzip file does not say: it is counted
    with gzip.open(path) as file:
        while unpacked <= _MOST_UNPACKED and (part := file.read(_AT_ONCE)):
            unpacked += len(part)
    return unpacked


def _present(listens: Listens) -> list[str]:
    names = listens.users.values.to_pylist()
    return [names[code] for code in np.unique(listens.users.codes).tolist()]


def _whose(listens: Listens, listener: str | None) -> str:
    """The listener of an import, for it is one account's; _ME where no file names one. Raises DataError."""
    named = sorted(name for name in _present(listens) if name != _ME)
    if listener is None and len(named) > 1:
        raise DataError(
            f"the files hold the listens of {len(named)} people ({', '.join(named[:5])}{', …' if named[5:] else ''}): "
            "send the form field `listener` with the name of the one that is you"
        )
    if listener is not None and listener not in named:
        raise DataError(
            f"the files hold no listens of {listener!r}, only of {', '.join(named[:5]) or 'nobody by name'}"
        )
    return listener or next(iter(named), _ME)


def _of_one(listens: Listens, who: str, dropped: dict[str, int]) -> Listens:
    mine = listens.users.codes == listens.users.values.to_pylist().index(who)
    if not mine.all():
        dropped["somebody else's"] = int((~mine).sum())
    return listens.rows(mine)


def _batches(listens: Listens, job: Job, artifacts: ArtifactSet) -> Iterator[Sequence[NewListen]]:
    """The listens that were not looked at yet, with the catalog's songs."""
    artists, tracks = listens.artists.values.to_pylist(), listens.tracks.values.to_pylist()
    resolver, seconds = Resolver(artifacts), np.empty(0, np.int64) if listens.seconds is None else listens.seconds
    order = np.argsort(seconds, kind="stable")
    for start in range(job.read, len(listens), BATCH):
        rows = order[start : start + BATCH].tolist()
        yield [
            _listen(
                job,
                resolver,
                int(seconds[i]) * 1000,
                artists[listens.artists.codes[i]],
                tracks[listens.tracks.codes[i]],
            )
            for i in rows
        ]


def _listen(job: Job, resolver: Resolver, started_ms: int, artist: str, track: str) -> NewListen:
    known = resolver.song_id(artist, track)
    return NewListen(
        id=listen_id(started_ms, artist, track),
        started_ms=started_ms,
        artist=artist,
        track=track,
        song_id=known or song_id(artist, track),
        in_catalog=known is not None,
        played_ms=None,
        skipped=False,
        source="import",
        import_id=job.id,
    )
