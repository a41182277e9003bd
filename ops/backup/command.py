"""`python -m ops.backup`: make backups of the database, list, verify and restore them."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from artifact_set.files import put_secret
from errors import ReduxError
from ops.backup import run, sealing
from ops.backup.manifest import BackupError, BackupManifest
from ops.backup.retention import Keep, expired
from ops.backup.vault import CURE_OF_DAMAGED, Vault
from settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options, Settings.load())
    except (ReduxError, OSError) as exc:
        _complain(exc)
        return 1
    return 0


@contextmanager
def _told() -> Iterator[None]:
    """What fails here is said and stops nothing."""
    try:
        yield
    except (ReduxError, OSError) as exc:
        _complain(exc)


def _complain(exc: Exception) -> None:
    sys.stderr.write(f"ops.backup: {' '.join(str(exc).split())}\n")


def _create(options: argparse.Namespace, settings: Settings) -> None:
    vault = _vault(options, settings)
    os.umask(0o077)  # every account's data, for nobody else on this machine
    with _told():
        for name in vault.sweep(datetime.now(UTC) - timedelta(days=1)):
            _say(f"{name}  removed: its upload never ended")
    made = run.create(settings.database_url, vault, settings.backup_recipient)
    _say(_line(made))
    # the backup stands: what fails from here on is no reason to make another
    if options.textfile is not None:
        with _told():
            _tell_prometheus(options.textfile, made)
    with _told():
        _retain(vault, Keep(options.keep_last, options.keep_daily, options.keep_weekly, options.keep_monthly))


def _retain(vault: Vault, keep: Keep) -> None:
    for old in expired(vault.all(), keep):
        vault.delete(old)
        _say(f"{old.name}  removed: newer ones stand for its day, week and month")


def _due(options: argparse.Namespace, settings: Settings) -> None:
    left, now = 0.0, datetime.now(UTC)
    # one that a wrong clock dates in the future is never old
    if backups := [one for one in _vault(options, settings).all() if one.created_at < now + timedelta(minutes=1)]:
        age = max(0.0, (now - backups[-1].created_at).total_seconds())
        sys.stderr.write(f"{backups[-1].name} is the newest backup, {age / 3600:,.1f} hours old\n")
        left = max(0.0, options.hours * 3600 - age)
    _say(f"{left:.0f}")


def _list(options: argparse.Namespace, settings: Settings) -> None:
    vault = _vault(options, settings)
    for backup in vault.all():
        _say(_line(backup))
    for path in vault.damaged():
        sys.stderr.write(f"{path} cannot be read as a backup's manifest: {CURE_OF_DAMAGED}\n")


def _verify(options: argparse.Namespace, settings: Settings) -> None:
    sound = run.verify(settings.database_url, _vault(options, settings), options.name, options.identity)
    _say(f"{_line(sound)}\nrestored into a scratch database: every table is what it was")


def _restore(options: argparse.Namespace, settings: Settings) -> None:
    vault = _vault(options, settings)
    used, where = run.restore(settings.database_url, vault, options.name, options.identity, replace=options.replace)
    _say(f"{_line(used)}\nrestored to {where}")


def _keygen(options: argparse.Namespace, _settings: Settings) -> None:
    secret, public = sealing.new_identity()
    if options.out is None:
        _say(secret)
    else:
        put_secret(options.out, f"{secret}\n")
    _say(f"BACKUP_RECIPIENT={public}")
    kept = options.out or "the first line in a file"
    sys.stderr.write(f"Keep {kept} elsewhere than here: without it no backup can be read.\n")


def _vault(options: argparse.Namespace, settings: Settings) -> Vault:
    url = options.url or settings.backup_url
    if not url:
        msg = (
            "nobody says where backups are: give --url file:///var/backups/redux or s3://BUCKET/PATH, or set BACKUP_URL"
        )
        raise BackupError(msg)
    return Vault(url)


def _line(backup: BackupManifest) -> str:
    rows = sum(table.rows for table in backup.tables.values())
    sealed = "encrypted" if backup.encrypted else "not encrypted"
    return f"{backup.name}  {backup.kind} {backup.schema_version}  {backup.bytes:,} bytes, {sealed}  {rows:,} rows"


def _tell_prometheus(path: Path, made: BackupManifest) -> None:
    """A file as node_exporter's textfile collector reads it; it never sees half of one."""
    text = (
        "# HELP redux_backup_timestamp_seconds When the last backup was made.\n"
        "# TYPE redux_backup_timestamp_seconds gauge\n"
        f"redux_backup_timestamp_seconds {made.created_at.timestamp():.0f}\n"
        "# HELP redux_backup_bytes How large it is.\n"
        "# TYPE redux_backup_bytes gauge\n"
        f"redux_backup_bytes {made.bytes}\n"
    )
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text)
    draft.chmod(0o644)
    draft.replace(path)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.backup", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    create = _command(commands, "create", "Keep the database as it is now, and remove what no rule keeps.", _create)
    for period, default in Keep()._asdict().items():
        what = {"daily": "days", "weekly": "weeks", "monthly": "months"}.get(period)
        said = f"how many {what} keep their newest backup ({default})" if what else f"how many always stay ({default})"
        create.add_argument(f"--keep-{period}", type=_count, default=default, metavar="N", help=said)
    create.add_argument(
        "--textfile", type=Path, help="tell Prometheus by this file (node_exporter's textfile collector)"
    )
    due = _command(commands, "due", "In how many seconds the newest backup is so old that another is made.", _due)
    due.add_argument("--hours", type=_count, default=24, metavar="N", help="how old (24)")
    _command(commands, "list", "Every backup, the oldest first.", _list)
    verify = _command(commands, "verify", "Restore a backup into a scratch database, and compare every table.", _verify)
    restore = _command(commands, "restore", "Let the database be what a backup holds.", _restore)
    restore.add_argument("--replace", action="store_true", help="also where the database holds something")
    for command in (verify, restore):
        command.add_argument("name", nargs="?", help="the newest one, unless named")
        command.add_argument(
            "--identity",
            type=Path,
            help="the file with the secret key, of an encrypted backup; - reads it from standard input",
        )
    keygen = commands.add_parser("keygen", help="Make the two keys of encrypted backups.")
    keygen.add_argument("--out", type=Path, metavar="FILE", help="write the secret key there and do not show it")
    keygen.set_defaults(run=_keygen)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, said: str, run: object
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=said, description=said)
    command.add_argument("--url", help="where backups are kept (BACKUP_URL)")
    command.set_defaults(run=run)
    return command


def _count(text: str) -> int:
    if not text.isdecimal():
        msg = f"{text!r} is no count: expected 0 or more"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
