"""Who an artist's name credits."""

import pytest

from catalog.credits import credits_of


def names_of(artists: list[str]) -> list[set[str]]:
    """Of each name the names of a list that it credits, and how many others."""
    found = credits_of(artists)
    by_code = dict(zip(found.code, artists, strict=True))
    return [{by_code.get(code, f"other {code}") for code in codes} for codes in found.credited]


@pytest.mark.parametrize(
    "joint",
    [
        "A feat. B",
        "A ft. B",
        "A (feat. B)",
        "A featuring B",
        "A vs. B",
        "A & B",
        "A, B",
        "A; B",
        "A x B",
        "A + B",
        "A and B",
    ],
)
def test_a_joint_credit_counts_for_each(joint: str) -> None:
    assert names_of(["A", "B", joint])[2] == {"A", "B"}


@pytest.mark.parametrize(
    "name", ["Earth, Wind & Fire", "Simon & Garfunkel", "Tyler, The Creator", "AC/DC", "Malcolm X"]
)
def test_a_name_is_divided_only_where_a_part_of_it_plays_alone(name: str) -> None:
    assert names_of(["ABBA", name])[1] == {name}


def test_somebody_who_never_plays_alone_is_one_artist_in_all_joint_credits() -> None:
    credited = credits_of(
        ["Scally Milano", "OG Buda & Scally Milano", "Scally Milano, OG BUDA", "Scally Milano feat. OG Buda"]
    )
    assert len({tuple(sorted(codes)) for codes in credited.credited[1:]}) == 1
    assert len(credited.credited[1]) == 2


def test_capitalisations_and_apostrophes_are_one_artist() -> None:
    assert len(set(credits_of(["Guns N' Roses", "GUNS N’ ROSES", "Guns N' Roses "]).code)) == 1
    assert len(set(credits_of(["Mø", "Mo"]).code)) == 2


def test_no_artists_are_no_credits() -> None:
    assert credits_of([]) == ([], [])
