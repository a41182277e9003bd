"""The API's own page, in a browser."""

from playwright.sync_api import Browser

from tests.conftest import Server


def test_the_page_needs_nothing_from_elsewhere_and_breaks_no_rule_of_its_own(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.url}/docs")
    page.get_by_text("/recommendations/similar").first.wait_for()
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {server.url.split("/")[2]}
    assert complaints == []
    page.close()
