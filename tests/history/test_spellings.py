"""Spellings of one song are one song, other songs stay others, and what is no name is dropped."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from catalog.names import plain, song_key, tidy
from catalog.table import SongTable, write_table
from tests.history import cases
from tests.history.reading import read, songs, tallies
from training.data.ratings import Songs, to_ratings

SPELLINGS = [
    ("Guns N' Roses", "Sweet Child O' Mine"),
    ("GUNS N' ROSES", "SWEET CHILD O' MINE"),
    ("Guns N’ Roses", "Sweet Child O’ Mine"),
    ("Guns N' Roses ", " Sweet  Child O' Mine"),
    ("Guns N' Roses", "Sweet Child O' Mine - Remastered 2011"),
    ("Guns N' Roses", "Sweet Child O' Mine (feat. Somebody)"),
    ("Guns N' Roses", "Sweet Child O' Mine - Single Version"),
    ("Guns N\u200b' Roses", "Sweet Child O' Mine\u3164"),
]
ACCENTS = [("Beyoncé", "Déjà Vu"), ("Beyonce\u0301", "De\u0301ja\u0300 Vu"), ("BEYONCÉ", "DÉJÀ VU")]


def history(tmp_path: Path, rows: list[tuple[str, str]]) -> Path:
    header = ["Username", "Artist", "Track"]
    return cases.write(tmp_path, "t.csv", cases.table(header, [["anna", *row] for row in rows]))


def test_every_spelling_is_one_song_named_as_it_is_played_most_and_all_find_it(tmp_path: Path) -> None:
    rows = [*SPELLINGS, SPELLINGS[0], SPELLINGS[0], *ACCENTS, ACCENTS[0]]
    ratings = to_ratings(read(history(tmp_path, rows)))
    found = [ratings.songs.song_id(row) for row in range(len(ratings.songs))]
    assert found == ["Guns N' Roses - Sweet Child O' Mine", "Beyoncé - Déjà Vu"]
    assert ratings.songs.plays.tolist() == [10, 4]
    table = catalog(tmp_path, ratings.songs, ratings.songs.aliases, ratings.songs.alias_rows)
    for artist, track in SPELLINGS:
        assert table.row(f"{artist} - {track}") == 0
    for artist, track in ACCENTS:
        assert table.row(f"{artist} - {track}") == 1


def test_of_spellings_played_alike_the_letters_name_the_song_and_not_their_order(tmp_path: Path) -> None:
    rows = [("GHOST", "Square Hammer"), ("Ghost", "Square Hammer"), ("ghost", "square hammer")]
    for order in (rows, rows[::-1]):
        found = to_ratings(read(history(tmp_path, order))).songs
        assert (found.artists.to_pylist(), found.tracks.to_pylist()) == (["GHOST"], ["Square Hammer"])
        assert sorted(found.aliases.to_pylist()) == ["Ghost - Square Hammer", "ghost - square hammer"]


def catalog(folder: Path, songs: Songs, aliases: Sequence[str], rows: object) -> SongTable:
    counts = np.arange(len(songs), 0, -1, dtype=np.int64)
    path = folder / "catalog.arrow"
    write_table(path, songs.artists, songs.tracks, counts, counts, aliases, np.asarray(rows, np.int64))
    return SongTable.open(folder / "catalog.arrow")


def test_an_old_spelling_finds_its_song_after_a_retrain_that_never_saw_it(tmp_path: Path) -> None:
    """Likes made with Spotify's spelling, a catalog made of Last.fm's."""
    liked = ["Guns N' Roses - Sweet Child O' Mine - Remastered 2011", "Daft Punk - Get Lucky (feat. Pharrell Williams)"]
    rows = [("Guns N’ Roses", "Sweet Child o’ Mine"), ("Daft Punk", "Get Lucky")]
    ratings = to_ratings(read(history(tmp_path, rows)))
    table = catalog(tmp_path, ratings.songs, [], [])
    assert [table.song(row).song_id for row in table.rows(liked)] == [
        "Guns N’ Roses - Sweet Child o’ Mine",
        "Daft Punk - Get Lucky",
    ]


@pytest.mark.parametrize(
    "other",
    [
        "Titanium (feat. Sia) [Alesso Remix]",
        "Titanium (feat. Sia) - Alesso Remix",
        "Titanium feat. Sia (Remix)",
        "Titanium (Live)",
        "Titanium - Live - Remastered 2011",
        "Titanium - Acoustic",
        "Titanium (Karaoke Version)",
        "Titanium - Instrumental",
        "Titanium (Nightcore)",
        "Titanium - Sped Up",
        "Titanium - Sped Up Version",
        "Titanium (Cover)",
        "Titanium (Remastered Live)",
        "Titanium 2",
    ],
)
def test_a_remix_a_live_take_and_their_like_are_other_songs(other: str) -> None:
    assert song_key(f"David Guetta - {other}") != song_key("David Guetta - Titanium")


@pytest.mark.parametrize(
    "version",
    [
        "Titanium (feat. Sia)",
        "Titanium feat. Sia",
        "Titanium [feat. Sia]",
        "Titanium - Remastered 2011",
        "Titanium - 2011 Remaster",
        "Titanium (Remastered)",
        "Titanium - Single Version",
        "Titanium (feat. Sia) - Remastered 2011 - Single Version",
        "TITANIUM",
    ],
)
def test_versions_of_one_recording_are_one_song(version: str) -> None:
    assert song_key(f"David Guetta - {version}") == song_key("David Guetta - Titanium")


def test_names_of_different_songs_stay_apart() -> None:
    ids = [
        "a - (Live)",
        "a - Remastered",
        "a - ?",
        "a - ??",
        "? - a",
        "Mø - x",
        "Mo - x",
        "O - x",
        "(((O))) - x",
        "a - 7",
    ]
    assert len({song_key(one) for one in ids}) == len(ids)


def test_blank_names_are_dropped_and_what_is_unseen_is_no_part_of_a_name(tmp_path: Path) -> None:
    rows = [("\u200b", "\u3164"), ("\u00a0", "x"), ("\ufeffAdele", "Hello"), ("Adele", "Hello"), ("\u2800", "y")]
    path = history(tmp_path, rows)
    assert songs(read(path)) == ["Adele - Hello"]
    assert tallies(path)[0].dropped == {"empty artist": 3}


@pytest.mark.parametrize("name", ["🅱️", "👩‍👩‍👧", "Sa\u200bvage", "†††", "( )", "...", "Δ", "∆", "NaN", "$"])
def test_a_name_is_shown_as_it_is_written(name: str) -> None:
    assert tidy(f" {name}\u200b") == name
    assert plain(name)


def test_placeholders_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = [("Unknown Artist", "Unknown Track"), ("<unknown>", "x"), ("a", "unknown track"), ("The Unknown", "Unknown")]
    path = history(tmp_path, rows)
    assert songs(read(path)) == ["The Unknown - Unknown"]
    assert tallies(path)[0].dropped == {"placeholder for a name": 3}


def test_a_name_that_no_catalog_can_have_is_dropped_and_counted(tmp_path: Path) -> None:
    path = history(tmp_path, [("a", "x" * 1996), ("b", "é" * 999)])
    assert len(songs(read(path))) == 1
    assert tallies(path)[0].dropped == {"name too long": 1}


def test_a_spelling_wins_by_plays_not_by_rows(tmp_path: Path) -> None:
    content = b"Username,Artist,Track,Plays\na,TOOL,Sober,2\nb,TOOL,Sober,2\nc,Tool,Sober,9\n"
    assert songs(read(cases.write(tmp_path, "t.csv", content))) == ["Tool - Sober"]


def test_a_moment_of_two_spellings_is_one_listen(tmp_path: Path) -> None:
    moment = datetime(2021, 1, 31, 23, 36, tzinfo=UTC)
    plays = [cases.Play(artist, "Sober", moment) for artist in ("Tool", "TOOL")]
    assert len(read(cases.write(tmp_path, "t.csv", cases.kaggle(rows=plays)))) == 1
