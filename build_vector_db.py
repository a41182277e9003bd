"""Builds the index over a trained model's song vectors and activates the finished artifact set."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from artifact_set import ArtifactError
from artifact_set.builder import Built, build
from artifact_set.configured import store_for_commands
from artifact_set.manifest import IndexReport
from settings import InvalidSettings, Settings

_out = Console(markup=False, highlight=False, soft_wrap=True)
_err = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifacts", type=Path, default=None, help="where versions are kept (ARTIFACTS_DIR)")
    parser.add_argument("--version", help="the trained version to build (the newest one)")
    parser.add_argument("--factory", default="Flat", help="a FAISS index-factory string (Flat)")
    parser.add_argument("--force", action="store_true", help="activate even what validation objects to; recorded")
    return parser.parse_args(argv)


def _report(root: Path, built: Built) -> None:
    manifest = built.manifest
    size = f"{manifest.songs:,} songs x {manifest.dimension} dimensions"
    _out.print(f"{root / manifest.version}: {size}, {manifest.index_factory}")
    if manifest.index_report:
        _out.print(_comparison(manifest.index_report))
    for objection in built.objections:
        _err.print(f"build_vector_db.py: {objection}")
    if built.activated:
        forced = "   (forced, and the manifest says so)" if manifest.forced else ""
        if built.objections and not manifest.forced:
            _out.print("It serves all the same, because nothing else does yet.")
        _out.print(f"{root / 'current'} -> {manifest.version}{forced}")
        _out.print("Next: uvicorn api:app (one that runs serves it within a second)")
    else:
        _err.print(
            f"build_vector_db.py: {manifest.version} is not activated, what served before still serves. "
            "Retrain with other data or parameters, or activate it all the same with --force"
        )


def _comparison(report: IndexReport) -> Table:
    table = Table(title="one query at a time, one thread, means of five songs")
    for column in ("index", "recall@50", "MB", "build s", "query ms"):
        table.add_column(column, justify="left" if column == "index" else "right")
    table.add_row("Flat", "1.000", f"{report.flat_bytes / 1e6:.1f}", "", f"{report.flat_query_ms:.3f}")
    recall, size = f"{report.recall_at_50:.3f}", f"{report.bytes / 1e6:.1f}"
    name = f"{report.factory} {report.effort}".strip()
    table.add_row(name, recall, size, f"{report.build_seconds:.1f}", f"{report.query_ms:.3f}")
    return table


def main(argv: list[str] | None = None) -> int:
    """Build and activate. Returns 0; 1 where validation or the disk objects; 2 where there is nothing to build from."""
    arguments = _arguments(argv)
    try:
        store = store_for_commands(Settings.load(), arguments.artifacts)
        built = build(store, arguments.version, arguments.factory, force=arguments.force)
    except (ArtifactError, InvalidSettings) as exc:
        _err.print(f"build_vector_db.py: {exc}")
        return 2
    except OSError as exc:
        _err.print(f"build_vector_db.py: nothing is activated, for the disk is full or cannot be written: {exc}")
        return 1
    _report(store.root, built)
    return 0 if built.activated else 1


if __name__ == "__main__":
    sys.exit(main())
