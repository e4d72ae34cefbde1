"""Days that are counted from the day in a column, on both databases."""

from datetime import date
from typing import cast

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal


class days_after(ColumnElement[date]):  # noqa: N801 - reads as a function
    """The day that is `days` calendar days after `day`."""

    inherit_cache = True
    type = Date()
    _traverse_internals = [  # noqa: RUF012
        ("day", InternalTraversal.dp_clauseelement),
        ("days", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, day: ColumnElement[date] | Mapped[date], days: ColumnElement[int]) -> None:
        element = day.__clause_element__() if isinstance(day, QueryableAttribute) else day
        self.day, self.days = cast(ColumnElement[date], element), days


@compiles(days_after, "sqlite")
def _moved(element: days_after, compiler: SQLCompiler, **options: object) -> str:
    day, days = (compiler.process(part, **options) for part in (element.day, element.days))
    return f"date({day}, ({days}) || ' days')"


@compiles(days_after, "postgresql")
def _added(element: days_after, compiler: SQLCompiler, **options: object) -> str:
    day, days = (compiler.process(part, **options) for part in (element.day, element.days))
    return f"({day} + ({days}))"
