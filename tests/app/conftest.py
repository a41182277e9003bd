"""The built web app in Chromium, over the API with the sample's songs and a stand-in for the providers."""

import io
import os
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from serving.http.web_app import BUNDLE
from tests.app.pages import SIZES, App
from tests.conftest import STACK, Server, eventually, serving, stack
from tests.covers.fake import Fake, Known, play

# The one song whose preview sounds; its address is the provider's, and the browser is what answers for it.
PREVIEW = "https://audio-ssl.itunes.apple.com/half-a-minute.m4a"


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The web bundle, as `make test` builds it."""
    if not (BUNDLE / "index.html").is_file():
        assert not os.environ.get("CI"), "make test builds the web app first"
        pytest.skip("the web app is not built: make app")
    return BUNDLE


@pytest.fixture(scope="session")
def providers() -> Iterator[Fake]:
    """Providers that know a few songs of the sample, and nothing of the others."""
    fake = Fake()
    with play(fake):
        fake.knows(
            Known("Radiohead", "No Surprises", "OK Computer", "#2e7d32", PREVIEW, frozenset({"itunes"})),
            Known("Radiohead", "Creep", "Pablo Honey", "#8a3b2e", "", frozenset({"deezer"})),
            Known("Björk", "Jóga", "Homogenic", "#20507a", "", frozenset({"deezer"})),
        )
        yield fake


@pytest.fixture(scope="session")
def server(
    bundle: Path,
    sample_artifacts: Path,
    providers: Fake,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Server]:
    """The API that serves the app, over the sample."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "covers").mkdir()
    settings = {
        "ARTIFACTS_DIR": str(sample_artifacts),
        "COVERS": "proxy",
        "COVERS_DIR": str(folder / "covers"),
        "METADATA_PROVIDERS": "itunes,deezer",
    }
    settings |= providers.settings()
    if STACK:
        settings["DATABASE_URL"] = request.getfixturevalue("postgresql")()
    with stack(folder, settings) if STACK else serving(folder, settings) as running:
        # before the shelves of other tests use the providers' patience up
        asked = {"song_id": "Radiohead - No Surprises"}
        eventually(lambda: not httpx.get(f"{running.url}/metadata", params=asked).json()["items"][0]["pending"])
        yield running


@pytest.fixture(scope="session")
def half_a_minute() -> bytes:
    """30 s of silence, as a WAV file of one byte a sample."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * 30)
    return out.getvalue()


@pytest.fixture
def open_app(server: Server, browser: Browser) -> Iterator[Callable[..., App]]:
    """Opens the app in a browser of its own, at one of our sizes."""
    opened: list[App] = []

    def open_(size: str = "desktop", scheme: str = "dark", **options: object) -> App:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
            ignore_https_errors=STACK,  # what Playwright itself fetches
            has_touch=size != "desktop",
            **{"base_url": server.url} | options,  # type: ignore[arg-type]  # a test's own
        )
        opened.append(App(context.new_page()))
        return opened[-1]

    yield open_
    for app in opened:
        app.page.context.close()
        assert app.faults == []
