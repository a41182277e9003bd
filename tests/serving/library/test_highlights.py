"""What of a name is marked in a list of songs found."""

import pytest

from catalog import text
from serving.library.highlights import highlights, says_all


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


def test_ranges_are_in_order_and_do_not_overlap() -> None:
    assert highlights("Radiohead Radio", ["radio", "radiohead"]) == [(0, 9), (10, 15)]


def test_a_name_says_all_that_was_typed_or_not() -> None:
    assert says_all("Miles Davis", ["davis", "mil"])
    assert not says_all("Miles Davis", ["miles", "so"])
