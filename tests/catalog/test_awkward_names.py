"""Names of signs, scripts and numbers: all are kept, and each is found by its own name and by what people type."""

import pytest

from tests.catalog.shelf import Shelf, shelf

NAMES = [
    ("!!!", "Me and Giuliani Down by the School Yard"),
    ("AC/DC", "Back in Black"),
    ("+/-", "Steal the Blueprints"),
    ("∆", "Breezeblocks"),
    ("alt‐J", "Left Hand Free"),
    ("Sunn O)))", "It Took the Night to Believe"),
    ("Ke$ha", "TiK ToK"),
    ("P!nk", "So What"),
    ("邓丽君", "月亮代表我的心"),
    ("방탄소년단", "봄날"),
    ("فيروز", "نسم علينا الهوى"),
    ("עומר אדם", "תל אביב"),
    ("🅱️", "🔥🔥🔥"),
    ("†††", "The Epilogue"),
    ("(((O)))", "ahead of yourself"),
    ("?", "??"),
    ("Sigur Rós", "( )"),
    ("MGMT", "..."),
    ("The The", "This Is the Day"),
    ("Nan", "Her"),
    ("NULL", "Void"),
    ("N/A", "Not There"),
    ("Prince", "1999"),
    ("Prince", "7"),
    ("HEALTH", "0001"),
    ("blink-182", "All the Small Things"),
    ("CHVRCHΞS", "The Mother We Share"),
    ("Megan Thee Stallion", "Sa\u200bvage"),
    ("£", "pound"),
    ("¥$", "Carnival"),
    ("*NSYNC", "Bye Bye Bye"),
    ("คาราบาว", "บัวลอย"),
    ("लता मंगेशकर", "लग जा गले"),
    ("Guns N’ Roses", "Sweet Child o’ Mine"),
]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf(tmp_path_factory.mktemp("shelf"), NAMES)


@pytest.mark.parametrize("row", range(len(NAMES)))
def test_a_song_is_kept_and_found_by_its_own_names(songs: Shelf, row: int) -> None:
    artist, track = NAMES[row]
    song_id = f"{artist} - {track}"
    assert songs.songs.row(song_id) == row
    assert songs.resolved((artist, track)) == songs.resolved(song_id) == song_id
    for typed in (artist, track, f"{artist} {track}", song_id):
        assert song_id in songs.found(typed), typed


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ("acdc", 1),
        ("alt-j", 4),
        ("kesha", 6),
        ("pink so what", 7),
        ("blink 182", 25),
        ("savage", 27),
        ("nsync", 30),
        ("guns n roses", 33),
        ("sweet child o'mine", 33),
    ],
)
def test_a_song_is_found_by_what_people_type(songs: Shelf, typed: str, row: int) -> None:
    assert songs.search.search(typed, 3).rows[0] == row
