"""`python -m artifact_set`: look at the versions, verify one, decide which one serves, move them between machines."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from artifact_set import commands
from artifact_set.commands import Answer
from artifact_set.configured import store_for_commands
from artifact_set.store import ArtifactStore
from errors import ArtifactError
from settings import InvalidSettings, Settings

Command = Callable[[ArtifactStore, argparse.Namespace], Answer]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m artifact_set", description=__doc__)
    parser.add_argument("--artifacts", type=Path, default=None, help="where versions are kept (ARTIFACTS_DIR)")
    named = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command) -> argparse.ArgumentParser:
        added = named.add_parser(name, help=run.__doc__, description=run.__doc__)
        added.add_argument("--json", action="store_true", help="answer with one JSON object")
        added.set_defaults(run=run)
        return added

    command("list", commands.list_versions)
    command("verify", commands.verify).add_argument("version", nargs="?", help="the current one, unless named")
    command("activate", commands.activate).add_argument("version")
    command("rollback", commands.rollback)
    publish = command("publish", commands.publish)
    publish.add_argument("url", help="e.g. s3://bucket/models, gs://…, file:///…")
    publish.add_argument("version", nargs="?", help="the current one, unless named")
    pull = command("pull", commands.pull)
    pull.add_argument("url")
    pull.add_argument("version", nargs="?", help="the newest one, unless named")
    pull.add_argument("--activate", action="store_true", help="let it serve at once")
    keygen = command("keygen", commands.keygen)
    keygen.add_argument("--out", type=Path, metavar="FILE", help="write the signing key there and do not show it")
    command("prune", commands.prune).add_argument("--keep", type=_count, required=True, help="how many to keep")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        msg = f"{text!r} is not a whole number from 1"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _fault(line: str) -> int:
    Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(f"artifact_set: {line}")
    return 1


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 with one line on stderr."""
    arguments = _parser().parse_args(argv)
    try:
        store = store_for_commands(Settings.load(), arguments.artifacts)
        answer = arguments.run(store, arguments)
    except (ArtifactError, InvalidSettings) as exc:
        return _fault(str(exc))
    except OSError as exc:
        return _fault(f"the disk is full or cannot be written: {exc}")
    out = Console(markup=False, highlight=False, soft_wrap=True)
    for line in [json.dumps(answer.data)] if arguments.json else answer.lines:
        out.print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
