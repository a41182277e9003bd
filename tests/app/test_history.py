"""A listening history from elsewhere, brought in the page."""

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Route, expect

from tests.app.pages import App

Open = Callable[..., App]
SONGS = [("Radiohead", "Creep"), ("Radiohead", "Karma Police"), ("Björk", "Jóga"), ("Muse", "Starlight")]
PHOTO: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(99)}


@pytest.fixture(scope="module")
def spotify_zip() -> FilePayload:
    """A small export as Spotify sends it, with one play too short to count."""
    plays = [
        {
            "ts": f"2026-01-{day:02d}T20:{minute:02d}:00Z",
            "ms_played": 200_000,
            "master_metadata_track_name": track,
            "master_metadata_album_artist_name": artist,
        }
        for day in range(1, 11)
        for minute, (artist, track) in enumerate(SONGS)
    ]
    plays.append({**plays[0], "ts": "2026-02-01T20:00:00Z", "ms_played": 4_000})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Spotify Extended Streaming History/Streaming_History_Audio_2026.json", json.dumps(plays))
    return {"name": "my_spotify_data.zip", "mimeType": "application/zip", "buffer": out.getvalue()}


def bring(app: App, *files: FilePayload) -> None:
    with app.page.expect_file_chooser() as chooser:
        app.button("Choose files").click()
    chooser.value.set_files(list(files))


def at_import(app: App) -> None:
    app.at_home()
    app.go_to("Profile")
    app.button("Bring my history").click()


def test_a_history_takes_the_place_of_onboarding(open_app: Open, spotify_zip: FilePayload) -> None:
    app = open_app()
    app.sign_up()
    app.button("Bring my listening history instead").click()
    bring(app, spotify_zip)
    dialog = app.page.get_by_role("dialog")
    expect(dialog.get_by_text("40 of 40 listens read, 40 new")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(app.heading("For you")).to_be_visible()


def test_an_import_that_is_left_to_itself_is_shown_again_and_leads_home(
    open_app: Open, spotify_zip: FilePayload
) -> None:
    app = open_app()
    app.sign_up()

    def still_running(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        answer = route.fetch()
        told = answer.json()
        for one in told.get("items", [told]):
            one["state"] = "running"
        route.fulfill(response=answer, json=told)

    jobs = re.compile("/me/imports(/|$)")
    app.page.route(jobs, still_running)
    app.button("Bring my listening history instead").click()
    bring(app, spotify_zip)
    dialog = app.page.get_by_role("dialog")
    goes_on = dialog.get_by_text(re.compile("^You may close this"))
    expect(goes_on).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    app.button("Bring my listening history instead").click()
    expect(goes_on).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    app.page.unroute(jobs)
    expect(app.heading("For you")).to_be_visible()


def test_an_import_can_be_taken_back(open_app: Open, spotify_zip: FilePayload) -> None:
    app = open_app()
    at_import(app)
    bring(app, spotify_zip)
    dialog = app.page.get_by_role("dialog")
    expect(dialog.get_by_text("40 of 40 listens read, 40 new")).to_be_visible()
    dialog.get_by_role("button", name="Take it back").click()
    expect(dialog.get_by_role("button", name="Choose files")).to_be_visible()


def test_a_file_that_is_no_history_is_named_and_another_can_be_chosen(open_app: Open, spotify_zip: FilePayload) -> None:
    app = open_app()
    at_import(app)
    bring(app, PHOTO)
    dialog = app.page.get_by_role("dialog")
    expect(dialog.get_by_text("Nothing was imported")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^photo.png is "))).to_be_visible()
    expect(dialog.get_by_role("button", name="Cancel")).to_have_count(0)
    bring(app, spotify_zip)
    expect(dialog.get_by_text("40 of 40 listens read, 40 new")).to_be_visible()


def test_a_wrong_file_among_others_is_named_and_the_profile_lists_what_came(
    open_app: Open, spotify_zip: FilePayload
) -> None:
    app = open_app()
    at_import(app)
    bring(app, PHOTO, spotify_zip)
    dialog = app.page.get_by_role("dialog")
    expect(dialog.get_by_text("40 of 40 listens read, 40 new")).to_be_visible()
    expect(dialog.get_by_text("These files were left out, the others count:")).to_be_visible()
    expect(dialog.get_by_text(re.compile("^photo.png is a picture"))).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    data = app.page.get_by_role("region", name="Your data")
    expect(data.get_by_text("photo.png, my_spotify_data.zip")).to_be_visible()
    expect(data.get_by_text(re.compile("· 40 new listens$"))).to_be_visible()
    data.get_by_role("button", name="Take it back").click()
    expect(data.get_by_text("photo.png, my_spotify_data.zip")).to_have_count(0)


def test_what_is_played_is_told_to_the_server_and_a_player_gets_a_token(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.search("radiohead creep")
    app.button("Play Creep by Radiohead").click()
    seek = app.page.get_by_role("slider", name="Position in the song")
    expect(seek).to_have_attribute("aria-valuetext", re.compile("^0:0[2-9] of "))
    with app.page.expect_response("**/me/listens") as told:
        app.player.get_by_role("button", name="Next song").click()
    assert told.value.status == 202
    body = told.value.request.post_data_json
    assert body is not None
    sent = body["items"][0]
    assert (sent["song_id"], sent["ended"]) == ("Radiohead - Creep", "skipped")
    app.go_to("Profile")
    app.page.get_by_label("Name of the player").fill("Navidrome")
    app.button("Make a token").click()
    expect(app.page.get_by_text("Copy this token now: it is shown only once.")).to_be_visible()
    app.button("Revoke").click()
    expect(app.button("Revoke")).to_have_count(0)
