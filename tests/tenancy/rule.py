"""The rule: each table of communes in a statement has its own `commune_id = :parameter`.

A condition that follows from another one (`visit.commune_id = household.commune_id`) is not enough: whether a
database finds out depends on the kind of join. In a subquery of the SELECT list none does.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import BinaryExpression, BindParameter, FromClause, Join, Table
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BooleanClauseList, ClauseElement, Grouping
from sqlalchemy.sql.selectable import Alias

from tests.tenancy.partitions import TENANT_TABLES

_DIALECT: Any = psycopg.dialect()  # type: ignore[no-untyped-call]


def unbound(statement: ClauseElement) -> list[str]:
    """The tables of communes that lack it. SQLite's own INSERT cannot be looked at, only PostgreSQL's."""
    return _Compiler(_DIALECT, statement).unbound


class _Compiler(psycopg.PGCompiler_psycopg):
    """Compiles a statement, and looks at each SELECT, UPDATE and DELETE in it with what it reads from: what
    is correlated to an enclosing one is known by then."""

    def __init__(self, dialect: Any, statement: ClauseElement) -> None:
        self.unbound: list[str] = []
        super().__init__(dialect, statement)

    def _compose_select_body(self, *parts: Any) -> Any:
        _text, select, _state, _columns, froms, *_rest = parts
        self._look(froms, select._where_criteria)
        return super()._compose_select_body(*parts)  # type: ignore[no-untyped-call]

    def visit_update(self, update_stmt: Any, *rest: Any, **options: Any) -> Any:
        self._look([update_stmt.table], update_stmt._where_criteria)
        return super().visit_update(update_stmt, *rest, **options)

    def visit_delete(self, delete_stmt: Any, *rest: Any, **options: Any) -> Any:
        self._look([delete_stmt.table], delete_stmt._where_criteria)
        return super().visit_delete(delete_stmt, *rest, **options)  # type: ignore[no-untyped-call]

    def _look(self, froms: Iterable[FromClause], where: Iterable[ClauseElement]) -> None:
        tables: list[FromClause] = []
        conditions = [part for one in where for part in _parts(one)]
        for one in froms:
            _flatten(one, tables, conditions)
        # A set: what ORM and Core make of one table are equal, and two objects.
        bound = {table for condition in conditions for table in _bound(condition)}
        self.unbound += [_name(table) for table in tables if table not in bound]


def _flatten(one: FromClause, tables: list[FromClause], conditions: list[ClauseElement]) -> None:
    """Collect the tables of communes that are joined, and the conditions of the joins."""
    if isinstance(one, Join):
        _flatten(one.left, tables, conditions)
        _flatten(one.right, tables, conditions)
        if one.onclause is not None:
            conditions += _parts(one.onclause)
    elif _name(one) in TENANT_TABLES:
        tables.append(one)


def _name(table: FromClause) -> str:
    if isinstance(table, Alias):
        return _name(table.element)
    return table.name if isinstance(table, Table) else ""


def _parts(condition: Any) -> Iterator[ClauseElement]:
    """The conditions that all have to hold."""
    if isinstance(condition, Grouping):
        yield from _parts(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for clause in condition.clauses:
            yield from _parts(clause)
    else:
        yield condition


def _bound(condition: ClauseElement) -> Iterator[FromClause]:
    """The table whose commune the condition compares with a parameter."""
    if isinstance(condition, BinaryExpression) and condition.operator is operators.eq:
        for column, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if getattr(column, "name", "") == "commune_id" and isinstance(other, BindParameter):
                yield column.table
