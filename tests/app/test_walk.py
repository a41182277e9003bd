"""One listener's way through the app, at three sizes: from the sign-up to a second browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.app.pages import SIZES, App
from tests.conftest import PASSWORD

Open = Callable[..., App]


def open_queue(app: App, size: str) -> None:
    """The queue: beside the page where there is room, else a page of its own."""
    if size == "desktop":
        expect(app.page.get_by_role("complementary", name="Up next")).to_be_visible()
        return
    app.page.keyboard.press("q")
    expect(app.heading("Up next")).to_be_visible()


def close_queue(app: App, size: str) -> None:
    if size != "desktop":
        app.button("Close the queue").click()


@pytest.mark.parametrize("size", SIZES)
def test_from_sign_up_to_a_second_browser(open_app: Open, size: str) -> None:
    app = open_app(size)
    app.at_home()

    app.search("radiohed no surp")
    expect(app.button("Play No Surprises by Radiohead")).to_be_visible()
    app.button("Play No Surprises by Radiohead").click()
    expect(app.player.get_by_text("No Surprises")).to_be_visible()

    app.player.get_by_role("button", name="Like No Surprises").click()
    expect(app.player.get_by_role("button", name="Unlike No Surprises")).to_have_attribute("aria-pressed", "true")

    # it goes on by itself, with songs that are marked as added
    open_queue(app, size)
    expect(app.page.get_by_text(re.compile("added for you")).first).to_be_visible()
    tracks = app.waiting
    assert len(tracks) >= 4
    assert len(set(tracks)) == len(tracks)
    close_queue(app, size)

    # a reload keeps session, queue and likes
    app.page.reload()
    expect(app.player.get_by_role("button", name="Unlike No Surprises")).to_be_visible()
    open_queue(app, size)
    assert app.waiting == tracks
    close_queue(app, size)
    app.go_to("Likes")
    expect(app.button("Play No Surprises by Radiohead")).to_be_visible()

    # a second browser takes the queue over, paused
    other = open_app(size)
    other.page.goto("/")
    other.log_in(app.username)
    expect(other.player.get_by_text("No Surprises")).to_be_visible()
    expect(other.player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    open_queue(other, size)
    assert other.waiting == tracks
    close_queue(other, size)

    # out, and in again without onboarding
    other.go_to("Profile")
    other.button("Log out").click()
    expect(other.heading("Spotify Redux")).to_be_visible()
    other.log_in(app.username)
    expect(other.heading("For you").or_(other.heading(app.username))).to_be_visible()


def test_all_that_is_found_can_be_scrolled_to(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("you")
    found = app.page.get_by_role("status").filter(has_text=re.compile(r"^\d+ songs$"))
    expect(found).to_be_visible()
    total = int(found.inner_text().split()[0])
    assert total > 40  # what one answer brings
    rows = app.page.get_by_role("main").get_by_role("button", name=re.compile("^Play .* by "))
    rows.first.hover()
    for _ in range(total):
        app.page.mouse.wheel(0, 20_000)
        app.page.wait_for_timeout(100)  # an answer, and its rows
        if rows.count() == total:
            break
    expect(rows).to_have_count(total)


def test_a_song_is_hidden_and_had_back(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    first = app.page.get_by_role("region", name="Made for you").get_by_role("button", name=re.compile("^Play .* by "))
    label = str(first.first.get_attribute("aria-label"))
    track = label.removeprefix("Play ").rpartition(" by ")[0]
    song = app.button(label)
    app.button(f"More for {track}").first.click()
    app.button("Not for me").click()
    expect(song).to_have_count(0)
    app.button("Undo").click()
    expect(song.first).to_be_visible()


def test_what_is_hidden_stands_in_the_profile_and_is_suggested_again(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.go_to("Profile")
    kept = app.page.get_by_role("region", name="Not for me")
    expect(kept.get_by_text("Nothing yet.")).to_be_visible()
    app.go_to("Home")
    first = app.page.get_by_role("region", name="Made for you").get_by_role("button", name=re.compile("^Play .* by "))
    label = str(first.first.get_attribute("aria-label"))
    track, _, artist = label.removeprefix("Play ").rpartition(" by ")
    app.button(f"More for {track}").first.click()
    app.button("Not for me").click()
    expect(app.button(label)).to_have_count(0)
    app.page.reload()
    expect(app.button(label)).to_have_count(0)
    app.go_to("Profile")
    expect(kept.get_by_text(f"{artist} - {track}", exact=True)).to_be_visible()
    kept.get_by_role("button", name="Suggest again").click()
    expect(kept.get_by_text("Nothing yet.")).to_be_visible()
    app.go_to("Home")
    expect(app.button(label).first).to_be_visible()


def test_what_was_searched_for_is_not_shown_to_the_next_account(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("radiohead")
    app.go_to("Profile")
    app.button("Log out").click()
    app.enter("Sign up", f"{app.username}-2", PASSWORD)
    app.onboard()
    expect(app.search_box).to_have_value("")


def test_likes_are_played_all_shuffled_sorted_and_searched(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("radiohead")
    for track in ("Creep", "Karma Police", "Idioteque"):
        app.page.get_by_role("main").get_by_role("button", name=f"Like {track}", exact=True).click()
    app.button("Clear the search").click()
    app.go_to("Likes")
    rows = app.page.get_by_role("main").get_by_role("button", name=re.compile("^Play .* by "))
    expect(rows).to_have_count(3)
    expect(rows.first).to_have_attribute("aria-label", "Play Idioteque by Radiohead")
    app.page.get_by_role("radio", name="Title").click()
    expect(rows.first).to_have_attribute("aria-label", "Play Creep by Radiohead")
    app.page.get_by_label("Search in your likes").fill("police")
    expect(rows).to_have_count(1)
    app.page.get_by_label("Search in your likes").fill("")
    app.button("Play all").click()
    expect(app.player.get_by_text("Creep")).to_be_visible()
    app.page.get_by_role("main").get_by_role("button", name="Unlike Creep").click()
    expect(rows).to_have_count(2)
    app.button("Undo").click()
    expect(rows).to_have_count(3)


def test_starting_over_leads_to_onboarding_again(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.go_to("Profile")
    app.button("Start over").click()
    app.page.get_by_role("dialog").get_by_role("button", name="Start over").click()
    expect(app.heading("What do you like?")).to_be_visible()
    app.onboard()


def test_a_deleted_account_is_gone(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.go_to("Profile")
    app.button("Delete account").click()
    dialog = app.page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill("not my password")
    dialog.get_by_role("button", name="Delete for good").click()
    expect(dialog.get_by_role("alert")).to_have_text("The password is wrong. Nothing was changed.")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Delete for good").click()
    expect(app.heading("Spotify Redux")).to_be_visible()
    app.log_in()
    expect(app.page.get_by_role("alert")).to_have_text("The username or the password is wrong.")


def test_a_deep_link_leads_to_the_login_and_back(open_app: Open, browser: Browser) -> None:
    app = open_app()
    app.at_home()
    other = open_app()
    other.page.goto("/likes")
    expect(other.heading("Spotify Redux")).to_be_visible()
    other.log_in(app.username)
    expect(other.heading("Likes")).to_be_visible()
    other.page.reload()
    expect(other.heading("Likes")).to_be_visible()
