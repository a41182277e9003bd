"""What the app says and does where something is wrong or slow."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.app.conftest import PREVIEW
from tests.app.pages import App
from tests.conftest import PASSWORD, free_port, serving

Open = Callable[..., App]


def test_a_wrong_password_is_told_in_place(open_app: Open) -> None:
    app = open_app()
    app.page.goto("/")
    app.log_in("nobody-here", "wrong password")
    expect(app.page.get_by_role("alert")).to_have_text("The username or the password is wrong.")
    expect(app.page.get_by_label("Username")).to_have_value("nobody-here")


def test_a_weak_password_and_a_taken_name_stand_at_their_fields(open_app: Open) -> None:
    app = open_app()
    app.sign_up()
    other = open_app()
    other.page.goto("/")
    other.enter("Sign up", app.username, "short")
    expect(other.page.get_by_role("alert")).to_have_text("Use 8 characters or more.")
    other.page.get_by_label("Password", exact=True).fill("password")
    other.button("Sign up").click()
    expect(other.page.get_by_role("alert")).to_have_text(re.compile("^This password is among the first that are tried"))
    expect(other.page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")
    other.page.get_by_label("Password", exact=True).fill("four words nobody guesses")
    other.button("Sign up").click()
    expect(other.page.get_by_role("alert")).to_have_text("This username is taken. Choose another.")
    expect(other.page.get_by_label("Username")).to_have_attribute("aria-invalid", "true")


def test_of_slow_answers_to_a_search_the_last_term_wins(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    held: list[Route] = []

    def answer(route: Route) -> None:
        if "q=radiohead" in route.request.url:
            held.append(route)  # until the later one was answered
        else:
            route.continue_()

    app.page.route("**/catalog/search*", answer)
    with app.page.expect_request(re.compile("q=radiohead")):
        app.search("radiohead")
    app.search("björk")
    expect(app.button("Play Jóga by Björk")).to_be_visible()
    for route in held:
        if not route.request.failure:
            route.continue_()
    expect(app.button("Play Jóga by Björk")).to_be_visible()
    expect(app.button("Play Creep by Radiohead")).to_have_count(0)


def test_a_song_without_a_preview_is_simulated_and_says_so(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("thriller michael")
    app.button("Play Thriller by Michael Jackson").click()
    expect(app.player.get_by_text("Simulated, no sound")).to_be_visible()
    seek = app.page.get_by_role("slider", name="Position in the song")
    expect(seek).to_have_attribute("aria-valuetext", re.compile(r"^0:0[1-9] of 3:30$"))


def test_a_preview_of_a_provider_sounds(open_app: Open, half_a_minute: bytes) -> None:
    app = open_app()
    app.page.route(PREVIEW, lambda route: route.fulfill(body=half_a_minute, content_type="audio/wav"))
    app.at_home()
    app.search("radiohead no surprises")
    app.button("Play No Surprises by Radiohead").click()
    expect(app.player.get_by_text("Preview", exact=True)).to_be_visible()
    seek = app.page.get_by_role("slider", name="Position in the song")
    expect(seek).to_have_attribute("aria-valuetext", re.compile(r"^0:0[1-9] of 0:30$"))


def test_a_preview_that_does_not_come_is_replaced_by_a_simulation(open_app: Open) -> None:
    app = open_app()
    app.page.route(PREVIEW, lambda route: route.abort())
    app.at_home()
    app.search("radiohead no surprises")
    app.button("Play No Surprises by Radiohead").click()
    expect(app.player.get_by_text("Simulated, no sound")).to_be_visible()


def test_a_session_that_ended_leads_to_the_login_and_back(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.go_to("Likes")
    expect(app.heading("Likes")).to_be_visible()
    app.page.context.clear_cookies()
    app.page.reload()
    expect(app.heading("Spotify Redux")).to_be_visible()
    app.log_in()
    expect(app.heading("Likes")).to_be_visible()


def test_a_tab_follows_whoever_signed_in_in_another_and_asks_for_nothing_as_them(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("radiohead creep")
    app.button("Play Creep by Radiohead").click()
    other = App(app.page.context.new_page(), username=f"{app.username}-2")
    other.page.goto("/")
    other.go_to("Profile")
    other.button("Log out").click()
    other.enter("Sign up", other.username, PASSWORD)
    other.onboard()
    # the first account's token expires
    likes: list[Route] = []

    def expired(route: Route) -> None:
        likes.append(route)
        route.fulfill(status=401, json={"code": "token_expired", "detail": "This token has expired."})

    app.page.route("**/me/likes", expired)
    with app.page.expect_event("load"):
        app.player.get_by_role("button", name="Like Creep").click()
    app.go_to("Profile")
    expect(app.heading(other.username)).to_be_visible()
    expect(app.player).to_have_count(0)
    assert len([route for route in likes if route.request.method == "POST"]) == 1
    assert other.faults == []


def test_a_server_that_goes_and_comes_back(
    open_app: Open, bundle: Path, sample_artifacts: Path, tmp_path: Path
) -> None:
    port = free_port()
    settings = {"ARTIFACTS_DIR": str(sample_artifacts), "METADATA_PROVIDERS": ""}
    banner = "No connection to the server. You see what was kept."
    with serving(tmp_path, settings, port=port) as server:
        app = open_app(base_url=server.url)
        app.at_home()
        app.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    app.search("anything")
    expect(app.page.get_by_text(banner)).to_be_visible()
    app.button("Clear the search").click()
    expect(app.button("Play all of Made for you")).to_be_visible()
    # a fresh load still opens, with what was kept, and nobody is logged out
    app.page.reload()
    expect(app.button("Play all of Made for you")).to_be_visible()
    with serving(tmp_path, settings, port=port):
        expect(app.page.get_by_text(banner)).to_have_count(0)
        app.search("radiohead")
        expect(app.button("Play Creep by Radiohead")).to_be_visible()
