"""The operator's command: `python -m ops.admin invite`."""

import argparse
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from db import Database
from errors import ReduxError
from migrations.prepare import prepare
from models import hashed, invites
from settings import Settings

_MOST_DAYS = 365


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.load()
        database = Database(settings.database_url, synchronous=settings.synchronous)
        prepare(database, upgrade=settings.environment == "development")
        code = database.run_here(make_invite, timedelta(days=options.days))
    except ReduxError as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    sys.stdout.write(f"{code}\n")
    hint = f"good once, for {options.days} {'day' if options.days == 1 else 'days'}"
    if settings.signup != "invite":
        hint += f"; not asked for yet, as SIGNUP is {settings.signup}: set SIGNUP=invite"
    sys.stderr.write(f"{hint}\n")
    return 0


def make_invite(connection: Connection, lifetime: timedelta) -> str:
    """A code that opens one account within `lifetime`; the database keeps its hash."""
    code, now = secrets.token_urlsafe(12), datetime.now(UTC)
    connection.execute(invites.delete().where(invites.c.expires_at < now))
    connection.execute(invites.insert().values(code_hash=hashed(code), expires_at=now + lifetime))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.admin", description=__doc__)
    commands = parser.add_subparsers(required=True)
    invite = commands.add_parser("invite", help="print a code that opens one account, for SIGNUP=invite")
    invite.add_argument("--days", type=_days, default=7, help="how long it is good (default: 7)")
    return parser


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        msg = f"{text!r} is no number of days: expected 1 to {_MOST_DAYS}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
