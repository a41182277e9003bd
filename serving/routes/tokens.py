"""Tokens for players."""

from errors import Code
from serving.accounts import player_tokens
from serving.accounts.player_tokens import TooManyTokens
from serving.http.problem_schema import documented
from serving.http.problems import Problem
from serving.routes.dependencies import DatabaseDep, IdPath, SubjectDep
from serving.routes.router import api_router
from serving.routes.schemas.listens import NewTokenOut, PlayerTokenOut, TokenIn, TokensOut

router = api_router("/me/tokens", "listens", also=(401, 503))


@router.post("", status_code=201, responses=documented(409))
async def post_token(body: TokenIn, subject: SubjectDep, database: DatabaseDep) -> NewTokenOut:
    """Make a token for a player that speaks ListenBrainz's protocol. It is shown this once."""
    try:
        token, text = await database.write(player_tokens.make_token, subject, body.name)
    except TooManyTokens as exc:
        raise Problem(409, Code.TOO_MANY_TOKENS, str(exc)) from exc
    return NewTokenOut(**token._asdict(), token=text)


@router.get("")
async def get_tokens(subject: SubjectDep, database: DatabaseDep) -> TokensOut:
    """The tokens of this account, without their text."""
    found = await database.read(player_tokens.tokens_of, subject)
    return TokensOut(items=[PlayerTokenOut(**token._asdict()) for token in found])


@router.delete("/{token_id}", status_code=204, responses=documented(404))
async def delete_token(token_id: IdPath, subject: SubjectDep, database: DatabaseDep) -> None:
    """End a token: its player is refused from now on."""
    if not await database.write(player_tokens.drop_token, subject, token_id):
        raise Problem(404, Code.TOKEN_UNKNOWN, f"There is no token {token_id!r}: GET /me/tokens lists them.")
