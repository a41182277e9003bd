"""Names of other scripts are found as people type them in Latin letters."""

import pytest

from catalog.romanised import romanised
from tests.catalog.shelf import Shelf, shelf

NAMES = [
    ("Кино", "Группа крови"),
    ("宇多田ヒカル", "First Love"),
    ("鄧麗君", "甜蜜蜜"),
    ("방탄소년단", "봄날"),
    ("サカナクション", "新宝島"),
    ("YOASOBI", "夜に駆ける"),
    ("Ёлка", "Прованс"),
    ("Γεμάτος Αράχνες", "Δρόμοι"),
    ("X Japan", "紅"),
    ("Kinonia", "Other"),
]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf(tmp_path_factory.mktemp("shelf"), NAMES)


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ("kino", 0),
        ("gruppa krovi", 0),
        ("kino gruppa", 0),
        ("utada", 1),
        ("utada hikaru", 1),
        ("deng lijun", 2),
        ("deng li jun", 2),
        ("bangtansonyeondan", 3),
        ("sakanakushon", 4),
        ("yoru ni kakeru", 5),
        ("elka", 6),
        ("yolka", 6),
        ("arachnes", 7),
        ("kurenai", 8),
    ],
)
def test_a_name_is_found_in_latin_letters(songs: Shelf, typed: str, row: int) -> None:
    assert songs.search.search(typed, 3).rows[0] == row


def test_names_in_latin_letters_have_no_other_reading() -> None:
    assert romanised("Radiohead") == set()
    assert romanised("") == set()


def test_every_song_is_found_by_its_own_names(songs: Shelf) -> None:
    for artist, track in NAMES:
        assert f"{artist} - {track}" in songs.found(artist)
        assert f"{artist} - {track}" in songs.found(track)
