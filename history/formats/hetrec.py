"""HetRec 2011: user_artists.dat, whose artists have their names in artists.dat beside it."""

import csv
from collections.abc import Iterator

import numpy as np

from errors import DataError
from history.arrow import encoded, repeated_name
from history.parts import Part
from history.sources import Source
from history.tally import Tally

TITLE = "HetRec 2011"
TRACK = "Artist radio"  # it knows artists, not tracks

_HEADER, _NAMES = b"userID\tartistID\tweight", b"id\tname\turl\tpictureURL"


def is_hetrec(head: bytes) -> bool:
    """Whether a file is who played which artist how often."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_HEADER)


def is_names(head: bytes) -> bool:
    """Whether a file is the artists' names, which are read with the plays."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_NAMES)


def read_hetrec(source: Source, tally: Tally) -> Part:
    """Plays by listener and artist. Raises DataError where artists.dat is missing or a row is none."""
    tally.title = TITLE
    names = source.sibling("artists.dat")
    if names is None:
        raise DataError(f"{source} needs artists.dat beside it: it has the names of the artists")
    of_id = {row[0]: row[1] for row in _rows(names) if len(row) > 1}
    users, artists, plays = [], [], []
    for row in _rows(source):
        if len(row) != 3 or row[1] not in of_id or not row[2].isdigit():
            tally.drop("wrong number of cells" if len(row) != 3 else "artist without a name")
            continue
        users.append(row[0])
        artists.append(of_id[row[1]])
        plays.append(min(int(row[2]), 10**9))
    tracks = repeated_name(TRACK, len(users))
    return Part(encoded(users), encoded(artists), tracks, np.array(plays, np.int64), None, fine=False)


def _rows(source: Source) -> Iterator[list[str]]:
    with source.opened() as file:
        text = file.read().decode("utf-8", "replace")
    yield from list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
