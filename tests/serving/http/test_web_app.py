"""The web app beside the API, in a folder that looks like a bundle."""

import gzip
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI

from serving.http import problems, web_app
from serving.http.head import HeadAsGet

SCRIPT = "/_expo/static/js/web/entry-0123456789abcdef0123456789abcdef.js"


class Client:
    """Asks an app that serves a bundle beside one route of an API."""

    def __init__(self, bundle: Path) -> None:
        app = FastAPI()

        @app.get("/catalog/popular")
        async def popular() -> dict[str, list[str]]:
            return {"items": []}

        web_app.install(app, bundle)
        problems.install(app)
        app.add_middleware(HeadAsGet)
        self._app = app

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.ask("GET", path, headers)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.request(method, path, headers=headers)

        return anyio.run(ask)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    script = tmp_path / SCRIPT.lstrip("/")
    script.parent.mkdir(parents=True)
    script.write_text("'the app'")
    Path(f"{script}.gz").write_bytes(gzip.compress(b"'the app'"))
    (tmp_path / "index.html").write_text("<!doctype html><div id=root></div>")
    (tmp_path / "sw.js").write_text("'worker'")
    return tmp_path


@pytest.fixture
def client(bundle: Path) -> Client:
    return Client(bundle)


@pytest.mark.parametrize("path", [*web_app.PAGES, "/index.html"])
def test_every_page_answers_index_html_that_is_asked_for_again(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "id=root" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


def test_pages_of_the_list_are_the_apps_routes() -> None:
    routes = web_app.BUNDLE.parent / "src" / "app"
    names = {found.stem for found in routes.rglob("*.tsx")} - {"_layout", "+not-found", "index"}
    assert {"/", *(f"/{name}" for name in names)} == set(web_app.PAGES)


def test_files_named_by_their_hash_are_kept_for_ever(client: Client) -> None:
    answer = client.get(SCRIPT)
    assert answer.text == "'the app'"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("accepted", "sent"), [("gzip, br", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None)]
)
def test_a_file_is_sent_compressed_only_to_who_takes_that(client: Client, accepted: str, sent: str | None) -> None:
    answer = client.get(SCRIPT, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == sent
    assert answer.text == "'the app'"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_the_service_worker_is_asked_for_again(client: Client) -> None:
    assert client.get("/sw.js").headers["cache-control"] == "no-cache"


def test_a_page_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    etag = client.get("/likes").headers["etag"]
    answer = client.get("/likes", headers={"If-None-Match": etag})
    assert answer.status_code == 304
    # a browser takes these over those it kept
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_head_answers_without_a_body(client: Client) -> None:
    answer = client.ask("HEAD", "/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/nothing", "/_expo/nothing.js", "/_expo/%2e%2e/sw.js", "/index.html.gz", "/likes/more"]
)
def test_everything_else_is_a_problem_document(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_apis_routes_come_first(client: Client) -> None:
    assert client.get("/catalog/popular").json() == {"items": []}


def test_a_strict_policy_stands_on_every_file(client: Client) -> None:
    for path in ("/", SCRIPT, "/sw.js"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe-eval" not in policy


def test_without_a_bundle_the_root_says_so_and_links_to_the_apis_page(tmp_path: Path) -> None:
    client = Client(tmp_path)
    answer = client.get("/")
    assert answer.status_code == 200
    assert "was not built" in answer.text
    assert 'href="/docs"' in answer.text
    assert client.get("/likes").status_code == 404
