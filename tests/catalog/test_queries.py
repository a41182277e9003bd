from collections import Counter
from pathlib import Path

import pytest

from benchmarks.queries import Hit, hit_rate, open_sample, places, typed_queries
from catalog.search import CatalogSearch, write_search


@pytest.fixture(scope="module")
def hits(tmp_path_factory: pytest.TempPathFactory) -> list[Hit]:
    return places(*open_sample(tmp_path_factory.mktemp("sample")))


def test_there_are_300_different_queries_of_every_kind() -> None:
    queries = typed_queries()
    assert len({typed.query for typed in queries}) == len(queries) == 300
    kinds = Counter(typed.kind for typed in queries)
    assert set(kinds) == {"typo", "prefix", "swapped", "accents", "signs", "partial"}
    assert min(kinds.values()) >= 25


def test_the_song_that_was_meant_is_first_for_90_percent_and_among_5_for_97_percent(hits: list[Hit]) -> None:
    assert hit_rate(hits, 1) >= 0.90
    assert hit_rate(hits, 5) >= 0.97


def test_the_catalog_in_six_parts_gives_the_same_pages_as_in_one(tmp_path: Path) -> None:
    songs, one = open_sample(tmp_path)
    write_search(tmp_path / "parts", songs, part=300)
    parted = CatalogSearch.open(tmp_path / "parts", songs)
    typed = [query for each in typed_queries() for query in (each.query, each.query[: len(each.query) // 2])]
    assert [parted.search(query, 20) for query in typed] == [one.search(query, 20) for query in typed]


def test_every_query_means_a_song_of_the_catalog(tmp_path_factory: pytest.TempPathFactory) -> None:
    songs, _ = open_sample(tmp_path_factory.mktemp("names"))
    assert [typed for typed in typed_queries() if songs.row(typed.song_id) is None] == []


@pytest.mark.parametrize(
    ("typed", "song_id"),
    [
        ("daft p", "Daft Punk - Get Lucky"),
        ("dfat punk", "Daft Punk - Get Lucky"),
        ("beyonce", "Beyoncé - Halo"),
        ("bjork", "Björk - Army of Me"),
        ("ac dc", "AC/DC - Highway to Hell"),
        ("sigur ros", "Sigur Rós - Hoppípolla"),
        ("radiohed creep", "Radiohead - Creep"),
        ("creep radiohead", "Radiohead - Creep"),
    ],
)
def test_what_people_type_first_finds_what_they_expect(
    tmp_path_factory: pytest.TempPathFactory, typed: str, song_id: str
) -> None:
    songs, search = open_sample(tmp_path_factory.mktemp("first"))
    assert songs.song(search.search(typed, 1).rows[0]).song_id == song_id
