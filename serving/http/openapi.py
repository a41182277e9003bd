"""The OpenAPI document: every status a call can answer, an example of every body, links from call to call."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from serving.http import problems
from serving.http.problem_schema import MEDIA_TYPE, ProblemOut, documented
from serving.http.request_limits import allowed

Document = dict[str, Any]

# as a client meets them; the router has its own order, the most asked first
TAGS = [
    {"name": "accounts", "description": "Signing up, logging in, and the account itself."},
    {"name": "onboarding", "description": "The songs a new listener starts from."},
    {"name": "catalog", "description": "What can be recommended, and finding it."},
    {"name": "recommendations", "description": "What to listen to."},
    {"name": "likes", "description": "Songs a listener likes."},
    {"name": "metadata", "description": "Covers, albums and previews."},
    {"name": "hidden", "description": "What a listener does not want to be recommended."},
    {"name": "queue", "description": "What plays, on every device."},
    {"name": "listens", "description": "What a listener played, from the app, from players and from files."},
    {"name": "health", "description": "For operators."},
    {"name": "admin", "description": "For accounts with the role admin."},
]
_SCHEMAS = "#/components/schemas/"
_REQUEST_ID = {"description": "The id under which the answer is logged.", "schema": {"type": "string"}}
# Where what one call answers is what another asks for: (operation, status), the other, and its parameters.
_LINKS = (
    ("search", "200", "similar", {"song_id": "$response.body#/items/0/song_id"}),
    ("search", "200", "get_songs", {"song_id": "$response.body#/items/0/song_id"}),
    ("popular", "200", "similar", {"song_id": "$response.body#/items/0/song_id"}),
    ("similar", "200", "similar", {"song_id": "$response.body#/items/0/song_id"}),
    ("post_like", "201", "delete_like", {"song_id": "$response.body#/song_id"}),
    ("post_like", "200", "delete_like", {"song_id": "$response.body#/song_id"}),
    ("get_likes", "200", "get_likes", {"cursor": "$response.body#/next_cursor"}),
)


def install(app: FastAPI) -> None:
    """Complete the document that FastAPI makes of the routes."""
    plain = app.openapi

    def complete() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]  # the way FastAPI's documentation extends it


def _completed(document: Document) -> Document:
    schemas: Document = document["components"]["schemas"]
    _, ours = models_json_schema([(ProblemOut, "serialization")], ref_template=f"{_SCHEMAS}{{model}}")
    schemas.update(ours["$defs"])
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    operations = {operation["operationId"]: operation for _, operation in _operations(document)}
    for path, operation in _operations(document):
        _complete(path, operation, schemas)
    for one, status, other, parameters in _LINKS:
        links = operations[one]["responses"][status].setdefault("links", {})
        links[other] = {"operationId": other, "parameters": parameters}
    document["servers"] = [{"url": "/", "description": "Where this document was found."}]
    return document


def _operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            yield path, operation


def _complete(path: str, operation: Document, schemas: Document) -> None:
    operation.setdefault("security", [])  # in so many words: this call needs no token
    responses: Document = operation["responses"]
    if "requestBody" in operation:
        too_large = documented(413)[413]
        too_large["content"][MEDIA_TYPE]["example"]["detail"] = problems.too_large(allowed(path).body).detail
        responses |= {"413": too_large}
    elif "parameters" not in operation:
        del responses["422"]
    responses |= {"400": documented(400)[400]}
    if "parameters" in operation:
        responses |= {"431": documented(431)[431]}
    operation["responses"] = dict(sorted(responses.items()))
    bodies = [operation.get("requestBody", {}), *responses.values()]
    for content in (body.get("content", {}) for body in bodies):
        for media in content.values():
            if "example" not in media and not {"$ref", "anyOf"}.isdisjoint(media.get("schema", {})):
                media["example"] = _example(media["schema"], schemas)
    for response in responses.values():
        response.setdefault("headers", {})["X-Request-ID"] = _REQUEST_ID


def _example(schema: Document, schemas: Document) -> Any:  # noqa: ANN401  any JSON
    """A body made of the examples of its fields. Raises LookupError where a field has none."""
    for known in ("examples", "const", "default"):
        if known in schema:
            return schema[known][0] if known == "examples" else schema[known]
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].removeprefix(_SCHEMAS)], schemas)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas)
    if schema.get("type") == "array":
        return [_example(schema["items"], schemas)]
    if schema.get("type") == "object":
        return {name: _example(field, schemas) for name, field in schema["properties"].items()}
    msg = f"the field {schema.get('title')!r} has no example: give it one in serving/routes/schemas/"
    raise LookupError(msg)
