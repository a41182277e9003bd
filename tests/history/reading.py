"""What the tests of reading ask of a history."""

from pathlib import Path

from history import Listens, ReadSettings, read_history
from history.listens import Names
from history.tally import Tally
from training.data.sessions import sittings


def read(*paths: Path, **settings: object) -> Listens:
    return read_history(list(paths), ReadSettings(**settings))[0]  # type: ignore[arg-type]


def tallies(*paths: Path, **settings: object) -> list[Tally]:
    return read_history(list(paths), ReadSettings(**settings))[1]  # type: ignore[arg-type]


def names(column: Names) -> list[str]:
    values = column.values.to_pylist()
    return [values[int(code)] for code in column.codes]


def sitting_count(listens: Listens) -> int:
    assert listens.minutes is not None
    return int(sittings(listens.users.codes, listens.minutes).max()) + 1


def songs(listens: Listens) -> list[str]:
    return sorted(listens.spellings.named(listens.plays)[1].song_ids.to_pylist())


def as_base(listens: Listens) -> bool:
    return (len(listens), listens.user_count, len(songs(listens)), sitting_count(listens)) == (720, 1, 40, 120)
