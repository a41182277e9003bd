"""Parts of several files as one history: names tidied, placeholders dropped, each listen once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.folding import tidied
from catalog.song import LONGEST_SONG_ID
from errors import DataError
from history.arrow import Column, joined_dictionaries, repeated_name
from history.arrow import compute as pc
from history.dates import Ints
from history.listens import NO_TIME, Listens, Names
from history.once import repeated
from history.parts import Part
from history.settings import ReadSettings
from history.sources import Source
from history.tally import Tally, total

PLACEHOLDER = "placeholder for a name"
REPEATED = "same listen again"
TOO_LONG = "name too long"

_UNKNOWN_ARTIST = set(
    """unknown artist|unknown artists|<unknown>|[unknown]|(unknown)|<unknown artist>|[unknown artist]|[no artist]|[data]
    |unbekannter künstler|unbekannter interpret|artiste inconnu|artista desconocido|artista desconhecido
    |artista sconosciuto|onbekende artiest|okänd artist|ukendt kunstner|ukjent artist|nieznany wykonawca
    |неизвестный исполнитель|不明なアーティスト|未知艺术家|未知藝人|알 수 없는 아티스트
    |release - topic""".replace("\n    ", "").split("|")
)
_UNKNOWN_TRACK = {
    "unknown track",
    "<unknown>",
    "[unknown]",
    "(unknown)",
    "[untitled track]",
    "unknown title",
    "[silence]",
}


Kept = npt.NDArray[np.bool_]


class Usable(NamedTuple):
    """Rows with names and plays. seconds: (n,) NO_TIME where unknown; file: (n,) the place of the part it came from."""

    listens: Listens
    seconds: Ints
    file: npt.NDArray[np.int32]


def joined(parts: Sequence[tuple[Source, Part, Tally]], settings: ReadSettings, source: str, sha256: str) -> Listens:
    """One history of all parts; what is dropped is counted in each part's tally.

    Raises DataError where nothing is left.
    """
    users = [_users(origin, part, settings, tally) for origin, part, tally in parts]
    tallies = [tally for _, _, tally in parts]
    usable = usable_rows(users, [part for _, part, _ in parts], tallies, source, sha256)
    listens, seconds, file = usable.listens, usable.seconds, usable.file
    again = _again(listens, seconds, file, parts)
    _count(tallies, file, again, REPEATED)
    listens, seconds, file = (
        (listens, seconds, file) if again is None else (listens.rows(~again), seconds[~again], file[~again])
    )
    if not len(listens):
        why = "; ".join(f"{reason}: {rows:,}" for reason, rows in total(tallies).items()) or "only a header"
        raise DataError(f"{source} has no usable row ({why}): expected an artist and a track a row")
    _finish(tallies, listens, seconds, file)
    listens.dropped.update(total(tallies))
    return listens


def usable_rows(
    users: list[Column], parts: Sequence[Part], tallies: Sequence[Tally], source: str = "", sha256: str = ""
) -> Usable:
    """The rows of all parts that can be learned from; the others are counted. users: a column for each part."""
    file = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    who, artists, tracks = (
        _names(users),
        _names([part.artists for part in parts]),
        _names([part.tracks for part in parts]),
    )
    plays = np.concatenate([np.ones(len(part), np.int64) if part.plays is None else part.plays for part in parts])
    seconds = np.concatenate([_seconds(part) for part in parts])
    kept = _usable(who, artists, tracks, plays, file, tallies)
    listens = _listens(who, artists, tracks, plays, seconds, source, sha256).rows(kept)
    seconds, file = seconds[kept], file[kept]
    too_long = _too_long(listens)
    _count(tallies, file, too_long, TOO_LONG)
    if too_long is not None:
        listens, seconds, file = listens.rows(~too_long), seconds[~too_long], file[~too_long]
    return Usable(listens, seconds, file)


def _too_long(listens: Listens) -> Kept | None:
    """(n,) which listens have a name that no catalog can have; None where none has."""
    spellings = listens.spellings
    long = pc.greater(pc.binary_length(spellings.song_ids), LONGEST_SONG_ID).to_numpy(zero_copy_only=False)
    return long[spellings.spelling] if long.any() else None


def _finish(tallies: Sequence[Tally], listens: Listens, seconds: Ints, file: npt.NDArray[np.int32]) -> None:
    """What remains of each file, and from when to when."""
    ends = np.searchsorted(file, np.arange(len(tallies) + 1))  # files stand one after the other
    for tally, first, end in zip(tallies, ends, ends[1:], strict=False):
        mine = slice(int(first), int(end))
        tally.listens = int(listens.plays[mine].sum())
        tally.span(seconds[mine], NO_TIME)


def _users(source: Source, part: Part, settings: ReadSettings, tally: Tally) -> Column:
    if part.users is not None:
        return part.users
    name = settings.user or source.listener
    tally.named_by_file = None if settings.user else name
    return repeated_name(name, len(part))


def _seconds(part: Part) -> Ints:
    return np.full(len(part), NO_TIME) if part.seconds is None else part.seconds


def _names(columns: list[Column]) -> Names:
    """One column of names, tidied; what cannot be seen becomes an empty name."""
    text = pa.dictionary(pa.int32(), pa.string())
    codes, values = joined_dictionaries([column.cast(text) for column in columns])
    names = tidied(values).dictionary_encode()
    return Names(names.indices.to_numpy().astype(np.int32)[codes], names.dictionary)


def _usable(
    users: Names, artists: Names, tracks: Names, plays: Ints, file: npt.NDArray[np.int32], tallies: Sequence[Tally]
) -> Kept:
    kept = np.ones(len(plays), np.bool_)
    for reason, bad in (
        ("empty user", _which(users, {""})),
        ("empty artist", _which(artists, {""})),
        ("empty track", _which(tracks, {""})),
        (PLACEHOLDER, _which(artists, _UNKNOWN_ARTIST)),
        (PLACEHOLDER, _which(tracks, _UNKNOWN_TRACK)),
        ("0 plays", plays == 0),
    ):
        if bad is not None:
            _count(tallies, file, kept & bad, reason)
            kept &= ~bad
    return kept


def _which(names: Names, bad_names: set[str]) -> Kept | None:
    """(n,) which rows have one of the names, in any case; None where none has."""
    lower = pc.utf8_lower(names.values)
    bad: Kept = pc.is_in(lower, value_set=pa.array(sorted(bad_names))).to_numpy(zero_copy_only=False)
    return bad[names.codes] if bad.any() else None


def _count(tallies: Sequence[Tally], file: npt.NDArray[np.int32], rows: Kept | None, reason: str) -> None:
    if rows is not None:
        for place, count in enumerate(np.bincount(file[rows], minlength=len(tallies)).tolist()):
            tallies[place].drop(reason, count)


def _listens(
    users: Names, artists: Names, tracks: Names, plays: Ints, seconds: Ints, source: str, sha256: str
) -> Listens:
    dated = bool((seconds != NO_TIME).any())
    minutes = np.where(seconds == NO_TIME, NO_TIME, seconds // 60) if dated else None
    return Listens(users, artists, tracks, plays, minutes, source, sha256, {}, seconds=seconds if dated else None)


def _again(
    listens: Listens, seconds: Ints, file: npt.NDArray[np.int32], parts: Sequence[tuple[Source, Part, Tally]]
) -> Kept | None:
    """(n,) listens that stand in the history before; only moments known to the minute tell."""
    fine = np.array([part.fine and part.plays is None for _, part, _ in parts])
    if not fine.any() or not len(listens):
        return None
    song, songs = listens.spellings.song[listens.spellings.spelling], listens.spellings.songs
    told = (seconds != NO_TIME) & fine[file]
    who = listens.users.codes.astype(np.int64) * songs + song
    return repeated(who, seconds, file, told)
