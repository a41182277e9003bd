import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog import text


def key(name: str) -> str:
    return text.name_key(text.fold(name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sigur Rós", "sigur ros"),
        ("Mötley Crüe", "motley crue"),
        ("BEYONCÉ", "beyonce"),
        ("Ænima", "aenima"),
        ("Røyksopp Łona Straße ıŞ", "royksopp lona strasse is"),
        ("AC/DC", "ac dc"),
        ("ＡＣ／ＤＣ", "ac dc"),
        ("P!nk", "pink"),
        ("Ke$ha", "kesha"),
        ("A$AP Rocky", "asap rocky"),
        ("Ty Dolla $ign", "ty dolla sign"),
        ("Joey Bada$$", "joey badass"),
        ("$100 Bills", "100 bills"),
        ("Panic! at the Disco", "panic at the disco"),
        ("Hey!Ho", "hey ho"),
        ("R.E.M.", "rem"),
        ("N.W.A", "nwa"),
        ("Mr. Brightside", "mr brightside"),
        ("...Baby One More Time", "baby one more time"),
        ("(What's the Story) Morning Glory?", "whats the story morning glory"),
        ("Don’t Stop ’til You Get Enough", "dont stop til you get enough"),
        ("Beyoncé´s", "beyonces"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("Florence + the Machine", "florence and the machine"),
        ("Halo ft. Jay", "halo feat jay"),
        ("Halo Featuring Jay", "halo feat jay"),
        ("Song™ ﬁne", "song fine"),
        ("Кино – Ёлка", "кино елка"),
        ("ガンダム", "がんだむ"),
        ("夜に駆けるYOASOBI", "夜に駆ける yoasobi"),
        ("हिन्दी", "हिन्दी"),
        ("!!!", "!!!"),
        ("÷", "÷"),
        ("a\x00b\u200dc\ud800d", "a bc d"),
        ("", ""),
        (" \t\n", ""),
    ],
)
def test_names_are_split_into_words_as_people_type_them(name: str, words: str) -> None:
    assert text.words(name) == words.replace("がんだむ", unicodedata.normalize("NFKD", "がんだむ")).split()


def test_japanese_voicing_is_spelling_and_not_an_accent() -> None:
    assert text.words("ガ") != text.words("カ")
    assert text.words("ガ") == text.words("が")


def test_an_unfinished_korean_syllable_begins_the_finished_one() -> None:
    (typed,), (name,) = text.words("바"), text.words("반")
    assert name.startswith(typed)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("AC/DC", "acdc"),
        ("Jay-Z", "jayz"),
        ("Jay-Z", "z"),
        ("will.i.am", "william"),
        ("R.E.M.", "e"),
        ("Rock'n'Roll", "roll"),
        ("Guns N' Roses", "and"),
        ("L'Amour", "amour"),
        ("千本桜", "本桜"),
    ],
)
def test_other_ways_to_write_a_word_are_indexed_too(name: str, other: str) -> None:
    folded = text.fold(name)
    assert other in text.index_words(folded)
    assert set(text.words_of_folded(folded)) <= text.index_words(folded)


@pytest.mark.parametrize(
    "version",
    [
        "Creep - Remastered 2011",
        "Creep - 2011 Remaster",
        "Creep - 2011 - Remaster",
        "Creep (Remastered)",
        "Creep (2008 Digital Remaster)",
        "Creep (Live)",
        "Creep - Live at Glastonbury",
        "Creep (Live in Berlin) [Remastered]",
        "Creep (feat. PJ Harvey)",
        "Creep feat. PJ Harvey",
        "Creep [ft. PJ Harvey]",
        "Creep (Radio Edit)",
        "Creep - Single Version",
        "Creep (2009 Mono Version)",
        "Creep - 2019 Mix",
        "Creep (Explicit)",
        'Creep - From "Pablo Honey"',
        "Creep (From the Motion Picture Soundtrack)",
        "The Creep",
        "CREEP!",
    ],
)
def test_a_version_has_the_key_of_its_song(version: str) -> None:
    assert key(version) == "creep"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Live and Let Die", "liveandletdie"),
        ("Live Forever", "liveforever"),
        ("Alive", "alive"),
        ("(Live)", "live"),
        ("The The", "the"),
        ("The", "the"),
        ("Theory", "theory"),
        ("Creep (Remix)", "creepremix"),
        ("Creep (Acoustic)", "creepacoustic"),
        ("Empire State of Mind (Part II)", "empirestateofmindpartii"),
        ("(Nice Dream)", "nicedream"),
        ("Six Ft Under", "sixfeatunder"),
        ("All I Need (From Now On)", "allineedfromnowon"),
    ],
)
def test_what_makes_another_song_stays_in_the_key(name: str, expected: str) -> None:
    assert key(name) == expected


@given(st.text(max_size=60))
def test_every_text_has_words_that_a_query_can_repeat(name: str) -> None:
    words = text.words(name)
    assert all(word and len(word) <= text.LONGEST_WORD and not any(map(str.isspace, word)) for word in words)
    assert set(words) <= text.index_words(text.fold(name))


@settings(max_examples=1000)
@given(st.one_of(st.text(max_size=60), st.text(alphabet="aàn1 .'&+$!-\x00日ー", max_size=12)))
@example("+\x00")
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert text.words(" ".join(text.words(name))) == text.words(name)


@given(st.text(alphabet=st.characters(min_codepoint=65, max_codepoint=0x24F, categories=["L"]), max_size=30))
def test_case_and_accents_of_latin_letters_do_not_matter(name: str) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    assert text.words(bare.casefold()) == text.words(name)


def test_a_huge_text_is_cut() -> None:
    assert len(text.fold("x" * 100_000)) == text.LONGEST_NAME
    assert text.words("ﷺ" * 100_000)
