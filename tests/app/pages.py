"""The app as somebody uses it: by what is written on it."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.conftest import PASSWORD

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
# The browser's own word for an answer that is no 2xx; what the app makes of it is what tests look at.
_ANSWERED = re.compile("Failed to load resource")


@dataclass
class App:
    """One browser with the app, and what went wrong in it."""

    page: Page
    username: str = field(default_factory=lambda: f"listener-{secrets.token_hex(6)}")
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _ANSWERED.search(message.text):
            self.faults.append(message.text)

    # what stands on the page

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name, exact=True)

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    @property
    def player(self) -> Locator:
        return self.page.get_by_role("region", name="Player", exact=True)

    @property
    def search_box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Search songs and artists").or_(
            self.page.get_by_role("searchbox", name="Search songs and artists")
        )

    @property
    def waiting(self) -> list[str]:
        """The tracks in the queue that wait, in order."""
        rows = self.page.get_by_role("listitem")
        expect(rows.first).to_be_visible()
        labels = rows.get_by_role("button", name=re.compile("^Play ")).all()
        return [str(one.get_attribute("aria-label")).removeprefix("Play ") for one in labels]

    # what one does

    def enter(self, word: str, username: str, password: str) -> None:
        self.page.get_by_role("radio", name=word).click()
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.button(word).click()

    def sign_up(self) -> None:
        """A new account, at onboarding."""
        self.page.goto("/")
        self.enter("Sign up", self.username, PASSWORD)
        expect(self.heading("What do you like?")).to_be_visible()

    def log_in(self, username: str | None = None, password: str = PASSWORD) -> None:
        self.enter("Log in", username or self.username, password)

    def pick_songs(self, pick: Callable[[Locator], None]) -> None:
        """Three of the songs, each when the answer to the one before stands."""
        grid = self.page.get_by_role("group", name="Songs to pick from")
        for place in (0, 3, 6):
            song = grid.get_by_role("checkbox").nth(place)
            pick(song)
            expect(song).to_be_checked()
            expect(grid).to_have_attribute("aria-busy", "false")

    def onboard(self) -> None:
        """Three songs, and home."""
        self.pick_songs(lambda song: song.click())
        self.button("Continue").click()
        expect(self.heading("You might like")).to_be_visible()
        self.button("Go to my page").click()
        expect(self.heading("For you")).to_be_visible()

    def at_home(self) -> None:
        """A new account, at home with its shelves."""
        self.sign_up()
        self.onboard()
        expect(self.button("Play all of Made for you")).to_be_visible()

    def search(self, text: str) -> None:
        self.search_box.fill(text)

    def go_to(self, tab: str) -> None:
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=tab).click()
