"""Which listens of an import are known from another source."""

import pytest

from catalog.names import song_key
from serving.library.imports import untold
from serving.library.listen_records import NewListen

SONG = "Muse - Starlight"


def listen(second: int) -> NewListen:
    return NewListen(str(second), 1000 * second, "Muse", "Starlight", SONG, True, None, False, "test")


@pytest.mark.parametrize(
    ("known", "told", "new"),
    [
        ((0,), (0, 40), (40,)),
        ((40,), (0, 40), (0,)),
        ((0,), (20, 40), (40,)),
        ((0, 40), (5, 45), ()),
        ((0,), (61,), (61,)),
    ],
)
def test_a_listen_that_is_known_stands_for_one_of_an_import(
    known: tuple[int, ...], told: tuple[int, ...], new: tuple[int, ...]
) -> None:
    moments = {song_key(SONG): [1000 * second for second in known]}
    assert untold([listen(second) for second in told], moments) == [listen(second) for second in new]
