"""A catalog whose answers a reader can work out: two camps of 30 songs on two arcs at a right angle.

Song p of a camp (p = 0 … 29) is by its artist p mod 6 and lies p(p+1)/2 tenths of a degree along its camp's arc. So
the gap between songs p - 1 and p is p tenths, and what lies nearest to song p is p - 1, then p + 1, then p - 2 …
Song p of the rock camp is in row 2p, of the jazz camp in row 2p + 1; row r has 60 - r listeners.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from artifact_set import ArtifactStore, DataFingerprint, TrainingRecord
from artifact_set.builder import build
from artifact_set.manifest import installed_libraries
from artifact_set.trained import plain_svd, write_trained
from catalog.song import song_id

ROCK_ARTISTS = ("Radiohead", "Muse", "Placebo", "Sigur Rós", "Pixies", "Hüsker Dü")
JAZZ_ARTISTS = ("Miles Davis", "Nina Simone", "Bill Evans", "Chet Baker", "Duo - Trio", "Sun Ra")
ROCK_TRACKS = (
    *("Amber", "Basalt", "Cobalt", "Diamond", "Emerald", "Flint", "Granite", "Hematite", "Indigo", "Jasper"),
    *("Kyanite", "Lapis", "Marble", "Nickel", "Obsidian", "Pumice", "Quartz", "Ruby", "Sapphire", "Topaz"),
    *("Umber", "Verdigris", "Wolfram", "Xenotime", "Yttrium", "Zircon", "Agate", "Beryl", "Copper", "Dolomite"),
)
JAZZ_TRACKS = (
    *("Aspen", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ironwood", "Juniper"),
    *("Kapok", "Larch", "Maple", "Nutmeg", "Oak", "Poplar", "Quince", "Rowan", "Spruce", "Teak"),
    *("Ulmo", "Viburnum", "Willow", "Xylosma", "Yew", "Zelkova", "Acacia", "Balsa", "Chestnut", "Damson"),
)
PER_CAMP = 30


def rock(p: int) -> str:
    """The song_id of song p of the rock camp."""
    return song_id(ROCK_ARTISTS[p % 6], ROCK_TRACKS[p])


def jazz(p: int) -> str:
    """The song_id of song p of the jazz camp."""
    return song_id(JAZZ_ARTISTS[p % 6], JAZZ_TRACKS[p])


SONGS = [song for p in range(PER_CAMP) for song in (rock(p), jazz(p))]


def complete(root: Path, per_camp: int = PER_CAMP, renamed: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Write, build and activate the set, or the first songs of it; returns its folder.

    renamed: other names of tracks; by those that they had before they are found as well.
    """
    places = [(camp, p) for p in range(per_camp) for camp in (0, 1)]
    angles = np.radians([camp * 90 + p * (p + 1) / 20 for camp, p in places])
    artists = [(ROCK_ARTISTS, JAZZ_ARTISTS)[camp][p % 6] for camp, p in places]
    before = [(ROCK_TRACKS, JAZZ_TRACKS)[camp][p] for camp, p in places]
    tracks = [renamed.get(track, track) for track in before]
    plays = 10 * np.arange(len(places), 0, -1, dtype=np.int64)
    model = plain_svd(list(map(song_id, artists, tracks)), np.column_stack([np.cos(angles), np.sin(angles)]))
    store = ArtifactStore(root)
    rows = [row for row, track in enumerate(before) if track in renamed]
    aliases = pa.array([SONGS[row] for row in rows], pa.string()), np.array(rows, np.int64)
    folder = write_trained(store, model, artists, tracks, plays, plays // 10, _record(), aliases)
    build(store, folder.name)
    return folder


def _record() -> TrainingRecord:
    return TrainingRecord(
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        data=DataFingerprint(
            source="two camps", sha256="0" * 64, listens=18_300, pairs=1_830, users=60, songs=len(SONGS)
        ),
        algorithm="puresvd",
        parameters={"factors": 2},
        metrics={"ndcg@20": 0.5, "popularity_ndcg@20": 0.2},
        similarity="cosine",
        libraries=installed_libraries(),
    )
