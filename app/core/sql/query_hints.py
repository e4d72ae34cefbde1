"""Hints for SQLite's planner, which does not know how values are distributed; PostgreSQL has statistics."""

from typing import TypeVar, cast

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal

T = TypeVar("T")


class no_index_hint(ColumnElement[T]):  # noqa: N801 - reads as a function
    """The same value as `column`, but SQLite does not use an index of this column."""

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, column: ColumnElement[T] | Mapped[T]) -> None:
        element = column.__clause_element__() if isinstance(column, QueryableAttribute) else column
        self.column = cast(ColumnElement[T], element)
        self.type = self.column.type


@compiles(no_index_hint)
def _column(element: no_index_hint[T], compiler: SQLCompiler, **options: object) -> str:
    return str(compiler.process(element.column, **options))


@compiles(no_index_hint, "sqlite")
def _column_with_sign(element: no_index_hint[T], compiler: SQLCompiler, **options: object) -> str:
    # sqlite.org/optoverview.html: "the unary + operator … disqualifies the term from constraining an index".
    return f"+{compiler.process(element.column, **options)}"
