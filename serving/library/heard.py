"""What an account played, as rows of the catalog that serves."""

from collections.abc import Collection, Sequence

from catalog.table import SongTable
from serving.library.listen_records import SongHeard
from serving.ranking.listening import Heard, HeardSong
from settings import Settings


def heard_in(
    songs: SongTable, played: Sequence[SongHeard], now: int, settings: Settings, hidden: Collection[int] = ()
) -> Heard:
    """The songs played that the catalog has and that are not hidden.

    Spellings of one song are added up. now: milliseconds since 1970; hidden: rows.
    """
    by_row: dict[int, HeardSong] = {}
    for song, row in zip(played, songs.row_of_each([song.song_id for song in played]), strict=True):
        if row is not None and row not in hidden:
            heard = HeardSong(row, *song[1:])
            by_row[row] = _together(by_row[row], heard) if row in by_row else heard
    return Heard(list(by_row.values()), now, settings.listened_half_life_days, settings.listened_weight)


def _together(one: HeardSong, other: HeardSong) -> HeardSong:
    return HeardSong(
        row=one.row,
        plays=one.plays + other.plays,
        recent=one.recent + other.recent,
        last_ms=max(one.last_ms, other.last_ms),
        weight=one.weight + other.weight,
        weight_before=one.weight_before + other.weight_before,
    )
