"""How a session reaches an app: the access token in the body; the refresh token there too, or in a cookie.

The cookie is for browsers: no script can read it (HttpOnly), no other site can send it (SameSite=Strict), and it
travels to /auth alone.
"""

from typing import Annotated, Literal, TypedDict

from fastapi import Depends, Query, Request, Response

from errors import Code, NotSignedIn
from serving.accounts.queries import Account
from serving.accounts.sessions import SignedIn, end_of_token, end_session, open_session, renew
from serving.routes.dependencies import Bearer, services_of
from serving.routes.schemas.accounts import SessionOut, UserOut

COOKIE = "redux_refresh"
_DEVICE = 200  # characters of a User-Agent that are kept

CookieQuery = Annotated[
    bool, Query(description="Keep the refresh token in a cookie that scripts cannot read, not in the body.")
]


class _Scope(TypedDict):
    """Where a cookie travels, as Starlette's `set_cookie` calls it."""

    path: str
    secure: bool
    httponly: bool
    samesite: Literal["strict"]


class SignIn:
    """Opens, renews and ends the session of one request's sender."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response
        self._services = services_of(request)

    async def open(self, account: Account, *, cookie: bool) -> SessionOut:
        """Sign an account in on this device. Raises NotSignedIn where it changed meanwhile."""
        services = self._services
        signed_in = await services.database.write(open_session, account, services.refresh_tokens, self._device)
        return self._answer(signed_in, cookie=cookie)

    async def renew(self, sent: str | None) -> SessionOut:
        """The next tokens for a refresh token from the body, or from the cookie. Raises NotSignedIn."""
        token = sent or self._request.cookies.get(COOKIE)
        if token is None:
            raise NotSignedIn("Send the refresh token, as {refresh_token} or in its cookie.", Code.NOT_SIGNED_IN)
        signed_in = await self._services.database.write(renew, self._services.refresh_tokens, token)
        return self._answer(signed_in, cookie=sent is None)

    async def end(self, sent: str | None) -> None:
        """End the session of a refresh token from body or cookie, or of the access token. Raises NotSignedIn.

        Without a fuss where the session is over already.
        """
        token = sent or self._request.cookies.get(COOKIE)
        self._response.delete_cookie(COOKIE, **self._scope)
        if token is not None:
            await self._services.database.write(end_of_token, self._services.refresh_tokens, token)
            return
        subject = await Bearer()(self._request)
        await self._services.database.write(end_session, subject, subject.session_id)

    def _answer(self, signed_in: SignedIn, *, cookie: bool) -> SessionOut:
        services = self._services
        if cookie:
            seconds = int(services.refresh_tokens.lifetime.total_seconds())
            self._response.set_cookie(COOKIE, signed_in.refresh_token, max_age=seconds, **self._scope)
        return SessionOut(
            access_token=services.tokens.issue(signed_in.subject),
            refresh_token=None if cookie else signed_in.refresh_token,
            expires_in=int(services.tokens.lifetime.total_seconds()),
            user=UserOut.model_validate(signed_in.user),
        )

    @property
    def _scope(self) -> "_Scope":
        root: str = self._request.scope.get("root_path", "")
        secure = self._request.url.scheme == "https"
        return {"path": f"{root}/auth", "secure": secure, "httponly": True, "samesite": "strict"}

    @property
    def _device(self) -> str:
        name = self._request.headers.get("User-Agent", "")[:_DEVICE]
        return "".join(filter(str.isprintable, name)).strip() or "unknown"


async def _sign_in(request: Request, response: Response) -> SignIn:
    return SignIn(request, response)


SignInDep = Annotated[SignIn, Depends(_sign_in)]
