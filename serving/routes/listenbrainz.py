"""ListenBrainz's protocol, so that players which speak it need only another address.

Everything here is as ListenBrainz answers it, its errors and limits too; a listener's history is read with a token of
their own only.
"""

import math
import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from errors import NotSignedIn, Unavailable
from serving.accounts import player_tokens
from serving.accounts.credentials import comparable
from serving.accounts.player_tokens import Player
from serving.http import listenbrainz_errors, rate_limits
from serving.http.listenbrainz_errors import CORS, MAX_PAYLOAD, ListenBrainzError, body
from serving.http.rate_limits import RateLimits, Standing
from serving.library import listens as library
from serving.library import playing_now
from serving.library.intake import resolved
from serving.library.listen_records import NEWEST, KeptListen, Place
from serving.library.listenbrainz import read_submission, recording_msid
from serving.routes.dependencies import ArtifactsDep, DatabaseDep, ExecutorDep
from serving.routes.router import api_router

_MOST_LISTENS = 1000  # that are given at once
_PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "OPTIONS, GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "21600",
}
_TOO_OFTEN = (
    "You have exceeded your rate limit. See the X-RateLimit-* response headers for more information on your current "
    "rate limit."
)
_BUSY = "Cannot submit listens to queue, please try again later."


class _AsListenBrainz(APIRoute):
    """Counts a request, and words what goes wrong as ListenBrainz does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            limits: RateLimits = request.app.state.rate_limits
            standing = await limits.consume(rate_limits.LISTENBRAINZ_BY_ADDRESS, rate_limits.address_of(request.scope))
            if limits.on:
                request.state.standing = standing
            answer = await _answered(handler, request, standing)
            answer.headers.update(CORS | _rate_headers(standing))
            return answer

        return handle


async def _answered(
    handler: Callable[[Request], Coroutine[Any, Any, Response]], request: Request, standing: Standing
) -> Response:
    if standing.limited:
        return listenbrainz_errors.response(ListenBrainzError(429, _TOO_OFTEN))
    try:
        return await handler(request)
    except ListenBrainzError as exc:
        return listenbrainz_errors.response(exc)
    except NotSignedIn:
        return listenbrainz_errors.response(ListenBrainzError(401, "Invalid authorization token."))
    except HTTPException as exc:
        if exc.status_code != 413:
            raise
        return listenbrainz_errors.too_large(MAX_PAYLOAD)  # a body that did not say how long it is
    except Unavailable as exc:
        return listenbrainz_errors.response(ListenBrainzError(503, _BUSY), {"Retry-After": str(exc.retry_after)})


def _rate_headers(standing: Standing) -> dict[str, str]:
    """As brainzutils/ratelimit.py gives them."""
    reset_in = math.ceil(max(standing.reset_after, standing.retry_after))
    return {
        "X-RateLimit-Limit": str(standing.policy.amount),
        "X-RateLimit-Remaining": str(standing.remaining),
        "X-RateLimit-Reset-In": str(reset_in),
        "X-RateLimit-Reset": str(int(time.time()) + reset_in),
    }


# its documentation is ListenBrainz's own
router = api_router("/1", route_class=_AsListenBrainz, include_in_schema=False)


async def _player(request: Request, database: DatabaseDep) -> Player:
    """Whom the token in the header speaks for. Raises ListenBrainzError."""
    header = request.headers.get("Authorization")
    if not header:
        raise ListenBrainzError(401, "You need to provide an Authorization header.")
    _, _, text = header.partition(" ")
    if not text.split(" ")[0]:
        raise ListenBrainzError(401, "Provided Authorization header is invalid.")
    player = await database.read(player_tokens.find_player, text.split(" ")[0])
    if player is None:
        raise ListenBrainzError(401, "Invalid authorization token.")
    if not player.seen_lately:
        await database.write(player_tokens.note_use, player.token_id)
    request.scope["state"]["user_id"] = player.subject.user_id  # for the log line
    return player


PlayerDep = Annotated[Player, Depends(_player)]


async def _owner(user_name: str, player: PlayerDep) -> Player:
    """The player whose own history is asked for; anybody else's is as if there were none."""
    if comparable(user_name) != comparable(player.username):
        raise ListenBrainzError(404, f"Cannot find user: {user_name}")
    return player


OwnerDep = Annotated[Player, Depends(_owner)]


@router.options("/{path:path}")
async def preflight() -> Response:
    """Browsers ask first."""
    return Response(headers=_PREFLIGHT)


@router.post("/submit-listens")
async def submit_listens(
    request: Request, player: PlayerDep, database: DatabaseDep, artifacts: ArtifactsDep, executor: ExecutorDep
) -> Response:
    """Keep listens, or note what is playing; kept for good once this is answered."""
    raw = await request.body()
    submission = await executor.page(lambda: read_submission(raw, time.time()))
    answer = {"status": "ok"}
    if submission.kind == "playing_now":
        metadata = submission.listens[0]["track_metadata"]
        until = submission.playing_until(time.time())
        await database.write(playing_now.set_playing, player.subject, metadata, until)
        if request.query_params.get("return_msid", "").lower() == "true":
            answer["recording_msid"] = recording_msid(metadata["artist_name"], metadata["track_name"])
    else:
        ready = await executor.page(lambda: resolved(artifacts, submission.new_listens()))
        await database.write(library.add_listens, player.subject, ready)
    return body(answer)


@router.get("/validate-token")
async def validate_token(request: Request, database: DatabaseDep) -> Response:
    """Whether a token is good, and whose it is: 200 either way."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    text = sent.split(" ")[0] if scheme.lower() == "token" else request.query_params.get("token", "")
    if not text:
        raise ListenBrainzError(400, "You need to provide an Authorization token.")
    player = await database.read(player_tokens.find_player, text)
    if player is None:
        return body({"code": 200, "message": "Token invalid.", "valid": False})
    return body({"code": 200, "message": "Token valid.", "valid": True, "user_name": player.username})


@router.get("/user/{user_name}/listens")
async def get_user_listens(owner: OwnerDep, request: Request, database: DatabaseDep) -> Response:
    """Listens, newest first; max_ts and min_ts are exclusive."""
    max_ts, min_ts, count = (_whole(request, name) for name in ("max_ts", "min_ts", "count"))
    if max_ts is not None and min_ts is not None and max_ts <= min_ts:
        text = "max_ts should be greater than min_ts" if max_ts < min_ts else "min_ts should be less than max_ts"
        raise ListenBrainzError(400, text)
    if count is not None and count < 0:
        raise ListenBrainzError(400, "Number of items requested should be positive")
    before = NEWEST if max_ts is None else Place(max_ts * 1000, "")
    after_ms = None if min_ts is None else min_ts * 1000 + 999
    most = min(25 if count is None else count, _MOST_LISTENS)
    # from max_ts down, unless only min_ts says where to begin
    up = after_ms if max_ts is None else None
    found = await database.read(library.page_of_listens, owner.subject, most, before, up)
    if up is None and after_ms is not None:
        found = [listen for listen in found if listen.started_ms > after_ms]
    span = await database.read(library.span_of_listens, owner.subject)
    payload = {
        "count": len(found),
        "listens": [_as_listenbrainz(listen, owner.username) for listen in found],
        "latest_listen_ts": (span.last_ms or 0) // 1000,
        "oldest_listen_ts": (span.first_ms or 0) // 1000,
        "user_id": owner.username,
    }
    return body({"payload": payload})


@router.get("/user/{user_name}/listen-count")
async def get_listen_count(owner: OwnerDep, database: DatabaseDep) -> Response:
    """How many listens there are."""
    span = await database.read(library.span_of_listens, owner.subject)
    return body({"payload": {"count": span.listens}})


@router.get("/user/{user_name}/playing-now")
async def get_playing_now(owner: OwnerDep, database: DatabaseDep) -> Response:
    """What is playing, if anything is."""
    playing = await database.read(playing_now.get_playing, owner.subject, library.now_ms())
    listens = [{"track_metadata": playing.sent, "playing_now": True}] if playing else []
    payload = {"count": len(listens), "user_id": owner.username, "playing_now": True, "listens": listens}
    return body({"payload": payload})


@router.api_route("/{path:path}", methods=["GET", "POST"])
async def nothing_else(path: str) -> Response:
    """What ListenBrainz has and we do not."""
    raise ListenBrainzError(404, f"There is nothing at /1/{path}.")


def _whole(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    if not value:
        return None
    try:
        number = int(value)
    except ValueError:
        number = None
    if number is None or abs(number) > 2**50:
        raise ListenBrainzError(400, f"Invalid {name} argument: {value}")
    return number


def _as_listenbrainz(listen: KeptListen, username: str) -> dict[str, Any]:
    """A listen as ListenBrainz shows it."""
    names = {"artist_name": listen.artist, "track_name": listen.track, "additional_info": {}}
    return {
        "track_metadata": listen.sent or names,
        "listened_at": listen.started_ms // 1000,
        "recording_msid": recording_msid(listen.artist, listen.track),
        "user_name": username,
        "inserted_at": listen.received_ms // 1000,
    }
