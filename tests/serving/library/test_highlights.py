"""What of a name is marked in a list of songs found."""

from pathlib import Path

import pytest

from catalog import text
from serving.library.highlights import highlights, says_all
from serving.routes import presenters
from tests.catalog.shelf import shelf


@pytest.mark.parametrize(
    ("name", "q", "marked"),
    [
        ("Radiohead", "radioh", ["Radioh"]),
        ("Hüsker Dü", "du husk", ["Hüsk", "Dü"]),
        ("Sigur Rós", "ros", ["Rós"]),
        ("Straße", "strass", ["Straß"]),
        ("Don't Stop", "dont", ["Don't"]),
        ("R.E.M.", "rem", ["R.E.M"]),
        ("Beyoncé", "beyonse", ["Beyoncé"]),
        ("千本桜", "本桜", ["本桜"]),
        ("Creep", "starlight", []),
        ("One", "ane", []),  # three letters are too few for a typo
        ("!!!", "!!!", ["!!!"]),
        ("", "a", []),
    ],
)
def test_what_was_typed_is_marked(name: str, q: str, marked: list[str]) -> None:
    assert [name[start:end] for start, end in highlights(name, text.words(q))] == marked


def test_ranges_are_counted_as_javascript_counts() -> None:
    name = "🎵🎵 Creep"
    (found,) = highlights(name, ["creep"])
    units = name.encode("utf-16-le")
    assert units[2 * found[0] : 2 * found[1]].decode("utf-16-le") == "Creep"


def test_of_a_search_no_more_words_are_marked_than_are_read(tmp_path: Path) -> None:
    table = shelf(tmp_path, [("Radiohead", "Creep")]).songs
    words = [f"word{n}" for n in range(9)]
    for q, marked in ((" ".join(["a"] * 50 + ["creep"]), []), (" ".join([*words, "creep"]), [(0, 5)])):
        (found,) = presenters.found_songs(table, q, [0])
        assert found.matches.track == marked


def test_ranges_are_in_order_and_do_not_overlap() -> None:
    assert highlights("Radiohead Radio", ["radio", "radiohead"]) == [(0, 9), (10, 15)]


def test_a_name_says_all_that_was_typed_or_not() -> None:
    assert says_all("Miles Davis", ["davis", "mil"])
    assert not says_all("Miles Davis", ["miles", "so"])
