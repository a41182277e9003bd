import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.search import DEEPEST, LONGEST_QUERY, CatalogSearch, SearchError, SearchPage, write_search
from tests.catalog.shelf import Shelf, shelf

# the most popular first
NAMES = [
    ("Radiohead", "Creep"),
    ("TLC", "Creep"),
    ("The Weeknd", "Starboy (feat. Daft Punk)"),
    ("Daft Punk", "Get Lucky"),
    ("Daft Punk", "One More Time"),
    ("Queen", "Killer Queen"),
    ("ABBA", "Dancing Queen"),
    ("Queen", "Bohemian Rhapsody"),
    ("Metallica", "One"),
    ("Beyoncé", "Halo"),
    ("Björk", "Jóga"),
    ("AC/DC", "Back in Black"),
    ("Sigur Rós", "Hoppípolla"),
    ("Radiohead", "Creeping Shadows"),
    ("P!nk", "Try"),
    ("Kesha", "TiK ToK"),
    ("Guns N' Roses", "November Rain"),
    ("Simon & Garfunkel", "The Boxer"),
    ("Britney Spears", "...Baby One More Time"),
    ("Oasis", "(What's the Story) Morning Glory?"),
    ("Кино", "Группа крови"),
    ("YOASOBI", "夜に駆ける"),
    ("IU", "밤편지"),
    ("!!!", "Must Be the Moon"),
    ("Blur", "Song 2"),
    ("Prince", "Nothing Compares 2 U"),
    ("U2", "One"),
]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf(tmp_path_factory.mktemp("shelf"), NAMES)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("daft p", "Daft Punk - Get Lucky"),
        ("dfat punk", "Daft Punk - Get Lucky"),
        ("beyonce", "Beyoncé - Halo"),
        ("bjork", "Björk - Jóga"),
        ("ac dc", "AC/DC - Back in Black"),
        ("acdc", "AC/DC - Back in Black"),
        ("sigur ros", "Sigur Rós - Hoppípolla"),
        ("radiohed creep", "Radiohead - Creep"),
        ("creep radiohead", "Radiohead - Creep"),
        ("RADIOHEAD - CREEP", "Radiohead - Creep"),
        ("pink try", "P!nk - Try"),
        ("ke$ha", "Kesha - TiK ToK"),
        ("guns and roses", "Guns N' Roses - November Rain"),
        ("simon & garf", "Simon & Garfunkel - The Boxer"),
        ("simon and garf", "Simon & Garfunkel - The Boxer"),
        ("baby one more t", "Britney Spears - ...Baby One More Time"),
        ("whats the story morning glory", "Oasis - (What's the Story) Morning Glory?"),
        ("what's the story", "Oasis - (What's the Story) Morning Glory?"),
        ("груп", "Кино - Группа крови"),
        ("КИНО", "Кино - Группа крови"),
        ("夜", "YOASOBI - 夜に駆ける"),
        ("駆け", "YOASOBI - 夜に駆ける"),
        ("駆ける yoa", "YOASOBI - 夜に駆ける"),
        ("바", "IU - 밤편지"),
        ("!!!", "!!! - Must Be the Moon"),
        ("daftpunk", "Daft Punk - Get Lucky"),
        ("sigurros hop", "Sigur Rós - Hoppípolla"),
        ("radio head creep", "Radiohead - Creep"),
        ("creep by radiohead", "Radiohead - Creep"),
        ("radiohead creep official video", "Radiohead - Creep"),
        ("bohemain rapsody", "Queen - Bohemian Rhapsody"),
        ("bohe", "Queen - Bohemian Rhapsody"),
        ("boxr simn", "Simon & Garfunkel - The Boxer"),
        ("metalica on", "Metallica - One"),
    ],
)
def test_the_song_that_was_meant_comes_first(songs: Shelf, typed: str, first: str) -> None:
    assert songs.found(typed)[0] == first


def test_a_name_typed_in_full_beats_its_mention_and_that_beats_a_beginning(songs: Shelf) -> None:
    assert songs.found("queen") == [
        "Queen - Killer Queen",
        "Queen - Bohemian Rhapsody",
        "ABBA - Dancing Queen",
    ]
    assert songs.found("creep") == ["Radiohead - Creep", "TLC - Creep", "Radiohead - Creeping Shadows"]


def test_a_name_that_begins_so_beats_one_that_mentions_it(songs: Shelf) -> None:
    for typed in ("daf", "daft", "daft p", "daft punk", "dfat punk"):
        assert songs.found(typed) == [
            "Daft Punk - Get Lucky",
            "Daft Punk - One More Time",
            "The Weeknd - Starboy (feat. Daft Punk)",
        ]


def test_the_more_popular_comes_first_among_equals(songs: Shelf) -> None:
    assert songs.found("one") == [
        "Metallica - One",
        "U2 - One",
        "Daft Punk - One More Time",
        "Britney Spears - ...Baby One More Time",
    ]


def test_one_letter_is_a_beginning_but_a_whole_name_of_one_letter_comes_first(tmp_path: Path) -> None:
    tiny = shelf(tmp_path, [("Moby", "Porcelain"), ("Prince", "2 M"), ("Madonna", "Frozen"), ("M", "Pop Muzik")])
    assert tiny.found("m") == ["M - Pop Muzik", "Moby - Porcelain", "Madonna - Frozen", "Prince - 2 M"]


def test_two_letters_are_a_beginning_but_a_name_that_begins_with_the_word_comes_first(tmp_path: Path) -> None:
    tiny = shelf(tmp_path, [("Mariza", "Gente da Terra"), ("ABBA", "Dancing Queen"), ("Daft Punk", "Da Funk")])
    assert tiny.found("da") == ["Daft Punk - Da Funk", "ABBA - Dancing Queen", "Mariza - Gente da Terra"]


def test_one_typo_is_forgiven_from_four_letters_and_two_from_eight(tmp_path: Path) -> None:
    tiny = shelf(tmp_path, [("Abc", "Wxyz"), ("Metallica", "Fuel")])
    assert tiny.found("abd") == []
    assert tiny.found("wxyy") == ["Abc - Wxyz"]
    assert tiny.found("wyyy") == []
    assert tiny.found("metalicca") == ["Metallica - Fuel"]
    assert tiny.found("mtlica") == []


def test_typos_are_not_forgiven_where_the_words_are_there_as_typed(tmp_path: Path) -> None:
    tiny = shelf(tmp_path, [("Radiohead", "Creed"), ("Radiohead", "Creep")])
    assert tiny.found("radiohead creep") == ["Radiohead - Creep"]
    assert tiny.found("radiohead cree") == ["Radiohead - Creed", "Radiohead - Creep"]


def test_a_rare_word_may_still_be_a_typo_and_then_comes_first(tmp_path: Path) -> None:
    tiny = shelf(tmp_path, [("Adele", "Hello"), ("Nobody", "My Helo")])
    assert tiny.found("helo") == ["Nobody - My Helo", "Adele - Hello"]
    assert tiny.found("hello") == ["Adele - Hello"]


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("radiohead lithium", "Radiohead"),
        ("radoihead litium", "Radiohead"),
        ("lithium sigur ros", "Sigur Rós"),
        ("guns n roses smells like teen spirit", "Guns N' Roses"),
        ("metallica u2 lithium", "Metallica"),
    ],
)
def test_where_only_the_artist_is_known_his_songs_are_found(songs: Shelf, typed: str, by: str) -> None:
    found = songs.found(typed)
    assert len(found) == sum(artist == by for artist, _ in NAMES)
    assert {name.partition(" - ")[0] for name in found} == {by}


def test_exact_beats_prefix_beats_typo(tmp_path: Path) -> None:
    tiny = shelf(tmp_path, [("A", "Stat"), ("B", "Starting"), ("C", "My Star")])
    assert tiny.found("star") == ["C - My Star", "B - Starting", "A - Stat"]


def test_pages_continue_each_other_and_the_total_is_that_of_all(songs: Shelf) -> None:
    whole = songs.search.search("o", 100)
    assert whole.total == len(whole.rows) > 4
    assert whole.total_is_exact
    pages = [songs.search.search("o", 2, offset) for offset in range(0, whole.total + 2, 2)]
    assert [row for page in pages for row in page.rows] == whole.rows
    assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize("typed", ["queen", "dfat punk", "one more", "e", "creep by radiohead", "zzzz zzzz"])
def test_the_total_counts_every_song_on_all_pages(songs: Shelf, typed: str) -> None:
    page = songs.search.search(typed, 100)
    assert page.total == len(page.rows) == len(set(page.rows))


@pytest.mark.parametrize("typed", ["", " ", "\t\n", "\x00", "\u200d", "\ud800", "🎸" * 3 + "zz"])
def test_what_names_nothing_finds_nothing(songs: Shelf, typed: str) -> None:
    assert songs.search.search(typed, 20) == SearchPage([], 0, True)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ('"queen"', "queen"),
        ("queen*", "queen"),
        ("+queen", "queen"),
        ("-queen", "queen"),
        ("(queen", "queen"),
        ("queen~2", "queen 2"),
        ("queen^3", "queen 3"),
        ("artist:queen", "artist queen"),
        ("abba AND queen", "abba and queen"),
        ("[abba TO queen}", "abba to queen"),
        ("abba NOT queen", "abba not queen"),
        ("/quee./", "quee"),
        ("que?n", "que n"),
    ],
)
def test_query_syntax_is_plain_text(songs: Shelf, typed: str, plain: str) -> None:
    assert songs.search.search(typed, 20) == songs.search.search(plain, 20)


def test_limit_and_offset_out_of_range_are_refused(songs: Shelf) -> None:
    for limit, offset in ((0, 0), (-1, 0), (1, -1)):
        with pytest.raises(ValueError, match="limit must be at least 1"):
            songs.search.search("queen", limit, offset)


def test_an_absurd_offset_finds_nothing_and_keeps_the_total(songs: Shelf) -> None:
    assert songs.search.search("queen", 20, 10**12) == SearchPage([], 3, True)


def anything() -> st.SearchStrategy[str]:
    """Unicode with lone surrogates and controls, and words of the shelf broken in every way."""
    words = st.sampled_from([word for name in NAMES for word in " ".join(name).split()])
    broken = st.lists(st.one_of(words, st.text(st.characters(), max_size=4)), max_size=12)
    return st.one_of(st.text(st.characters(), max_size=300), broken.map(" ".join), broken.map("".join))


@settings(max_examples=1500, deadline=None)
@given(typed=anything(), limit=st.integers(1, 100), offset=st.integers(0, 50))
@example(typed="\ud800", limit=20, offset=0)
@example(typed="a" * 100_000, limit=20, offset=0)
@example(typed="ﷺ" * 100_000, limit=20, offset=0)
@example(typed="queen " * 20_000, limit=20, offset=0)
def test_any_text_is_answered_honestly_from_its_first_200_characters(
    songs: Shelf, typed: str, limit: int, offset: int
) -> None:
    page = songs.search.search(typed, limit, offset)
    assert page == songs.search.search(typed[:LONGEST_QUERY], limit, offset)
    assert all(0 <= row < len(NAMES) for row in page.rows)
    assert len(page.rows) == len(set(page.rows)) == max(0, min(limit, page.total - offset))
    assert page.total_is_exact


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """60,000 songs by Everyman, every tenth called Ember, the last one called Needle."""
    names = [("Everyman", f"{'Ember' if n % 10 == 0 else 'Ash'} {n}") for n in range(60_000)]
    return shelf(tmp_path_factory.mktemp("crowd"), [*names, ("Everyman", "Needle")])


def test_a_page_among_very_many_is_found_among_the_popular_and_the_total_is_a_lower_bound(crowd: Shelf) -> None:
    page = crowd.search.search("everyman", 20)
    assert page.rows == list(range(20))
    assert not page.total_is_exact
    assert 20 <= page.total < 60_001


def test_what_is_not_among_the_popular_is_found_all_the_same(crowd: Shelf) -> None:
    assert crowd.found("everyman needle") == ["Everyman - Needle"]
    assert crowd.found("needel everyman") == ["Everyman - Needle"]
    page = crowd.search.search("everyman ember", 20, 5990)
    assert page.rows == list(range(59_900, 60_000, 10))
    assert (page.total, page.total_is_exact) == (6000, True)


def test_ten_thousand_songs_can_be_paged_through(crowd: Shelf) -> None:
    assert crowd.search.search("everyman", 100, DEEPEST - 50).rows == list(range(DEEPEST - 50, DEEPEST))
    assert crowd.search.search("everyman", 100, DEEPEST).rows == []


def test_documents_stand_in_the_order_of_the_table(crowd: Shelf) -> None:
    for row in (0, 1, 4096, 59_999):
        assert crowd.search.search(crowd.songs.song(row).song_id, 1).rows == [row]


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in [folder, *folder.rglob("*")]}


def test_opening_and_searching_write_nothing_into_the_folder(songs: Shelf) -> None:
    folder = songs.folder / "search"
    before = listing(folder)
    for path in (folder, *folder.iterdir()):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    opened = CatalogSearch.open(folder, songs.songs)
    assert opened.search("bjork", 5).total == 1
    assert listing(folder) == before


def test_opening_leaves_no_file_and_no_thread_behind(
    songs: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for _ in range(20):
        assert CatalogSearch.open(songs.folder / "search", songs.songs).search("bjork", 5).total == 1
    assert list(tmp_path.iterdir()) == []


def test_the_written_folder_holds_no_locks_and_the_same_bytes_each_time(songs: Shelf, tmp_path: Path) -> None:
    write_search(tmp_path / "again", songs.songs)

    def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
        return (
            (p.suffix, p.read_bytes()) for p in sorted(folder.iterdir(), key=lambda p: p.suffix) if p.stem != "meta"
        )

    assert list(contents(tmp_path / "again")) == list(contents(songs.folder / "search"))
    assert not [p for p in (tmp_path / "again").iterdir() if "lock" in p.name or p.name.startswith(".")]


def test_more_songs_than_one_segment_holds_are_refused(
    crowd: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.search_index._HEAP", 15_000_000)
    with pytest.raises(SearchError, match="60,001 songs are too many for one part of the search index"):
        write_search(tmp_path / "small", crowd.songs)


def test_in_parts_the_index_gives_the_same_pages_as_in_one(crowd: Shelf, tmp_path: Path) -> None:
    write_search(tmp_path / "parts", crowd.songs, part=9_000)
    parted = CatalogSearch.open(tmp_path / "parts", crowd.songs)
    for typed in (
        "everyman",
        "ember",
        "e",
        "everyman nedle",
        "everymann ash 4",
        "ash 59990",
        "needle",
        "ember everymna",
    ):
        for limit, offset in ((20, 0), (50, 4_090), (50, 8_990), (20, 9_980)):
            one, several = crowd.search.search(typed, limit, offset), parted.search(typed, limit, offset)
            assert several == one, (typed, offset)


def test_a_part_that_is_missing_from_the_list_of_segments_is_refused(crowd: Shelf, tmp_path: Path) -> None:
    write_search(tmp_path / "parts", crowd.songs, part=20_000)
    meta = json.loads((tmp_path / "parts" / "meta.json").read_text())
    meta["segments"].pop(1)
    (tmp_path / "parts" / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(SearchError, match="40,001 songs in 3 segments, the catalog 60,001"):
        CatalogSearch.open(tmp_path / "parts", crowd.songs)


def test_many_threads_may_search_at_once(songs: Shelf) -> None:
    expected = [songs.found(typed) for typed in ("queen", "dfat punk", "o")]
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(100):
            found = [songs.found(typed) for typed in ("queen", "dfat punk", "o")]
            if found != expected:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_catalog_without_songs_finds_nothing(tmp_path: Path) -> None:
    empty = shelf(tmp_path, [])
    assert empty.search.search("queen of hearts", 20) == SearchPage([], 0, True)
    assert empty.resolved("Queen - Killer Queen") is None


def test_a_folder_that_is_no_index_is_one_clear_error(songs: Shelf, tmp_path: Path) -> None:
    with pytest.raises(SearchError, match=r"nowhere cannot be read .* rebuild with python build_vector_db\.py"):
        CatalogSearch.open(tmp_path / "nowhere", songs.songs)
    (tmp_path / "meta.json").write_text("{}")
    with pytest.raises(SearchError, match="cannot be read as a search index"):
        CatalogSearch.open(tmp_path, songs.songs)


def test_the_index_of_another_catalog_is_refused(songs: Shelf, tmp_path: Path) -> None:
    other = shelf(tmp_path, NAMES[:3])
    with pytest.raises(SearchError, match=r"has 3 songs .* the catalog 27"):
        CatalogSearch.open(other.folder / "search", songs.songs)
