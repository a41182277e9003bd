"""A start that fails says why in one line: no traceback for what an operator can put right."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from artifact_set import ArtifactError
from errors import StartError


class OneLineStart:
    """ASGI middleware: where lifespan fails for a known reason, the server logs the reason and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and say in one line why a start failed."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        failure: Message | None = None

        async def hold_back_failure(message: Message) -> None:
            # Starlette puts the traceback into this message, and only then raises the exception
            nonlocal failure
            if message["type"] == "lifespan.startup.failed":
                failure = message
            else:
                await send(message)

        try:
            await self.app(scope, receive, hold_back_failure)
        except (ArtifactError, StartError) as exc:
            await send({"type": "lifespan.startup.failed", "message": str(exc)})
        except BaseException:
            if failure is not None:
                await send(failure)
            raise
