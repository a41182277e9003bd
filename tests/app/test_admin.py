"""The operator's page: reached from the profile by who has the role, readable on a phone, closed to others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.app.pages import App
from tests.conftest import Server
from tests.test_api_admin import promote

Open = Callable[..., App]


def _operator(app: App, server: Server) -> Page:
    """A new account with the role, on its profile after it has logged in again."""
    app.at_home()
    promote(server.database_url, app.username)
    app.page.reload()
    app.go_to("Profile")
    return app.page


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_an_operator_finds_the_page_in_the_profile_and_reads_it(open_app: Open, server: Server, size: str) -> None:
    app = open_app(size)
    page = _operator(app, server)
    app.button("Its status").click()
    expect(app.heading("This server")).to_be_visible()
    version = page.evaluate("fetch('/health').then(answer => answer.json())")["artifacts"]
    model = page.get_by_role("region", name="The model in use")
    expect(model.get_by_text(version)).to_be_visible()
    expect(model.get_by_text("simulated", exact=False).first).to_be_visible()
    sets = page.get_by_role("region", name="Sets on this server").get_by_role("listitem")
    expect(sets).to_have_count(1)
    expect(sets).to_contain_text("in use")
    expect(page.get_by_role("region", name="Limits").get_by_text("20 in 60 min")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    app.button("Back").click()
    expect(app.heading(app.username)).to_be_visible()


def test_a_listener_sees_no_way_to_the_page_and_its_address_tells_them_nothing(open_app: Open) -> None:
    app = open_app()
    app.at_home()
    app.go_to("Profile")
    expect(app.heading(app.username)).to_be_visible()
    expect(app.button("Its status")).to_have_count(0)
    app.page.goto("/admin")
    expect(app.page.get_by_text("Only who looks after this server sees this page.")).to_be_visible()
    expect(app.page.get_by_role("region", name="The model in use")).to_have_count(0)
