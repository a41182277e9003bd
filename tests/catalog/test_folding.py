"""Names folded at once are as names folded one by one."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from catalog.folding import song_keys, tidied
from catalog.names import plain, song_key, tidy

PIECES = st.sampled_from(
    [" ", "  ", " - ", "(", ")", "[", "feat. ", "ft.", "Live", "Remastered", "A", "é", "\u200b", "`", "’"]
)
NAMES = st.lists(st.one_of(PIECES, st.text(st.characters(codec="utf-8"), max_size=4)), max_size=8).map("".join)


@given(st.lists(NAMES, max_size=20))
def test_names_folded_at_once_are_as_names_folded_one_by_one(names: list[str]) -> None:
    column = pa.array(names, pa.string())
    assert song_keys(column).to_pylist() == [song_key(name) for name in names]
    assert tidied(column).to_pylist() == [tidy(name) for name in names]


@given(NAMES)
def test_folding_again_changes_nothing(name: str) -> None:
    assert plain(plain(name)) == plain(name)
    assert tidy(tidy(name)) == tidy(name)
