"""What the judge of many clients' likes accepts and what it does not."""

import pytest

from tests.crowd import Done, History, Mismatch


@pytest.mark.parametrize(
    ("done", "liked"),
    [
        ([], False),
        ([Done(0, 1, 201), Done(2, 3, 200)], True),
        ([Done(0, 1, 204), Done(2, 3, 201), Done(4, 5, 204)], False),
        # the first to be sent takes effect last: after the second like, and after the unlike that followed it
        ([Done(0, 10, 201), Done(1, 2, 201), Done(3, 4, 204)], True),
        # at once, and so in any order
        ([Done(0, 5, 201), Done(1, 5, 204), Done(2, 5, 200)], True),
        ([Done(0, 5, 201), Done(1, 5, 204), Done(2, 5, 200)], False),
    ],
)
def test_what_some_order_explains_is_right(done: list[Done], liked: bool) -> None:
    History(done).check(liked=liked)


@pytest.mark.parametrize(
    ("done", "liked"),
    [
        ([Done(0, 1, 201)], False),
        ([Done(0, 1, 200)], True),
        ([Done(0, 1, 201), Done(2, 3, 201)], True),
        ([Done(0, 1, 204), Done(2, 3, 201), Done(4, 5, 201), Done(6, 7, 204)], False),
        # two that made it, and all unlikes were answered before
        ([Done(0, 1, 204), Done(2, 9, 201), Done(3, 8, 201)], True),
        ([Done(0, 1, 201), Done(2, 3, 204), Done(4, 5, 200)], True),
    ],
)
def test_what_no_order_explains_is_a_mismatch(done: list[Done], liked: bool) -> None:
    with pytest.raises(Mismatch, match="no order explains"):
        History(done).check(liked=liked)
