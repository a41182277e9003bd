"""Covers and previews of songs: `python metadata.py prefetch` fills the table ahead, `show` explains one song."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from covers import command
from errors import ReduxError
from settings import Settings

_out = Console(markup=False, highlight=False, soft_wrap=True)
_err = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is too small: expected 1 or more")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    fill = commands.add_parser(
        "prefetch", help="look up songs ahead, within the providers' limits; goes on where it stopped"
    )
    fill.add_argument(
        "--top", type=_positive, default=1000, metavar="N", help="the N most listened songs (default: 1000)"
    )
    fill.add_argument("--data", type=Path, metavar="FILE", help="these songs instead: one a line, as `artist - track`")
    show = commands.add_parser("show", help="what each provider says of a song, what is chosen and why")
    show.add_argument("song", help="`artist - track`")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0; 1 where songs had to be given up; 2 where it cannot begin; 130 after Ctrl-C."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        settings = Settings.load()
        if arguments.command == "show":
            command.show(settings, arguments.song, _out)
            return 0
        counted = command.fill(settings, arguments.top, arguments.data, _err)
        _out.print(command.summary(counted))
    except ReduxError as exc:
        _err.print(f"metadata.py: {exc}")
        return 2
    except KeyboardInterrupt:
        _err.print("metadata.py: interrupted; what was learnt is kept, and the same command goes on from here")
        return 130
    return 1 if counted["given up"] else 0


if __name__ == "__main__":
    sys.exit(main())
