"""The API's own page at /docs: Swagger UI from this server, so that it works offline and under a strict policy."""

import json
from importlib.resources import files

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Spotify Redux: the API</title>
<link rel="icon" href="{root}/docs/ui/favicon.png">
<link rel="stylesheet" href="{root}/docs/ui/swagger-ui.css">
<div id="ui"></div>
<script src="{root}/docs/ui/swagger-ui-bundle.js"></script>
<script src="{root}/docs/start.js"></script>
</html>
"""
_START = "SwaggerUIBundle({{url: {url}, dom_id: '#ui', deepLinking: true}})\n"


def install(app: FastAPI) -> None:
    """Serve the page, what it loads, and nothing from elsewhere."""
    # the package carries Swagger UI's files; of its code nothing is used
    app.mount("/docs/ui", StaticFiles(directory=str(files("fastapi_offline") / "static")), name="docs_ui")
    app.add_api_route("/docs", _page, include_in_schema=False)
    app.add_api_route("/docs/start.js", _start, include_in_schema=False)


async def _page(request: Request) -> Response:
    page = _PAGE.format(root=request.scope.get("root_path", ""))
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


async def _start(request: Request) -> Response:
    url = json.dumps(f"{request.scope.get('root_path', '')}/openapi.json")
    return Response(_START.format(url=url), media_type="text/javascript")
