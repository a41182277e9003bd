"""The web app's budgets in Chromium: what home loads, how soon it shows something, how steady it is, how likes scroll.

python -m benchmarks.app [--likes 3000]

Needs the built app (make app) and chromium. Exits 1 where a budget is broken.
"""

import argparse
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from benchmarks.names import synthetic_names
from benchmarks.servers import running, uvicorn
from benchmarks.synthetic import factors, make_set
from serving.http.web_app import BUNDLE

PASSWORD = "correct horse battery"
SONGS = 6_000
# 420 KB gzipped, first content within 1.5 s, a shift of 0.05, no task of 200 ms
BUDGETS = {"script_kb": 420.0, "first_content_ms": 1500.0, "layout_shift": 0.05, "longest_task_ms": 200.0}
_OBSERVE = """
window.seen = {shift: 0, longest: 0};
new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.shift += one.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => {
  for (const one of list.getEntries()) window.seen.longest = Math.max(window.seen.longest, one.duration);
}).observe({type: "longtask"});
"""
_SCROLL = """async () => {
  const list = [...document.querySelectorAll("#main *")].find(one => one.scrollHeight > one.clientHeight + 20000);
  let frames = 0;
  const begun = performance.now();
  window.seen.longest = 0;
  while (list.scrollTop + list.clientHeight < list.scrollHeight - 5) {
    list.scrollTop += 600;
    frames += 1;
    await new Promise(requestAnimationFrame);
  }
  return frames / (performance.now() - begun) * 1000;
}"""


@dataclass
class Measured:
    """Kilobytes of 1024 bytes, milliseconds, frames a second."""

    script_kb: float
    first_content_ms: float
    layout_shift: float
    longest_task_ms: float
    frames: float


def main() -> None:
    """Measure, print, and fail where a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--likes", type=int, default=3_000)
    likes = parser.parse_args().likes
    chromium = shutil.which("chromium")
    if chromium is None or not (BUNDLE / "index.html").is_file():
        raise SystemExit("chromium and the built app are needed: install chromium, then make app")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        make_set(folder / "artifacts", synthetic_names(SONGS), factors(SONGS))
        settings = {"ARTIFACTS_DIR": str(folder / "artifacts"), "RATE_LIMITS": "off", "METADATA_PROVIDERS": ""}
        with running(uvicorn("api:app"), folder, settings, "/health/ready") as port:
            url = f"http://127.0.0.1:{port}"
            username = _listener(url, likes)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            measured = _measure(browser, url, username)
            browser.close()
    _print(measured, likes)


def _listener(url: str, likes: int) -> str:
    """An onboarded account with so many likes."""
    username = f"listener-{secrets.token_hex(4)}"
    with httpx.Client(base_url=url, timeout=60) as http:
        session = http.post("/auth/signup", json={"username": username, "password": PASSWORD}).raise_for_status()
        http.headers["Authorization"] = f"Bearer {session.json()['access_token']}"
        popular = [song["song_id"] for song in http.get("/catalog/popular?limit=100").json()["items"]]
        http.post("/recommendations/cold-start", json={"seeds": popular[:3]}).raise_for_status()
        names = synthetic_names(SONGS)
        for artist, track in list(zip(*names, strict=True))[:likes]:
            http.post("/me/likes", json={"song_id": f"{artist} - {track}"}).raise_for_status()
    return username


def _measure(browser: Browser, url: str, username: str) -> Measured:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=url, service_workers="block")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Play all of").first.wait_for()
    cold = context.new_page()
    cold.context.new_cdp_session(cold).send("Network.setCacheDisabled", {"cacheDisabled": True})
    scripts = _scripts(cold)
    cold.add_init_script(_OBSERVE)
    cold.goto("/")
    cold.get_by_role("button", name="Play all of").first.wait_for()
    cold.wait_for_timeout(1000)
    first = cold.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    shift = cold.evaluate("window.seen.shift")
    sizes = [Path(f"{BUNDLE}{path}.gz").stat().st_size for path in scripts if Path(f"{BUNDLE}{path}.gz").is_file()]
    cold.get_by_role("link", name="Likes").click()
    cold.get_by_text("3000 songs").or_(cold.get_by_role("button", name="Play all", exact=True)).first.wait_for()
    cold.wait_for_timeout(1000)
    frames = cold.evaluate(_SCROLL)
    return Measured(sum(sizes) / 1024, first, shift, cold.evaluate("window.seen.longest"), frames)


def _scripts(page: Page) -> set[str]:
    """Paths of the scripts that the page asks for, until its shelves stand."""
    asked: set[str] = set()

    def on_request(path: str) -> None:
        if path.endswith(".js") and "/likes" not in path:
            asked.add(path)

    page.on("request", lambda request: on_request("/" + request.url.split("/", 3)[3]))
    return asked


def _print(measured: Measured, likes: int) -> None:
    table = Table("what", "measured", "budget")
    broken = False
    for name, most in BUDGETS.items():
        value = getattr(measured, name)
        broken |= value > most
        table.add_row(name, f"{value:.3g}" if value < 1 else f"{value:.0f}", f"{most:g}")
    table.add_row(f"frames a second, {likes} likes", f"{measured.frames:.0f}", "")
    Console().print(table)
    if broken:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
