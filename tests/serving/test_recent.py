"""The cache that is bounded by bytes."""

from serving.recent import Recent


def _filled(count: int, room: int) -> Recent[int, bytes]:
    recent: Recent[int, bytes] = Recent(room)
    for key in range(count):
        recent.put(key, b"x" * 400)
    return recent


def test_what_was_put_is_found_and_counted() -> None:
    recent = _filled(1, 10_000)
    assert recent.get(0) == b"x" * 400
    assert recent.get(1) is None
    assert (recent.hits, recent.misses) == (1, 1)


def test_what_nobody_asked_for_makes_room() -> None:
    recent = _filled(10, 10_000)  # an entry of 400 bytes costs 1,000
    assert len(recent) == 10
    assert recent.get(0) is not None
    recent.put(10, b"x" * 400)
    assert recent.get(0) is not None
    assert recent.get(1) is None
    assert len(recent) == 10


def test_a_value_in_place_of_another_takes_its_room() -> None:
    recent = _filled(10, 10_000)
    for _ in range(100):
        recent.put(3, b"y" * 400)
    assert len(recent) == 10
    assert recent.get(3) == b"y" * 400


def test_a_value_larger_than_the_cache_is_not_kept() -> None:
    recent: Recent[str, bytes] = Recent(1_000)
    recent.put("large", b"x" * 1_001)
    assert recent.get("large") is None
    recent.put("small", b"x")
    assert recent.get("small") == b"x"
