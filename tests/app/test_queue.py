"""The queue: put in another order by mouse, touch and keyboard; it goes on, stops, is cleared and had back."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.app.pages import App

Open = Callable[..., App]


def playing(app: App) -> App:
    """The first shelf plays."""
    app.at_home()
    app.button("Play all of Made for you").click()
    expect(app.player).to_be_visible()
    return app


def row(app: App, place: int) -> Locator:
    return app.page.get_by_role("listitem").nth(place)


def handle(app: App, place: int) -> Locator:
    return row(app, place).get_by_role("button", name=re.compile("^Move "))


def middle(where: Locator) -> tuple[float, float]:
    where.scroll_into_view_if_needed()
    box = where.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_mouse_drags_a_song_up(open_app: Open) -> None:
    app = playing(open_app())
    before = app.waiting
    x, y = middle(handle(app, 2))
    _, top = middle(handle(app, 0))
    mouse = app.page.mouse
    mouse.move(x, y)
    mouse.down()
    app.page.wait_for_timeout(300)  # a drag begins with a rest on the handle
    mouse.move(x, (y + top) / 2, steps=8)
    mouse.move(x, top - 8, steps=8)
    mouse.up()
    expect(row(app, 0).get_by_role("button", name=f"Play {before[2]}")).to_be_visible()
    assert app.waiting[:3] == [before[2], before[0], before[1]]


def test_a_finger_drags_a_song_down(open_app: Open) -> None:
    app = playing(open_app("phone"))
    app.page.keyboard.press("q")
    before = app.waiting
    x, y = middle(handle(app, 0))
    _, below = middle(handle(app, 2))
    fingers = app.page.context.new_cdp_session(app.page)

    def touch(kind: str, at: float | None) -> None:
        points = [] if at is None else [{"x": x, "y": at}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    app.page.wait_for_timeout(300)
    for step in range(1, 11):
        touch("touchMove", y + (below + 8 - y) * step / 10)
    touch("touchEnd", None)
    expect(row(app, 2).get_by_role("button", name=f"Play {before[0]}")).to_be_visible()
    assert app.waiting[:3] == [before[1], before[2], before[0]]


def test_the_arrows_move_a_song_and_its_new_place_is_told(open_app: Open) -> None:
    app = playing(open_app())
    before = app.waiting
    handle(app, 1).focus()
    app.page.keyboard.press("ArrowUp")
    expect(app.page.get_by_role("status").get_by_text("is now number 1")).to_be_visible()
    assert app.waiting[:2] == [before[1], before[0]]


def test_a_song_taken_out_and_a_cleared_queue_can_be_had_back(open_app: Open) -> None:
    app = playing(open_app())
    before = app.waiting
    row(app, 0).get_by_role("button", name=re.compile("^Take ")).click()
    expect(row(app, 0).get_by_role("button", name=f"Play {before[1]}")).to_be_visible()
    app.button("Undo").click()
    expect(row(app, 0).get_by_role("button", name=f"Play {before[0]}")).to_be_visible()
    app.button("Clear").click()
    expect(app.page.get_by_text("Nothing more waits.")).to_be_visible()
    app.button("Undo").click()
    expect(row(app, 0).get_by_role("button", name=f"Play {before[0]}")).to_be_visible()
    assert app.waiting == before


def test_the_switch_ends_what_is_added_and_ones_own_songs_come_first(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("radiohead creep")
    app.button("Play Creep by Radiohead").click()
    expect(app.page.get_by_text("added for you").first).to_be_visible()
    app.search("jóga")
    app.button("More for Jóga").click()
    app.button("Add to queue").click()
    expect(row(app, 0).get_by_role("button", name="Play Jóga by Björk")).to_be_visible()
    switch = app.page.get_by_role("complementary").get_by_role("switch", name="Goes on by itself")
    switch.click()
    expect(app.page.get_by_text("added for you")).to_have_count(0)
    assert app.waiting == ["Jóga by Björk"]
    switch.click()
    expect(app.page.get_by_text("added for you").first).to_be_visible()


def test_the_queue_runs_on_by_itself(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("radiohead creep")
    app.button("Play Creep by Radiohead").click()
    expect(app.page.get_by_text("added for you").first).to_be_visible()
    following = app.waiting[0].rpartition(" by ")[0]
    seek = app.page.get_by_role("slider", name="Position in the song")
    expect(seek).to_have_attribute("aria-valuetext", re.compile("of 3:"))
    seek.focus()
    app.page.keyboard.press("End")
    expect(app.player.get_by_text(following, exact=True)).to_be_visible()
    expect(app.player.get_by_role("button", name="Pause", exact=True)).to_be_visible()
