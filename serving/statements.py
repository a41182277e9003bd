"""Hot statements: written in SQLAlchemy Core, compiled once, and then sent by the driver itself.

SQLAlchemy takes 40 us to execute a compiled statement, which is four times what SQLite takes to answer it. Types are
left out: values and columns of such a statement are numbers and texts.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection, Dialect

Row = tuple[Any, ...]


class _Compiled(NamedTuple):
    """The SQL of one dialect. order: the names behind its question marks, empty where it names them itself."""

    sql: str
    order: Sequence[str]
    constants: dict[str, Any]


class Statement:
    """A statement that returns rows; `build` makes it for a dialect's name."""

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **values: str | int) -> list[Row]:
        """Run it and fetch all. Raises the driver's own errors, as `Database.run` expects them."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name) or self._compile(dialect)
        driver: Any = connection.connection.driver_connection
        given = {**compiled.constants, **values}
        sent = [given[name] for name in compiled.order] if compiled.order else given
        rows: list[Row] = driver.execute(compiled.sql, sent).fetchall()
        return rows

    def _compile(self, dialect: Dialect) -> _Compiled:
        made: Any = self._build(dialect.name).compile(dialect=dialect)
        constants = {name: value for name, value in made.params.items() if value is not None}
        compiled = self._compiled[dialect.name] = _Compiled(made.string, made.positiontup or (), constants)
        return compiled
