import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.song import LONGEST_SONG_ID, Song
from catalog.table import CatalogError, SongTable, write_table

NAMES = [("A - B", "C"), ("Queen", "Innuendo"), ("Queen", "One Vision"), ("Abba", "One"), ("Queen", "")]


def table(path: Path, names: list[tuple[str, str]]) -> SongTable:
    plays = np.arange(len(names), 0, -1, dtype=np.int64)
    write_table(path, [a for a, _ in names], [t for _, t in names], plays * 2, plays)
    return SongTable.open(path)


@pytest.fixture
def songs(tmp_path: Path) -> SongTable:
    return table(tmp_path / "catalog.arrow", NAMES)


def test_rows_and_song_ids_lead_to_each_other(songs: SongTable) -> None:
    for row, (artist, track) in enumerate(NAMES):
        assert songs.song(row) == Song(f"{artist} - {track}", artist, track)
        assert songs.row(f"{artist} - {track}") == row
    assert songs.songs([2, 0]) == [songs.song(2), songs.song(0)]
    assert len(songs) == len(NAMES)
    assert list(songs.names()) == NAMES


def test_numbers_come_back_as_they_were_written(songs: SongTable) -> None:
    assert songs.plays.tolist() == [10, 8, 6, 4, 2]
    assert songs.listeners.tolist() == [5, 4, 3, 2, 1]


@given(key=st.text(st.characters()))
def test_an_unknown_song_id_has_no_row(key: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "unknown.arrow"
    songs = SongTable.open(path) if path.exists() else table(path, NAMES)
    assert songs.row(key) is None or songs.song(songs.row(key) or 0).song_id == key


def test_song_ids_without_a_row_are_left_out(songs: SongTable) -> None:
    assert songs.rows(["Abba - One", "Abba - Two", "A - B - C"]) == [3, 0]


def test_songs_of_an_artist_come_popular_first(songs: SongTable) -> None:
    assert songs.rows_by_artist_of(2).tolist() == [1, 2, 4]
    assert songs.rows_by_artist_of(0).tolist() == [0]


@pytest.mark.parametrize("row", [-1, 5, 10**9])
def test_a_row_outside_the_table_is_an_index_error(songs: SongTable, row: int) -> None:
    with pytest.raises(IndexError):
        songs.song(row)
    with pytest.raises(IndexError):
        songs.songs([0, row])


def test_two_rows_with_one_song_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'A - B - C' stands in two rows"):
        table(tmp_path / "catalog.arrow", [("A - B", "C"), ("A", "B - C")])


def test_an_empty_table_has_no_songs(tmp_path: Path) -> None:
    empty = table(tmp_path / "catalog.arrow", [])
    assert len(empty) == 0
    assert empty.row("A - B") is None
    assert list(empty.names()) == []
    with pytest.raises(IndexError):
        empty.song(0)


def test_a_file_that_is_no_catalog_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "catalog.arrow").write_text("no")
    for name in ("catalog.arrow", "nowhere.arrow"):
        with pytest.raises(CatalogError, match=f"{name} cannot be read as a catalog"):
            SongTable.open(tmp_path / name)


def test_reading_does_not_import_pandas(songs: SongTable, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from catalog.table import SongTable; "
        f"songs = SongTable.open(Path({str(tmp_path / 'catalog.arrow')!r})); "
        "print(songs.songs(songs.rows([songs.song(1).song_id])), list(songs.names())[:0], 'pandas' in sys.modules)"
    )
    answer = run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert answer.stdout == f"{[songs.song(1)]} [] False\n"


@pytest.mark.parametrize("letter", ["x", "é", "語", "🎵"])
def test_a_song_id_that_no_database_could_keep_is_refused_by_its_bytes(tmp_path: Path, letter: str) -> None:
    longest = (LONGEST_SONG_ID - len("A - ")) // len(letter.encode())
    songs = table(tmp_path / "fits.arrow", [("A", letter * longest)])
    assert songs.row(f"A - {letter * longest}") == 0
    with pytest.raises(CatalogError, match=r"of row 0 has 2,00\d bytes, expected 2,000 at most"):
        table(tmp_path / "long.arrow", [("A", letter * (longest + 1))])
