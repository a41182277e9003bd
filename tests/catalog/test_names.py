from benchmarks.names import synthetic_names, vocabulary


def test_synthetic_names_are_distinct_repeatable_and_of_two_and_three_words() -> None:
    names = synthetic_names(5000)
    pairs = list(zip(names.artists, names.tracks, strict=True))
    assert len(set(pairs)) == 5000
    assert {len(artist.split()) for artist in names.artists} == {2}
    assert {len(track.split()) for track in names.tracks} == {3}
    assert synthetic_names(5000) == names
    assert synthetic_names(5000, seed=1) != names


def test_the_vocabulary_has_the_words_it_promises() -> None:
    assert len(set(vocabulary(2000))) == 2000
