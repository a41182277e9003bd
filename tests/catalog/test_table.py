import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.names import song_key
from catalog.song import LONGEST_SONG_ID, Song
from catalog.table import CatalogError, SongTable, write_table

OLD_COLUMNS = ["artist", "track", "plays", "listeners", "song_code", "by_artist", "id_hash", "id_row"]
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
    row = songs.row(key)
    assert row is None or song_key(songs.song(row).song_id) == song_key(key)
    exact = songs.exact_row(key)
    assert exact is None or songs.song(exact).song_id == key


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


def test_an_alias_finds_its_song_and_so_does_every_spelling_that_folds_to_it(tmp_path: Path) -> None:
    ones = np.ones(2, np.int64)
    artists, tracks = ["Кино", "Guns N' Roses"], ["Кукушка", "Paradise City"]
    aliases = ["Kino - Kukushka", "GUNS N' ROSES - PARADISE CITY", "Kino - Kukuschka"]
    write_table(tmp_path / "catalog.arrow", artists, tracks, ones, ones, aliases, [0, 1, 0])
    songs = SongTable.open(tmp_path / "catalog.arrow")
    assert [songs.row(alias) for alias in aliases] == [0, 1, 0]
    assert songs.spelled("Kino - Kukushka") == 0
    assert songs.spelled("Guns N’ Roses - Paradise City") is None
    assert songs.row("Guns N’ Roses - Paradise City - Remastered 2018") == 1
    assert songs.row("Guns N' Roses - Paradise City (Live)") is None
    assert songs.rows([*aliases, "nobody - nothing"]) == [0, 1]
    assert songs.song_ids_of(0) == {"Кино - Кукушка", "Kino - Kukushka", "Kino - Kukuschka"}


def test_a_spelling_of_several_rows_means_the_most_listened(tmp_path: Path) -> None:
    songs = table(tmp_path / "catalog.arrow", [("Queen", "Innuendo - Remastered 2011"), ("Queen", "Innuendo")])
    assert songs.row("queen - innuendo") == 0
    assert songs.row("Queen - Innuendo") == 1


def test_capitalisations_are_one_artist_and_joint_credits_count_for_each(tmp_path: Path) -> None:
    names = [("Tool", "Sober"), ("TOOL", "Schism"), ("Scally Milano", "a"), ("OG Buda & Scally Milano", "b")]
    songs = table(tmp_path / "catalog.arrow", [*names, ("Scally Milano, OG BUDA", "c"), ("Simon & Garfunkel", "d")])
    assert songs.artist_code[0] == songs.artist_code[1]
    assert songs.rows_by_artist_of(1).tolist() == [0, 1]
    assert songs.spellings_of_artist(1) == {"Tool", "TOOL"}
    (scally,) = songs.credits(2)
    assert scally in songs.credits(3)
    assert sorted(songs.credits(3)) == sorted(songs.credits(4))
    assert len(songs.credits(5)) == 1


def test_one_listeners_songs_are_as_popular_as_they_are_played(tmp_path: Path) -> None:
    plays, ones = np.array([9, 3, 1], np.int64), np.ones(3, np.int64)
    write_table(tmp_path / "catalog.arrow", list("abc"), list("xyz"), plays, ones)
    assert SongTable.open(tmp_path / "catalog.arrow").popularity.tolist() == [9, 3, 1]
    assert table(tmp_path / "other.arrow", NAMES).popularity.tolist() == [5, 4, 3, 2, 1]


def test_a_catalog_that_was_built_before_spellings_were_joined_still_opens(tmp_path: Path) -> None:
    table(tmp_path / "new.arrow", NAMES)
    columns = pa.ipc.open_file(str(tmp_path / "new.arrow")).read_all().select(OLD_COLUMNS)
    with pa.ipc.new_file(str(tmp_path / "old.arrow"), columns.schema) as writer:
        writer.write_table(columns)
    songs = SongTable.open(tmp_path / "old.arrow")
    assert songs.row("Queen - Innuendo") == 1
    assert songs.row("QUEEN - INNUENDO") is None
    assert list(songs.credits(1)) == [int(songs.artist_code[1])]
    assert songs.rows_by_artist_of(2).tolist() == [1, 2, 4]
