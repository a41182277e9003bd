"""What was read: a table of files, what was dropped and why, and what a person should know of it."""

from collections.abc import Sequence
from pathlib import Path

from history.tally import HEAD, NOT_READ, Tally
from training.data.listens import Listens
from training.data.ratings import Ratings
from training.report.console import Report

_MOST = 60  # files that have a line each


def tell_files(tallies: Sequence[Tally], report: Report) -> None:
    """The report at the end of reading."""
    told = [tally for tally in tallies if tally.title != NOT_READ]
    rows = [_short(tally) for tally in told[:_MOST]]
    if len(told) > _MOST:
        listens = sum(tally.listens for tally in told[_MOST:])
        rows.append([f"and {len(told) - _MOST:,} more", "", f"{listens:,}", "", "", "", ""])
    report.table("What was read", HEAD, rows, numbers=(2,))
    if passed := len(tallies) - len(told):
        names = ", ".join(Path(tally.file).name for tally in tallies if tally.title == NOT_READ)
        report.say(f"Passed over, no listening history: {passed:,} ({names[:200]}).")
    for tally in told:
        if tally.fault:
            report.say(tally.fault)
        for note in tally.notes:
            report.say(f"{tally.file}: {note}.")
    _tell_listeners(told, report)


def _short(tally: Tally) -> list[str]:
    file, *rest = tally.row()
    return [Path(file).name, *rest]


def _tell_listeners(tallies: Sequence[Tally], report: Report) -> None:
    names = list(dict.fromkeys(tally.named_by_file for tally in tallies if tally.named_by_file))
    if len(names) > 1:
        some = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        report.say(
            f"{len(names)} listeners are named after their files ({some}): where they are one person, "
            "say --user NAME, so that listens that stand in two files count once."
        )


def tell_data(listens: Listens, ratings: Ratings, report: Report) -> None:
    """What is learned from, and what was dropped on the way."""
    for reason, dropped in listens.dropped.items():
        report.say(f"Dropped {dropped:,} rows: {reason}.")
    if ratings.kind == "session" and listens.unknown_moments:
        report.say(f"{listens.unknown_moments:,} rows have no moment: they count as plays and belong to no session.")
    if ratings.songs.aliases:
        report.say(f"{len(ratings.songs.aliases):,} other spellings of songs are joined to them, and still find them.")
    rows = "a row is a user"
    if ratings.kind == "session":
        rows = f"a row is one of {ratings.plays.shape[0]:,} listening sessions (few users, many sittings)"
    users = f"{ratings.users:,} user" + ("s" if ratings.users != 1 else "")
    report.say(
        f"{ratings.total:,} listens by {users} of {len(ratings.songs):,} songs, "
        f"{ratings.pairs:,} (user, song) pairs; {rows}."
    )
