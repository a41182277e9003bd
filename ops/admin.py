"""The operator's command: `python -m ops.admin invite | create | role`."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from getpass import getpass

from pydantic import ValidationError
from sqlalchemy import Connection, update

from db import Database, transaction
from errors import ReduxError
from migrations.prepare import prepare
from models import hashed, invites, users
from serving.accounts import credentials, queries
from serving.accounts.passwords import Passwords
from serving.routes.schemas.accounts import SignupIn
from settings import Settings

_MOST_DAYS = 365


class Refused(ReduxError):
    """What was asked for cannot be done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.load()
        database = Database(settings.database_url, synchronous=settings.synchronous)
        prepare(database, upgrade=settings.environment == "development")
        options.run(options, settings, database)
    except ReduxError as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    return 0


def _invite(options: argparse.Namespace, settings: Settings, database: Database) -> None:
    code = database.run_here(make_invite, timedelta(days=options.days))
    sys.stdout.write(f"{code}\n")
    hint = f"good once, for {options.days} {'day' if options.days == 1 else 'days'}"
    if settings.signup != "invite":
        hint += f"; not asked for yet, as SIGNUP is {settings.signup}: set SIGNUP=invite"
    sys.stderr.write(f"{hint}\n")


def _create(options: argparse.Namespace, _settings: Settings, database: Database) -> None:
    name, typed = options.username, getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        SignupIn(username=name, password=typed)
    except ValidationError as exc:
        fault = exc.errors()[0]
        raise Refused(f"the {fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}") from None
    password_hash = asyncio.run(Passwords().hash(typed))
    if not database.run_here(make_admin, name, password_hash):
        raise Refused(f"the username {name!r} is taken: give it the role with python -m ops.admin role {name!r} admin")
    sys.stdout.write(f"{name} may log in, and sees /admin\n")


def _role(options: argparse.Namespace, _settings: Settings, database: Database) -> None:
    if not database.run_here(give_role, options.username, options.role):
        raise Refused(f"nobody is called {options.username!r}: python -m ops.admin create opens an account")
    sys.stdout.write(f"{options.username} is {options.role}\n")


def make_admin(connection: Connection, username: str, password_hash: str) -> bool:
    """Open an account with the role of an operator; False where the name is taken."""
    with transaction(connection):
        key = credentials.comparable(username)
        made = queries.create_user(connection, username, key, password_hash)
        return made is not None and give_role(connection, username, "admin")


def give_role(connection: Connection, username: str, role: str) -> bool:
    """Let an account have a role, from its next request on; False where there is no such account."""
    key = credentials.comparable(username)
    return connection.execute(update(users).where(users.c.username_key == key).values(role=role)).rowcount == 1


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
    invite.set_defaults(run=_invite)
    create = commands.add_parser("create", help="open an account that sees /admin; the password is asked for, or read")
    create.add_argument("username")
    create.set_defaults(run=_create)
    role = commands.add_parser("role", help="give an account a role, or take it back")
    role.add_argument("username")
    role.add_argument("role", choices=("admin", "listener"))
    role.set_defaults(run=_role)
    return parser


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        msg = f"{text!r} is no number of days: expected 1 to {_MOST_DAYS}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
