"""What `python -m artifact_set` can do. A command returns what it has to say, as data and as lines to read."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pydantic import JsonValue
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from artifact_set import files
from artifact_set.listing import Listed, listed, objections
from artifact_set.signing import new_key_pair
from artifact_set.store import ArtifactStore
from artifact_set.subprocess_verification import open_set
from artifact_set.transfer import Progress as Report
from artifact_set.transfer import Remote
from artifact_set.validation import RANKING


class Answer(NamedTuple):
    """One command's outcome, for machines and for people."""

    data: JsonValue
    lines: list[str]


def list_versions(store: ArtifactStore, _: argparse.Namespace) -> Answer:
    """Every version, its state and how well it ranks."""
    rows = listed(store)
    lines = [f"{'version':18}{'state':10}{'songs':>10}  {RANKING:8}  model and data", *map(_line, rows)]
    data: list[JsonValue] = [
        {"version": row.version, "state": row.state, "songs": row.songs, RANKING: _ranking(row), "fault": row.fault}
        for row in rows
    ]
    return Answer({"versions": data}, lines)


def _ranking(row: Listed) -> float | None:
    return row.training.metrics.get(RANKING) if row.training and row.state != "trained" else None


def _line(row: Listed) -> str:
    songs = "-" if row.songs is None else f"{row.songs:,}"
    score = _ranking(row)
    ranking = "-" if score is None else f"{score:.3f}"
    return f"{row.version:18}{row.state:10}{songs:>10}  {ranking:8}  {_model(row)}"


def _model(row: Listed) -> str:
    if row.state == "trained":
        return "waiting for python build_vector_db.py"
    model = f"{row.training.algorithm} on {row.training.data.source}" if row.training else ""
    return "; ".join(part for part in (model, row.fault) if part)


def verify(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Hold every file of a version against its manifest and the files against each other."""
    folder = store.path(arguments.version) if arguments.version else store.path_of_current()
    opened = open_set(folder, store.keyring)
    data: JsonValue = {"version": opened.version, "files": len(opened.manifest.files), "songs": len(opened.songs)}
    return Answer(data, [f"{opened.version}: {len(opened.manifest.files)} files, {len(opened.songs):,} songs agree"])


def activate(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Let a complete version serve, after verifying it."""
    opened = open_set(store.path(arguments.version), store.keyring)
    store.activate(arguments.version)
    return _now_serves(store, arguments.version, objections(opened.manifest))


def rollback(store: ArtifactStore, _: argparse.Namespace) -> Answer:
    """Let the newest version before the current one serve that was not refused when it was built; verified first."""
    version = store.previous()
    open_set(store.path(version), store.keyring)
    store.activate(version)
    return _now_serves(store, version)


def publish(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Upload a complete version (the current one) to a URL; interrupted, run it again and it goes on."""
    folder = store.path(arguments.version) if arguments.version else store.path_of_current()
    with _bars() as report:
        remote = Remote(arguments.url, store.keyring)
        manifest = remote.publish(folder, report)
    data: JsonValue = {"version": manifest.version, "url": arguments.url}
    lines = [f"{manifest.version} is published at {arguments.url}"]
    newest = remote.versions()[-1]
    if newest != manifest.version:
        lines.append(f"pull takes {newest} unless a version is named, for that is newer")
    return Answer(data, lines)


def pull(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Download and verify a published version (the newest one); interrupted, run it again and it goes on."""
    with _bars() as report:
        folder = Remote(arguments.url, store.keyring).pull(store, arguments.version, report)
    opened = open_set(folder, store.keyring)
    if arguments.activate:
        store.activate(folder.name)
        return _now_serves(store, folder.name, objections(opened.manifest))
    data: JsonValue = {"version": folder.name, "current": store.current()}
    return Answer(data, [f"{folder} is complete; let it serve with: python -m artifact_set activate {folder.name}"])


def prune(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Delete all versions but the newest ones and the current one; refused, damaged and unfinished ones count apart."""
    gone = store.prune(arguments.keep)
    return Answer({"deleted": list(gone)}, [f"deleted {version}" for version in gone] or ["nothing to delete"])


def keygen(_: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Make a key that signs sets and the key to trust where they are pulled and served."""
    pair = new_key_pair()
    data: dict[str, JsonValue] = {"ARTIFACTS_TRUSTED_KEYS": pair.trusted}
    if arguments.out:
        files.put_secret(arguments.out, f"{pair.signing}\n")
        data |= {"ARTIFACTS_SIGNING_KEY_FILE": str(arguments.out)}
    else:
        data |= {"ARTIFACTS_SIGNING_KEY": pair.signing}
    return Answer(data, [f"{name}={value}" for name, value in data.items()])


def _now_serves(store: ArtifactStore, version: str, fault: str | None = None) -> Answer:
    lines = [f"{store.root / 'current'} -> {version}", *([fault] if fault else [])]
    return Answer({"version": version, "current": version, "fault": fault}, lines)


@contextmanager
def _bars() -> Iterator[Report]:
    """One progress bar a file, on stderr where that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {}

        def report(name: str, total: int, done: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.advance(tasks[name], done)

        yield report
