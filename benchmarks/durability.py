"""What it costs that SQLite forces every write to the disk: likes a second with SQLITE_SYNCHRONOUS=normal and =full.

    python -m benchmarks.durability [--folder DIR]

Both files lie in one folder, and are written in turn: compare the ratio, not the numbers.
"""

import argparse
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from db import Database, Synchronous
from migrations.prepare import prepare
from serving.accounts import queries as accounts
from serving.accounts.refresh_tokens import RefreshTokens
from serving.accounts.sessions import open_session
from serving.library import likes as library

_LIKES = 500  # of a round
_ROUNDS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the files are written; unset: the temporary folder")
    with tempfile.TemporaryDirectory(dir=parser.parse_args().folder) as folder:
        rates = _rates(Path(folder))
    for name, rate in rates.items():
        Console().print(f"{name}: {rate:,.0f} likes/s = {rate / rates['normal']:.2f} of normal")


def _rates(folder: Path) -> dict[Synchronous, float]:
    """Likes a second of each way, the best of some rounds in turn."""
    best: dict[Synchronous, float] = {"normal": 0.0, "full": 0.0}
    for place in range(_ROUNDS):
        for synchronous in best:
            best[synchronous] = max(best[synchronous], _rate(folder / f"{synchronous}.db", synchronous, place))
    return best


def _rate(path: Path, synchronous: Synchronous, place: int) -> float:
    database = Database(f"sqlite:///{path}", synchronous=synchronous)
    prepare(database, upgrade=True)
    account = database.run_here(accounts.create_user, f"listener {place}", f"listener {place}", "no hash")
    assert account is not None
    tokens = RefreshTokens("no key", timedelta(days=1))
    subject = database.run_here(open_session, account, tokens, "benchmark").subject
    started = time.perf_counter()
    for n in range(_LIKES):
        database.run_here(library.like, subject, f"Artist - Track {n}")
    seconds = time.perf_counter() - started
    database.close()
    return _LIKES / seconds


if __name__ == "__main__":
    main()
