"""What axe-core finds on every screen and dialog in both themes, and the whole way by keyboard alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from serving.http.web_app import BUNDLE
from tests.app.pages import SIZES, App
from tests.conftest import PASSWORD

Open = Callable[..., App]
AXE = BUNDLE.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def axe(bundle: Path) -> str:
    """axe-core, as the app's own tools bring it."""
    return AXE.read_text(encoding="utf-8")


def violations(app: App, axe: str) -> list[str]:
    """What breaks a rule of axe on the page as it stands, of any impact."""
    app.page.wait_for_timeout(400)  # colours fade: contrast is measured when they stand
    app.page.evaluate(axe)
    found: dict[str, Any] = app.page.evaluate("axe.run()")
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


_USUAL = {("phone", "dark"), ("desktop", "light")}
_LOOKS = [
    pytest.param(size, scheme, marks=() if (size, scheme) in _USUAL else pytest.mark.nightly)
    for size in SIZES
    for scheme in ("dark", "light")
]


@pytest.mark.parametrize(("size", "scheme"), _LOOKS)
def test_axe_finds_nothing_on_any_screen_or_dialog(open_app: Open, axe: str, size: str, scheme: str) -> None:
    app = open_app(size, scheme)
    found: dict[str, list[str]] = {}

    def look(at: str, *, dialog: bool = False) -> None:
        expect(app.page.get_by_role("dialog")).to_have_count(1 if dialog else 0)
        found[at] = violations(app, axe)

    app.page.goto("/")
    expect(app.button("Log in")).to_be_visible()
    look("login")
    app.sign_up()
    expect(app.page.get_by_role("checkbox").first).to_be_visible()
    look("onboarding")
    app.button("Bring my listening history instead").click()
    look("import", dialog=True)
    app.page.keyboard.press("Escape")
    app.onboard()
    app.button("Play all of Made for you").click()
    expect(app.player).to_be_visible()
    look("home")
    app.search("radiohead")
    expect(app.button("Play Creep by Radiohead")).to_be_visible()
    look("search")
    app.button("More for Creep").click()
    look("song menu", dialog=True)
    app.button("Like", exact=True).click()
    app.search("nothing of the kind")
    expect(app.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    look("search without results")
    app.button("Clear the search").click()
    app.go_to("Likes")
    expect(app.button("Play Creep by Radiohead")).to_be_visible()
    look("likes")
    app.go_to("Profile")
    expect(app.heading(app.username)).to_be_visible()
    look("profile")
    app.button("Delete account").click()
    look("deletion", dialog=True)
    app.page.keyboard.press("Escape")
    app.button("Keyboard shortcuts").click()
    look("shortcuts", dialog=True)
    app.page.keyboard.press("Escape")
    app.button("Open the player", exact=False).click()
    expect(app.heading("Now playing")).to_be_visible()
    look("player")
    app.button("Up next").click()
    expect(app.heading("Up next").last).to_be_visible()
    expect(app.page.get_by_role("listitem").first).to_be_visible()
    look("queue")
    assert {at: said for at, said in found.items() if said} == {}


def test_the_whole_way_by_keyboard_alone(open_app: Open) -> None:
    app = open_app()
    keys = app.page.keyboard
    app.page.goto("/")
    expect(app.page.get_by_label("Username")).to_be_focused()
    tab_to(app, "radio", "Sign up", back=True)
    keys.press("Enter")
    expect(app.page.get_by_label("Username")).to_be_focused()
    keys.type(app.username)
    keys.press("Enter")
    expect(app.page.get_by_label("Password", exact=True)).to_be_focused()
    keys.type(PASSWORD)
    keys.press("Enter")

    app.pick_songs(lambda song: song.press("Space"))
    tab_to(app, "button", "Continue")
    keys.press("Enter")
    expect(app.heading("You might like")).to_be_visible()
    tab_to(app, "button", "Go to my page")
    keys.press("Enter")
    expect(app.button("Play all of Made for you")).to_be_visible()

    keys.press("/")
    expect(app.search_box).to_be_focused()
    keys.type("radiohead creep")
    expect(app.button("Play Creep by Radiohead")).to_be_visible()
    tab_to(app, "button", "Play Creep by Radiohead")
    keys.press("Enter")
    expect(app.player.get_by_text("Creep")).to_be_visible()
    keys.press("l")
    expect(app.player.get_by_role("button", name="Unlike Creep")).to_be_visible()
    expect(app.page.get_by_role("listitem").first).to_be_visible()

    before = app.waiting
    app.page.get_by_role("listitem").first.get_by_role("button", name="Move ").focus()
    keys.press("ArrowDown")
    expect(app.page.get_by_role("status").get_by_text("is now number 2")).to_be_visible()
    assert app.waiting[:2] == [before[1], before[0]]

    keys.press("Shift+ArrowRight")
    expect(app.player.get_by_text("Creep")).to_have_count(0)
    keys.press("?")
    expect(app.page.get_by_role("dialog").get_by_text("Play or pause")).to_be_visible()
    keys.press("Escape")
    expect(app.page.get_by_role("dialog")).to_have_count(0)


def tab_to(app: App, role: str, name: str, *, back: bool = False) -> None:
    """Press Tab until something has the focus."""
    wanted = app.page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]  # a role
    for _ in range(150):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        app.page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab never came to {name}")


def test_space_plays_and_pauses_but_types_a_blank_in_a_field(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.button("Play all of Made for you").click()
    expect(app.player.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    app.page.get_by_role("heading", name="For you", exact=True).click()
    app.page.evaluate("document.activeElement.blur()")
    app.page.keyboard.press("Space")
    expect(app.player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    app.search_box.focus()
    app.page.keyboard.type("a b")
    expect(app.search_box).to_have_value("a b")
    expect(app.player.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_the_focus_returns_to_what_opened_a_dialog(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    more = app.button("More for", exact=False).first
    more.focus()
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_role("dialog")).to_be_visible()
    app.page.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_escape_closes_a_dialog_that_is_still_coming_in_and_leaves_the_page_beneath(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.button("Play all of Made for you").click()
    app.button("Open the player", exact=False).click()
    expect(app.heading("Now playing")).to_be_visible()
    app.page.add_style_tag(content="* { animation-duration: 600s !important }")
    app.page.keyboard.press("?")
    expect(app.page.get_by_text("Play or pause")).to_be_visible()
    app.page.keyboard.press("Escape")
    expect(app.page.get_by_text("Play or pause")).to_have_count(0)
    expect(app.heading("Now playing")).to_be_visible()


def test_reduced_motion_leaves_no_transition(open_app: Open) -> None:
    app = open_app(reduced_motion="reduce")
    app.page.goto("/")
    expect(app.button("Log in")).to_be_visible()
    style = "getComputedStyle(document.querySelector('[role=button]')).transitionDuration"
    assert app.page.evaluate(style) == "0s"


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_text_of_twice_the_size_is_not_cut_and_the_page_does_not_scroll_sideways(open_app: Open, size: str) -> None:
    app = open_app(size)
    browser = app.page.context.new_cdp_session(app.page)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})  # as in a browser's settings
    app.at_home()
    heading = app.heading("For you")
    assert heading.evaluate("one => getComputedStyle(one).fontSize") == "64px"
    for path in ("/", "/likes", "/profile"):
        app.page.goto(path)
        expect(app.page.get_by_role("navigation", name="Main")).to_be_visible()
        assert app.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
