import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import text
from catalog.resolve import THRESHOLD, Match
from tests.catalog.shelf import Shelf, shelf

# the most popular first
NAMES = [
    ("Radiohead", "Creep"),
    ("TLC", "Creep"),
    ("Queen", "Bohemian Rhapsody"),
    ("Queen", "Bohemian Rhapsody - Live Aid"),
    ("The Beatles", "Let It Be - Remastered 2009"),
    ("The Beatles", "Let It Be"),
    ("Beyoncé", "Crazy in Love (feat. JAY-Z)"),
    ("Bob Marley & The Wailers", "Redemption Song"),
    ("Ludwig van Beethoven", "Für Elise"),
    ("The Rolling Stones", "(I Can't Get No) Satisfaction"),
    ("Pink Floyd", "Another Brick in the Wall, Pt. 2"),
    ("Air", "All I Need"),
    ("Blur", "Song 2"),
    ("Frédéric Chopin", "Prelude in E minor, Op. 28 No. 4"),
    ("Sunny Day Real Estate - Reunion", "Seven"),
    ("Nightwish - Live", "Ghost Love Score - Demo"),
    ("Кино", "Группа крови"),
    ("Daft Punk", "Get Lucky"),
    ("Godspeed", "Moya"),
    ("Godspeed", "Moyb"),
    ("Nirvana", "Smells Like Teen Spirit"),
]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf(tmp_path_factory.mktemp("shelf"), NAMES)


@pytest.mark.parametrize("row", range(len(NAMES)))
def test_a_song_id_and_its_parts_are_exact(songs: Shelf, row: int) -> None:
    artist, track = NAMES[row]
    assert songs.match((artist, track)) == songs.match(f"{artist} - {track}") == Match(row, "exact", 1.0)


@pytest.mark.parametrize(
    ("wanted", "row"),
    [
        ("radiohead - creep", 0),
        ("RADIOHEAD – CREEP", 0),
        ("radiohead creep", 0),
        ("Creep - Radiohead", 0),
        ("creep radiohead", 0),
        ("Creep by Radiohead", 0),
        ("tlc: creep", 1),
        (("The Radiohead", "Creep (Live)"), 0),
        (("radiohead", "Creep - Remastered 2011"), 0),
        (("Beatles", "let it be"), 5),
        (("beatles", "Let It Be (2015 Remaster)"), 4),
        (("Beyonce", "Crazy In Love"), 6),
        (("Beyonce feat. Jay-Z", "Crazy In Love"), 6),
        (("pink floyd", "another brick in the wall pt 2"), 10),
        ("sunny day real estate - reunion - seven", 14),
        ("nightwish - live - ghost love score - demo", 15),
        (("кино", "ГРУППА КРОВИ"), 16),
    ],
)
def test_case_accents_punctuation_and_versions_are_normalised(
    songs: Shelf, wanted: str | tuple[str, str], row: int
) -> None:
    match = songs.match(wanted)
    assert match is not None
    assert (match.row, match.how) == (row, "normalised")
    assert THRESHOLD < match.confidence < 1


def test_the_version_that_is_spelled_most_alike_is_preferred(songs: Shelf) -> None:
    assert songs.resolved(("queen", "bohemian rhapsody - live aid")) == "Queen - Bohemian Rhapsody - Live Aid"
    assert songs.resolved(("the beatles", "let it be")) == "The Beatles - Let It Be"
    assert songs.resolved(("the beatles", "let it be (remaster)")) == "The Beatles - Let It Be - Remastered 2009"
    assert songs.resolved(("the beatles", "let it be (mono)")) == "The Beatles - Let It Be"


@pytest.mark.parametrize(
    ("wanted", "song_id"),
    [
        ("Radiohed - Crep", "Radiohead - Creep"),
        (("Radiohed", "Creep"), "Radiohead - Creep"),
        ("radiohed crep", "Radiohead - Creep"),
        ("Qeen - Bohemain Rapsody", "Queen - Bohemian Rhapsody"),
        ("Beethoven - Fur Elise", "Ludwig van Beethoven - Für Elise"),
        ("Bob Marley - Redemption Song", "Bob Marley & The Wailers - Redemption Song"),
        (("Rolling Stones", "Satisfaction"), "The Rolling Stones - (I Can't Get No) Satisfaction"),
        (("Pink Floyd", "Another Brick in the Wall (Part II)"), "Pink Floyd - Another Brick in the Wall, Pt. 2"),
        ("Daft Punk & Pharrell Williams - Get Lucky", "Daft Punk - Get Lucky"),
        (("Nirvana", "Smells Like Teen Spirits"), "Nirvana - Smells Like Teen Spirit"),
    ],
)
def test_close_names_are_found_with_a_confidence_below_that_of_normalised_ones(
    songs: Shelf, wanted: str | tuple[str, str], song_id: str
) -> None:
    match = songs.match(wanted)
    assert match is not None
    assert songs.songs.song(match.row).song_id == song_id
    assert match.how == "fuzzy"
    assert THRESHOLD <= match.confidence < 0.95


@pytest.mark.parametrize(
    "wanted",
    [
        "Creep",
        "Radiohead",
        ("Radiohead", "Sleep"),
        ("Muse", "Creep"),
        ("Radiohead", "Bohemian Rhapsody"),
        ("Air Supply", "All I Need"),
        ("Blur", "Song 3"),
        ("Pink Floyd", "Another Brick in the Wall, Pt. 3"),
        ("Pink Floyd", "Another Brick in the Wall (Part I)"),
        ("Frédéric Chopin", "Prelude in C minor, Op. 28 No. 4"),
        ("Frédéric Chopin", "Prelude in E minor, Op. 28 No. 20"),
        ("Nirvana", "Smells Like Teen Spirit (Karaoke Version)"),
        ("Aim", "All I Need"),
        ("Blue", "Song 2"),
        ("Nobody", "Nothing"),
        "",
        "-",
        " - ",
        ("", ""),
        ("Radiohead", ""),
        ("\ud800", "\ud800"),
        "\x00 - \x00",
    ],
)
def test_it_never_guesses(songs: Shelf, wanted: str | tuple[str, str]) -> None:
    assert songs.resolved(wanted) is None


def test_two_songs_that_are_equally_close_are_a_guess(songs: Shelf) -> None:
    assert songs.resolved(("Godspeed", "Moyc")) is None
    assert songs.resolved(("Godspeed", "Moya")) == "Godspeed - Moya"


def wanted() -> st.SearchStrategy[str | tuple[str, str]]:
    word = st.one_of(st.sampled_from([w for name in NAMES for w in " ".join(name).split()]), st.text(max_size=5))
    text = st.lists(st.one_of(word, st.sampled_from(["-", "by", "(", ")"])), max_size=10).map(" ".join)
    return st.one_of(text, st.text(st.characters(), max_size=200), st.tuples(text, text))


@settings(max_examples=500, deadline=None)
@given(wanted())
def test_any_text_is_resolved_or_not_without_an_error(songs: Shelf, wanted: str | tuple[str, str]) -> None:
    match = songs.match(wanted)
    assert match is None or (0 <= match.row < len(NAMES) and THRESHOLD <= match.confidence <= 1)


@pytest.mark.parametrize("wanted", ["x" * 100_000, "a - " * 30_000, ("by " * 50_000, "creep"), " " * 100_000])
def test_a_huge_text_is_nothing(songs: Shelf, wanted: str | tuple[str, str]) -> None:
    assert songs.resolved(wanted) is None


@pytest.mark.parametrize("wanted", ["radiohead - creep", ("radiohead", "creep")])
def test_no_more_is_read_than_a_name_may_have(songs: Shelf, wanted: str | tuple[str, str]) -> None:
    def ending(blanks: int) -> str | tuple[str, str]:
        return wanted + " " * blanks if isinstance(wanted, str) else (wanted[0], wanted[1] + " " * blanks)

    assert songs.resolved(ending(10)) == "Radiohead - Creep"
    assert songs.resolved(ending(text.LONGEST_NAME)) is None
