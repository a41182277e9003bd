"""A history from files, folders and zips: each file by the reader of its format, joined, folded, each listen once."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import chain, islice
from pathlib import Path

from errors import DataError
from history.documents import looks_like_json, records_of, refused
from history.formats import JSON_FORMATS, hetrec
from history.given import Given
from history.joining import joined
from history.kinds import is_parquet, kind_of
from history.listens import Listens
from history.parts import Part, Rows
from history.settings import ReadSettings
from history.sources import (
    FAULTS,
    READ,
    NotHistory,
    Source,
    is_unopened_zip,
    sha256_of,
    sources_of,
)
from history.tables import read_csv, read_parquet
from history.tally import NOT_READ, Tally

_LOOKED_AT = 50  # records of a JSON file, of which one must be a format's


class HistoryFault(DataError):
    """Files that cannot be used; tallies: the account of every file, for the report."""

    def __init__(self, message: str, tallies: list[Tally]) -> None:
        super().__init__(message)
        self.tallies = tallies


def read_history(
    paths: Sequence[Path],
    settings: ReadSettings,
    starts: Callable[[str], None] = lambda _file: None,
    given: Given | None = None,
) -> tuple[Listens, list[Tally]]:
    """The listens in files, folders and zips, and the account of each file. `starts` is told of each file.

    given: rows from elsewhere, which are joined with those of the files.

    Files found in a folder or a zip that are no history are passed over and have an account that says so. Raises
    HistoryFault, one line that names the first file at fault, what is wrong with it and what was expected; with
    `settings.skip_faulty` where no file is left.
    """
    paths = list(dict.fromkeys(paths))
    tallies: list[Tally] = []
    parts: list[tuple[Source, Part, Tally]] = []
    for source in _sources(paths, settings, tallies):
        starts(str(source))
        tally = Tally(str(source))
        tallies.append(tally)
        try:
            part = _read(source, settings, tally)
        except DataError as exc:
            tally.refuse(exc)
            continue
        if part is not None:
            parts.append((source, part, tally))
    if given is not None:
        parts.append(given.joined_with_files(settings))
        tallies.append(parts[-1][2])
    return _joined(parts, settings, paths, tallies, given), tallies


def _joined(
    parts: Sequence[tuple[Source, Part, Tally]],
    settings: ReadSettings,
    paths: Sequence[Path],
    tallies: list[Tally],
    given: Given | None,
) -> Listens:
    """One history, tried also where files are at fault, so that the account of every other is whole."""
    faults = [tally.fault for tally in tallies if tally.fault]
    try:
        listens = _one_history(parts, settings, paths, given)
    except DataError as exc:
        raise _fault_of(faults or [str(exc)], tallies) from exc
    if faults and not settings.skip_faulty:
        raise _fault_of(faults, tallies)
    return listens


def _fault_of(faults: Sequence[str], tallies: list[Tally]) -> HistoryFault:
    more = f" (and {len(faults) - 1} more at fault)" if len(faults) > 1 else ""
    return HistoryFault(f"{faults[0]}{more}", tallies)


def _one_history(
    parts: Sequence[tuple[Source, Part, Tally]], settings: ReadSettings, paths: Sequence[Path], given: Given | None
) -> Listens:
    if not parts:
        names = ", ".join(map(str, paths[:3]))
        raise DataError(f"{names}: no listening history in it: expected {READ}")
    files = list(dict.fromkeys(source.path for source, _, _ in (parts if given is None else parts[:-1])))
    digest = sha256_of(files) if files else ""
    named = [path.name for path in paths]
    if given is not None:
        digest = hashlib.sha256(f"{digest} {given.sha256}".encode()).hexdigest() if files else given.sha256
        named.append(given.name)
    return joined(parts, settings, named[0] if len(named) == 1 else f"{named[0]} and {len(named) - 1} more", digest)


def _sources(paths: Sequence[Path], settings: ReadSettings, tallies: list[Tally]) -> list[Source]:
    """Every file, found before the first is read: a name that is wrong is told at once."""
    found: list[Source] = []
    for path in paths:
        try:
            found += _sources_in(path)
        except DataError as exc:
            if not settings.skip_faulty:
                raise
            tallies.append(Tally(str(path)))
            tallies[-1].refuse(exc)
    return found


def _sources_in(path: Path) -> list[Source]:
    try:
        return list(sources_of(path))
    except FAULTS as exc:
        raise DataError(f"{path} cannot be read ({_first_line(exc)}): expected {READ}") from exc


def _read(source: Source, settings: ReadSettings, tally: Tally) -> Part | None:
    """What a file holds; None where it was found in a folder or a zip and is no history."""
    try:
        return _by_content(source, settings, tally)
    except NotHistory:
        if source.asked:
            raise
        tally.title = NOT_READ
        return None
    except MemoryError as exc:
        text = (
            f"{source} takes more memory than there is, or is damaged: split it into several files, or export it again"
        )
        raise DataError(text) from exc
    except FAULTS as exc:
        raise DataError(f"{source} is damaged ({_first_line(exc)}): export or download it again") from exc


def _by_content(source: Source, settings: ReadSettings, tally: Tally) -> Part | None:
    head = source.head()
    if is_parquet(head):
        return read_parquet(source, settings, tally)
    if is_unopened_zip(source, head):
        tally.leave_zip()
        return None
    if kind := kind_of(head):
        raise NotHistory(f"{source} is {kind}")
    if looks_like_json(head):
        return _json(source, head, settings, tally)
    if hetrec.is_hetrec(head):
        return hetrec.read_hetrec(source, tally)
    if hetrec.is_names(head) and not source.asked:
        tally.title = "HetRec 2011, names"
        return None
    try:
        return read_csv(source, head, settings, tally)
    except NotHistory as exc:
        if b"\0" in head[:4096]:
            raise NotHistory(f"{source} is a binary file: expected {READ}") from exc
        raise


def _json(source: Source, head: bytes, settings: ReadSettings, tally: Tally) -> Part:
    records = records_of(source, head, settings, tally)
    first = list(islice(records, _LOOKED_AT))
    for of in JSON_FORMATS:
        if any(of.claims(record) for record in first):
            tally.title = of.title
            rows = Rows(settings, tally, source.listener, source.name)
            of.read(chain(first, records), rows)
            return rows.part()
    raise refused(source, first)


def _first_line(exc: BaseException) -> str:
    return str(exc).partition("\n")[0].rstrip(".")[:200] or type(exc).__name__
