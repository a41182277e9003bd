"""Which pages on other origins may call the API, by CORS (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

_OPEN = "/1/"  # ListenBrainz's protocol: its routes say themselves that any page may call


class NamedOrigins(CORSMiddleware):
    """ASGI middleware: lets pages of some origins call, and leaves ListenBrainz's routes to themselves."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass on."""
        if scope["type"] == "http" and scope["path"].startswith(_OPEN):
            await self.app(scope, receive, send)
            return
        await super().__call__(scope, receive, send)
