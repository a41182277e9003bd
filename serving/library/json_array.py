"""Values as one JSON array: what SQLite and PostgreSQL do alike and call differently."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class JSONArray(GenericFunction[Any]):
    """Values as one JSON array: what the two databases do alike and call differently."""

    type = JSON()
    inherit_cache = True


@compiles(JSONArray, "sqlite")
def _json_group_array(element: JSONArray, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"json_group_array({compiler.process(element.clauses, **kw)})"


@compiles(JSONArray, "postgresql")
def _json_agg(element: JSONArray, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"json_agg({compiler.process(element.clauses, **kw)})"
