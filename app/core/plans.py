"""Words to SQLite's planner, which knows nothing of how values are spread; PostgreSQL has statistics."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal


class beside_the_index(ColumnElement[Any]):  # noqa: N801 - reads as a function
    """The same value as `column`, but no reason for SQLite to choose an index of this column."""

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, column: Any) -> None:
        self.column = column.__clause_element__() if hasattr(column, "__clause_element__") else column
        self.type = self.column.type


@compiles(beside_the_index)
def _plain(element: beside_the_index, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.column, **how))


@compiles(beside_the_index, "sqlite")
def _with_sign(element: beside_the_index, compiler: Any, **how: Any) -> str:
    # Documented: "the unary + operator … disqualifies the term from constraining an index".
    return f"+{compiler.process(element.column, **how)}"
