"""What a new listener typed, resolved to songs of the catalog."""

from dataclasses import dataclass

from artifact_set import ArtifactSet
from catalog.resolve import resolve
from errors import Code, ReduxError

FEWEST = 3
MOST = 5

Wanted = str | tuple[str, str]  # a song_id, or an artist and a track


class BadSeeds(ReduxError):
    """Seeds that cannot make a profile. `places` are the positions of those at fault."""

    def __init__(self, message: str, places: list[int], code: Code) -> None:
        super().__init__(message)
        self.code = code
        self.places = places


@dataclass(frozen=True)
class Resolution:
    """rows: by position in what was asked, None where the catalog has no such song."""

    rows: list[int | None]

    @property
    def found(self) -> list[int]:
        """The rows that were found, in the order asked."""
        return [row for row in self.rows if row is not None]


def resolve_seeds(artifacts: ArtifactSet, wanted: list[Wanted]) -> Resolution:
    """Find every seed. Raises BadSeeds where two are the same song or fewer than 3 are found."""
    matches = [resolve(artifacts.songs, artifacts.search, one) for one in wanted]
    resolution = Resolution([match.row if match else None for match in matches])
    _refuse_twins(artifacts, wanted, resolution.rows)
    missing = [i for i, row in enumerate(resolution.rows) if row is None]
    if len(resolution.found) < FEWEST:
        names = ", ".join(_name(wanted[i]) for i in missing)
        msg = f"{FEWEST} seeds or more must be songs of the catalog; it has no {names}. Search it and pick others."
        raise BadSeeds(msg, missing, Code.SONG_UNKNOWN)
    return resolution


def _refuse_twins(artifacts: ArtifactSet, wanted: list[Wanted], rows: list[int | None]) -> None:
    first: dict[int, int] = {}
    for place, row in enumerate(rows):
        if row is not None and first.setdefault(row, place) != place:
            one, other = _name(wanted[first[row]]), _name(wanted[place])
            song_id = artifacts.songs.song(row).song_id
            msg = f"{one} and {other} are the same song, {song_id!r}: pick another"
            raise BadSeeds(msg, [first[row], place], Code.SAME_SEED_TWICE)


def _name(wanted: Wanted) -> str:
    return repr(wanted) if isinstance(wanted, str) else repr(" - ".join(wanted))
