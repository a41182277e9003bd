"""`python -m artifact_set`: look at the versions, verify one, decide which one serves."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from artifact_set.errors import ArtifactError
from artifact_set.manifest import MANIFEST, Manifest
from artifact_set.opened import open_set
from artifact_set.store import ArtifactStore
from artifact_set.validation import RANKING
from serving.settings import Settings

_out = Console(markup=False, highlight=False, soft_wrap=True)


def _list(store: ArtifactStore, _: argparse.Namespace) -> None:
    current = store.current()
    table = Table("version", "state", "songs", RANKING, "algorithm", "data", box=None)
    for version in store.versions():
        manifest = Manifest.read(store.root / version / MANIFEST)
        training = manifest.training
        state = "current" if version == current else "complete"
        ranking = f"{training.metrics[RANKING]:.3f}" if RANKING in training.metrics else "-"
        table.add_row(version, state, f"{manifest.songs:,}", ranking, training.algorithm, training.data.source)
    for version in store.waiting():
        table.add_row(version, "no index yet", "", "", "", "")
    _out.print(table)


def _verify(store: ArtifactStore, arguments: argparse.Namespace) -> None:
    folder = store.path(arguments.version) if arguments.version else store.path_of_current()
    opened = open_set(folder)
    _out.print(f"{opened.version}: {len(opened.manifest.files)} files and {len(opened.songs):,} songs agree")


def _activate(store: ArtifactStore, arguments: argparse.Namespace) -> None:
    open_set(store.path(arguments.version))
    store.activate(arguments.version)
    _out.print(f"{store.root / 'current'} -> {arguments.version}")


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m artifact_set", description=__doc__)
    parser.add_argument("--artifacts", type=Path, default=None, help="where versions are kept (ARTIFACTS_DIR)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[ArtifactStore, argparse.Namespace], None], text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("list", _list, "every version, its state and how well it ranks")
    verify = command("verify", _verify, "hold every file of a version against its manifest")
    verify.add_argument("version", nargs="?", help="the current one, unless named")
    activate = command("activate", _activate, "let a complete version serve, after verifying it")
    activate.add_argument("version")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 with one line on stderr."""
    arguments = _arguments(argv)
    store = ArtifactStore(arguments.artifacts or Settings().artifacts_dir)
    try:
        arguments.run(store, arguments)
    except ArtifactError as exc:
        Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(f"artifact_set: {exc}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
