"""What `python metadata.py` does: fills the table ahead, or says what each provider makes of a song."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from artifact_set import ArtifactStore
from artifact_set.manifest import CATALOG
from catalog.song import Song, song_id
from catalog.table import CatalogError, SongTable
from covers import matching
from covers.candidates import Entry
from covers.clock import Clock
from covers.copies import Copies
from covers.learning import open_learning
from covers.lookup import Trail
from covers.own import OwnCovers
from covers.prefetch import OUTCOMES, prefetch
from db import Database
from errors import NoArtifactSet, ReduxError
from migrations.prepare import prepare
from settings import Settings

_SECONDS = 30.0
_SHOWN = 10


class CannotDo(ReduxError):
    """The command's arguments name nothing that it can work on."""


def fill(settings: Settings, top: int, data: Path | None, console: Console) -> Counter[str]:
    """Learn of the most listened songs, or of those that a file names. Raises ReduxError."""
    if not settings.metadata_providers:
        msg = "METADATA_PROVIDERS is empty, so there is nobody to ask: name itunes, deezer or musicbrainz"
        raise CannotDo(msg)
    songs = _named(data, _catalog(settings)) if data else _top(settings, top)
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _database(settings) as database, Progress(*bar, console=console) as progress:
        task = progress.add_task("songs", total=len(songs))

        async def run() -> Counter[str]:
            # a run that was killed may have used up what this process does not know of
            async with open_learning(settings, database, _copies(settings), afresh=False) as learning:
                return await prefetch(learning, songs, Clock(), lambda _: progress.advance(task))

        return asyncio.run(run())


def summary(counted: Counter[str]) -> str:
    """One line for people."""
    said = ", ".join(f"{counted[outcome]:,} {outcome}" for outcome in OUTCOMES if counted[outcome])
    return f"{counted.total():,} songs: {said or 'nothing to do'}"


def show(settings: Settings, name: str, console: Console) -> None:
    """Print what each provider says of a song, what was chosen of it and why, and what is kept. Raises ReduxError."""
    song = _song(name, _catalog(settings))
    with _database(settings) as database:

        async def run() -> tuple[Trail, Entry | None]:
            async with open_learning(settings, database, _copies(settings)) as learning:
                return await learning.ask_all(song, _SECONDS), (await learning.known([song.song_id])).get(song.song_id)

        trail, entry = asyncio.run(run())
    for provider in settings.metadata_providers:
        console.print(_table(provider, trail))
    own = OwnCovers(settings.covers_dir)
    album = own.album(song.song_id) or (entry.found.album if entry and entry.found else None)
    key = own.key(song.song_id, song.artist, song.track, album)
    console.print(f"your own cover: {own.path(key) if key else 'none'}")
    console.print(f"kept: {_kept(entry)}")


def _table(provider: str, trail: Trail) -> Table | str:
    if provider in trail.faults:
        return f"{provider}: {trail.faults[provider]}"
    if provider not in trail.verdicts:
        return f"{provider}: not asked, it wants METADATA_CONTACT"
    verdicts = trail.verdicts[provider]
    if not verdicts:
        return f"{provider}: knows no such song"
    chosen = matching.best(verdicts)
    table = Table(title=f"{provider}: {len(verdicts)} candidates", title_justify="left")
    for column in ("artist", "title", "album", "verdict"):
        table.add_column(column)
    sound = sum(verdict.fault is None for verdict in verdicts)
    for verdict in sorted(verdicts, key=lambda one: (one.candidate is not chosen, one.fault is not None))[:_SHOWN]:
        one = verdict.candidate
        why = f"chosen: first of {sound}, {_virtues(verdict)}" if one is chosen else verdict.fault or "the song as well"
        table.add_row(one.artist, one.title, one.album or "", why)
    return table


def _virtues(verdict: matching.Verdict) -> str:
    one = verdict.candidate
    said = ["official" if one.official else "a bootleg", "with a cover" if one.art else "without a cover"]
    return ", ".join(said)


def _kept(entry: Entry | None) -> str:
    if entry is None:
        return "nothing yet"
    if entry.found is None:
        return "that no provider knows it"
    cover = entry.found.cover
    return f"{entry.found.provider}, {entry.found.album}, {f'{cover.source} {cover.color}' if cover else 'no cover'}"


def _catalog(settings: Settings) -> SongTable | None:
    """The catalog that serves; None where there is none."""
    try:
        return SongTable.open(ArtifactStore(settings.artifacts_dir).path_of_current() / CATALOG)
    except (NoArtifactSet, CatalogError):
        return None


def _top(settings: Settings, top: int) -> Sequence[Song]:
    folder = ArtifactStore(settings.artifacts_dir).path_of_current()
    try:
        songs = SongTable.open(folder / CATALOG)
    except CatalogError as exc:
        raise CannotDo(str(exc)) from exc
    return songs.songs(range(min(top, len(songs))))


def _named(data: Path, catalog: SongTable | None) -> Sequence[Song]:
    try:
        lines = data.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        msg = f"{data} cannot be read ({exc}): expected a text file with a song a line, as `artist - track`"
        raise CannotDo(msg) from exc
    names = dict.fromkeys(line.strip() for line in lines if line.strip())
    return [_song(name, catalog) for name in names]


def _song(name: str, catalog: SongTable | None) -> Song:
    row = catalog.row(name) if catalog else None
    if catalog is not None and row is not None:
        return catalog.song(row)
    artist, dash, track = name.partition(" - ")
    if not dash or not artist.strip() or not track.strip():
        msg = f"{name!r} is no song: expected `artist - track`, e.g. Radiohead - Creep"
        raise CannotDo(msg)
    return Song(song_id(artist, track), artist, track)


def _copies(settings: Settings) -> Copies:
    return Copies(settings.covers_cache_dir, settings.covers_cache_mb * 2**20)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    try:
        prepare(database, upgrade=settings.environment == "development")
        yield database
    finally:
        database.close()
