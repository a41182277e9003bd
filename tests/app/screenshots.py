"""Every screen of the app in three sizes and both themes, over a running server: docs/screenshots/.

python -m tests.app.screenshots http://127.0.0.1:8000
"""

import argparse
import io
import shutil
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.app.pages import SIZES, App
from tests.conftest import CHROMIUM, REPOSITORY

FOLDER = REPOSITORY / "docs" / "screenshots"


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="where the server with the built app runs")
    parser.add_argument("--size", choices=SIZES, action="append")
    asked = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for size in asked.size or SIZES:
            for scheme in ("dark", "light"):
                _walk(browser, asked.url, size, scheme)
        browser.close()


def _walk(browser: Browser, url: str, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=url,
    )
    app = App(context.new_page())

    def take(name: str) -> None:
        app.page.wait_for_timeout(1200)  # covers fade in
        picture = Image.open(io.BytesIO(app.page.screenshot()))
        picture.save(FOLDER / f"{name}-{size}-{scheme}.webp", quality=82, method=6)

    app.page.goto("/")
    expect(app.button("Log in")).to_be_visible()
    take("login")
    _first_minute(app, take)
    _pages(app, take)
    context.close()


def _first_minute(app: App, take: Callable[[str], None]) -> None:
    app.sign_up()
    app.pick_songs(lambda song: song.click())
    take("onboarding")
    app.button("Continue").click()
    expect(app.heading("You might like")).to_be_visible()
    take("you-might-like")
    app.button("Go to my page").click()


def _pages(app: App, take: Callable[[str], None]) -> None:
    app.search("radiohead")
    for track in ("Creep", "Karma Police", "Idioteque", "Paranoid Android"):
        app.page.get_by_role("main").get_by_role("button", name=f"Like {track}", exact=True).click()
    app.button("Play No Surprises by Radiohead").click()
    take("search")
    app.button("More for Creep").click()
    take("song-menu")
    app.page.keyboard.press("Escape")
    app.button("Clear the search").click()
    take("home")
    for tab in ("Likes", "Profile"):
        app.go_to(tab)
        take(tab.lower())
    app.button("Open the player", exact=False).click()
    take("player")
    app.button("Up next").click()
    take("queue")
    app.button("Close the queue").first.click()
    app.page.keyboard.press("?")
    take("shortcuts")


if __name__ == "__main__":
    main()
