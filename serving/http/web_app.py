"""The web app at /: what `npm run build` made of spotify-redux-fe/, beside the API's own routes.

Files whose names carry their hash may be kept for ever; a page's name answers index.html, asked for again each time.
What neither the API nor the app has stays a JSON 404.
"""

import mimetypes
import os
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

BUNDLE: Final = Path(__file__).parents[2] / "spotify-redux-fe" / "dist"
# the routes of spotify-redux-fe/src/app/, so that a reload of any of them works
PAGES: Final = ("/", "/login", "/onboarding", "/likes", "/profile", "/player", "/queue", "/admin")
_FALLBACK: Final = "/index.html"  # what the service worker keeps, for every page
_HASHED = ("_expo", "assets")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
# as the build compresses, best first
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# React Native for the web writes its styles into the page; covers and previews come from providers
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; "
    "media-src 'self' https:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_SAFE = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Spotify Redux</title>
<h1>Spotify Redux</h1>
<p>The API runs. Its web app was not built: install Node 20 or newer and start again with <code>make run</code>.</p>
<p><a href="{root}/docs">The API's own page</a></p>
</html>
"""


def install(app: FastAPI, bundle: Path = BUNDLE) -> None:
    """Serve a bundle, or say where there is none. Call it after the API's routes, which come first."""
    if not (bundle / "index.html").is_file():
        app.add_api_route("/", _missing, include_in_schema=False)
        return
    for name in _HASHED:
        if (bundle / name).is_dir():
            app.mount(f"/{name}", Files(bundle / name, _FOR_EVER), name=name)
    files = Files(bundle, _ASK_AGAIN)

    async def page(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    async def file(request: Request) -> Response:
        return await files.get_response(request.url.path.lstrip("/"), request.scope)

    for path in (*PAGES, _FALLBACK):
        app.add_api_route(path, page, include_in_schema=False, name="page")
    for found in sorted(bundle.iterdir()):
        if found.is_file() and found.name != "index.html" and not found.name.endswith((".br", ".gz")):
            app.add_api_route(f"/{found.name}", file, include_in_schema=False, name="file")


class Files(StaticFiles):
    """Files of a folder, in the best encoding that is there and that the client takes."""

    def __init__(self, folder: Path, cache_control: str) -> None:
        super().__init__(directory=folder)
        self._cache_control = cache_control

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or the news that it has not changed."""
        path, encoding = _best(str(full_path), Headers(scope=scope).get("Accept-Encoding", ""))
        headers = _SAFE | {"Cache-Control": self._cache_control, "Vary": "Accept-Encoding"}
        if encoding:
            headers["Content-Encoding"] = encoding
            stat_result = Path(path).stat()
        kind = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
        response: Response = FileResponse(path, status_code, headers, media_type=kind, stat_result=stat_result)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            response = NotModifiedResponse(response.headers)
            # a browser takes the headers of a 304 over those it kept
            response.headers.update(_SAFE)
        return response


def _best(path: str, accepted: str) -> tuple[str, str | None]:
    """A file as it is best sent, and its encoding."""
    parts = (part.replace(" ", "") for part in accepted.split(","))
    taken = {part.partition(";")[0] for part in parts if not part.endswith(";q=0")}
    for encoding, suffix in _ENCODINGS:
        if encoding in taken and Path(path + suffix).is_file():
            return path + suffix, encoding
    return path, None


async def _missing(request: Request) -> Response:
    page = _MISSING.format(root=request.scope.get("root_path", ""))
    return HTMLResponse(page, headers=_SAFE)
