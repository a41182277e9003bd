"""Routes whose query is checked in one step.

FastAPI looks at each parameter of each dependency on its own, which may take longer than to compute an answer
(`python -m benchmarks.typed`). Where a GET asks for nothing but a query and what is known of the request, pydantic
checks all of it at once; what it refuses goes FastAPI's way, which has the words for it.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from fastapi import Request, Response, params
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

Handler = Callable[[Request], Awaitable[Response]]


class _Asks(NamedTuple):
    """What an endpoint asks for: its query as a model, and dependencies by the parameter's name."""

    query: type[BaseModel]
    lists: frozenset[str]
    dependencies: dict[str, Callable[[Request], Awaitable[Any]]]


class QuickRoute(APIRoute):
    """A route as FastAPI documents it, answered the short way where that gives the same answer."""

    def get_route_handler(self) -> Any:  # noqa: ANN401  a handler, as FastAPI types it
        """The short way, or FastAPI's own where an endpoint asks for more than a query."""
        careful: Handler = super().get_route_handler()
        asks = _asks_of(self.endpoint) if self.methods == {"GET"} and not self.dependencies else None
        return careful if asks is None else _handler(self.endpoint, asks, careful)


def _handler(endpoint: Callable[..., Any], asks: _Asks, careful: Handler) -> Handler:
    names = tuple(asks.query.model_fields)
    check = asks.query.__pydantic_validator__.validate_python

    async def quick(request: Request) -> Response:
        sent = request.query_params
        try:
            asked = check({n: sent.getlist(n) if n in asks.lists else sent[n] for n in names if n in sent})
        except ValidationError:
            return await careful(request)
        values: dict[str, Any] = dict(asked.__dict__)
        for name, dependency in asks.dependencies.items():
            values[name] = await dependency(request)
        answer: BaseModel | Response = await endpoint(**values)
        if isinstance(answer, Response):
            return answer
        return Response(answer.__pydantic_serializer__.to_json(answer), media_type="application/json")

    return quick


def _asks_of(endpoint: Callable[..., Any]) -> _Asks | None:
    """None where it asks for a body, a header, the request itself, or a dependency that does."""
    hints = get_type_hints(endpoint, include_extras=True)
    fields: dict[str, Any] = {}
    dependencies: dict[str, Callable[[Request], Awaitable[Any]]] = {}
    for name, parameter in inspect.signature(endpoint).parameters.items():
        hint = hints[name]
        metadata = getattr(hint, "__metadata__", ())
        depends = [m.dependency for m in metadata if isinstance(m, params.Depends)]
        if depends and depends[0] and _wants_the_request_alone(depends[0]):
            dependencies[name] = depends[0]
        elif any(isinstance(m, params.Query) for m in metadata):
            fields[name] = (hint, ... if parameter.default is parameter.empty else parameter.default)
        else:
            return None
    query = create_model(f"{endpoint.__name__}_query", __config__=ConfigDict(extra="ignore"), **fields)
    lists = frozenset(name for name, (hint, _) in fields.items() if get_origin(get_args(hint)[0]) is list)
    return _Asks(query, lists, dependencies)


def _wants_the_request_alone(dependency: Callable[..., Any]) -> bool:
    parameters = inspect.signature(dependency, eval_str=True).parameters.values()
    return [p.annotation for p in parameters] == [Request]
