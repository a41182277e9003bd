"""What `python -m artifact_set` can do. A command returns what it has to say, as data and as lines to read."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pydantic import JsonValue
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from artifact_set.manifest import MANIFEST, Manifest
from artifact_set.opened import open_set
from artifact_set.store import ArtifactStore
from artifact_set.transfer import Progress as Report
from artifact_set.transfer import Remote
from artifact_set.validation import RANKING


class Answer(NamedTuple):
    """One command's outcome, for machines and for people."""

    data: JsonValue
    lines: list[str]


def list_versions(store: ArtifactStore, _: argparse.Namespace) -> Answer:
    """Every version, its state and how well it ranks."""
    rows: list[JsonValue] = []
    lines = [f"{'version':18}{'state':10}{'songs':>10}  {RANKING:8}  model and data"]
    for version in store.versions():
        manifest = Manifest.read(store.root / version / MANIFEST)
        training = manifest.training
        state = "current" if version == store.current() else "complete"
        ranking = training.metrics.get(RANKING)
        shown = "-" if ranking is None else f"{ranking:.3f}"
        lines.append(
            f"{version:18}{state:10}{manifest.songs:>10,}  {shown:8}  {training.algorithm} on {training.data.source}"
        )
        rows.append({"version": version, "state": state, "songs": manifest.songs, RANKING: ranking})
    for version in store.waiting():
        lines.append(f"{version:18}trained, waiting for python build_vector_db.py")
        rows.append({"version": version, "state": "trained", "songs": None, RANKING: None})
    return Answer({"versions": rows}, lines)


def verify(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Hold every file of a version against its manifest and the files against each other."""
    folder = store.path(arguments.version) if arguments.version else store.path_of_current()
    opened = open_set(folder)
    data: JsonValue = {"version": opened.version, "files": len(opened.manifest.files), "songs": len(opened.songs)}
    return Answer(data, [f"{opened.version}: {len(opened.manifest.files)} files, {len(opened.songs):,} songs agree"])


def activate(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Let a complete version serve, after verifying it."""
    open_set(store.path(arguments.version))
    store.activate(arguments.version)
    return _now_serves(store, arguments.version)


def rollback(store: ArtifactStore, _: argparse.Namespace) -> Answer:
    """Let the version before the current one serve again, after verifying it."""
    version = store.previous()
    open_set(store.path(version))
    store.activate(version)
    return _now_serves(store, version)


def publish(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Upload a complete version (the current one) to a URL; interrupted, run it again and it goes on."""
    folder = store.path(arguments.version) if arguments.version else store.path_of_current()
    with _bars() as report:
        manifest = Remote(arguments.url).publish(folder, report)
    data: JsonValue = {"version": manifest.version, "url": arguments.url}
    return Answer(data, [f"{manifest.version} is published at {arguments.url}"])


def pull(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Download and verify a published version (the newest one); interrupted, run it again and it goes on."""
    with _bars() as report:
        folder = Remote(arguments.url).pull(store, arguments.version, report)
    open_set(folder)
    if arguments.activate:
        store.activate(folder.name)
        return _now_serves(store, folder.name)
    data: JsonValue = {"version": folder.name, "current": store.current()}
    return Answer(data, [f"{folder} is complete; let it serve with: python -m artifact_set activate {folder.name}"])


def prune(store: ArtifactStore, arguments: argparse.Namespace) -> Answer:
    """Delete all complete versions but the newest ones and the current one."""
    gone = store.prune(arguments.keep)
    return Answer({"deleted": list(gone)}, [f"deleted {version}" for version in gone] or ["nothing to delete"])


def _now_serves(store: ArtifactStore, version: str) -> Answer:
    return Answer({"version": version, "current": version}, [f"{store.root / 'current'} -> {version}"])


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
